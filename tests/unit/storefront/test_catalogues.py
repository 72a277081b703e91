import re

from babel.messages.pofile import read_po

from martelo.storefront.catalogues import SOURCES

TEMPLATES = SOURCES.parent / "pages" / "templates"


class TestPortuguese:
    def test_has_every_text_of_the_templates_and_no_other(self) -> None:
        used = {
            text
            for template in TEMPLATES.rglob("*.html")
            for text in re.findall(r'{% translate "([^"]+)" %}', template.read_text())
        }
        with (SOURCES / "pt_BR" / "LC_MESSAGES" / "django.po").open("rb") as po:
            catalogue = {str(each.id): each.string for each in read_po(po) if each.id}

        assert set(catalogue) == used
        assert all(catalogue.values())
