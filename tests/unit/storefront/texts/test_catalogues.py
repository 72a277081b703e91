import io
import re
from collections.abc import Iterator

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po
from django.test import Client
from django.utils.translation.template import templatize

from martelo.storefront.texts.catalogues import SOURCES

KEYWORDS = {"gettext": None, "gettext_lazy": None, "ngettext": (1, 2), "_": None}
PLACE = re.compile(r"%\(\w+\)[sd]")


def used_texts() -> set[tuple[str, ...]]:
    """Return every text of templates and code: one form, or singular and plural."""
    root = SOURCES.parents[1]
    sources = [path.read_bytes() for path in root.rglob("*.py")]
    sources += [templatize(path.read_text()).encode() for path in root.rglob("*.html")]
    return {texts for source in sources for texts in extracted(source)}


def extracted(source: bytes) -> Iterator[tuple[str, ...]]:
    for _, function, found, _ in extract_python(io.BytesIO(source), KEYWORDS, [], {}):
        messages = forms(found)
        if function == "ngettext":
            yield messages[:2]
        elif messages[0]:
            yield messages[:1]


def portuguese() -> Catalog:
    with (SOURCES / "pt_BR" / "LC_MESSAGES" / "django.po").open("rb") as po:
        return read_po(po)


def forms(text: object) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)  # type: ignore[arg-type]


class TestPortuguese:
    def test_has_every_text_of_templates_and_code_and_no_other(self, client: Client) -> None:
        assert client is not None  # Django reads templates only once it is set up

        catalogue = {forms(each.id) for each in portuguese() if each.id}

        used = used_texts()
        assert sorted(used - catalogue) == []
        assert sorted(catalogue - used) == []

    def test_translates_everything_surely(self) -> None:
        for each in portuguese():
            assert not each.fuzzy or not each.id, each.id
            assert all(forms(each.string)), each.id

    def test_keeps_every_place_to_fill(self) -> None:
        for each in portuguese():
            wanted = set(PLACE.findall(forms(each.id)[-1]))
            for text in forms(each.string):
                assert set(PLACE.findall(text)) == wanted or not each.id, each.id


class TestEnglish:
    def test_is_what_stands_in_the_sources(self) -> None:
        # The ids are the English texts, so a catalogue of them would only repeat what is there.
        assert [path.name for path in SOURCES.iterdir()] == ["pt_BR"]
