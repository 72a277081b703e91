import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from martelo.storefront.lot_parts.category_field import CategoryField
from martelo.storefront.web.forms import Form


@pytest.fixture(autouse=True)
def _django(client: Client) -> None:
    assert client is not None  # Django must be set up


def field() -> CategoryField:
    return CategoryField(none="None")


class TestCategoryField:
    @pytest.mark.parametrize("slug", ["bolos", "made-by-a-program", ""])
    def test_takes_every_slug_of_the_api(self, slug: str) -> None:
        assert field().clean(slug) == slug

    @pytest.mark.parametrize("typed", ["Bolos", "a b", "x" * 41, "<b>"])
    def test_refuses_what_is_not_a_slug(self, typed: str) -> None:
        with pytest.raises(ValidationError):
            field().clean(typed)

    def test_offers_the_current_category_where_it_is_not_listed(self) -> None:
        class CategoryForm(Form):
            category = field()

        shown = str(CategoryForm(initial={"category": "made-by-a-program"})["category"])

        assert '<option value="made-by-a-program" selected>made-by-a-program</option>' in shown
        assert shown.count("selected") == 1
