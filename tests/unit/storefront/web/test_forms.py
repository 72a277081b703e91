import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone, translation

from martelo.storefront.clients.auctions import ApiResponse
from martelo.storefront.web.forms import Form, LocalDateTimeField, MoneyField, NameField


class LotForm(Form):
    marked_optional = frozenset({"price"})
    api_fields = {"amount": "price"}  # noqa: RUF012 - as forms declare it

    title = forms.CharField(help_text="In a few words.", max_length=9)
    price = MoneyField(label="Price", required=False)


@pytest.fixture(autouse=True)
def _django(client: Client) -> None:
    assert client is not None  # Django must be set up


class TestMoneyField:
    @pytest.mark.parametrize(
        ("language", "typed", "amount"),
        [
            ("pt-br", " R$ 1.040,5 ", "1040.50"),
            ("pt-br", "1.234", "1234.00"),
            ("en", "1,234", "1234.00"),
            ("pt-br", "", ""),
            ("pt-br", "0" * 40 + "7", "7.00"),
        ],
    )
    def test_returns_the_apis_decimal(self, language: str, typed: str, amount: str) -> None:
        with translation.override(language):
            assert MoneyField(required=False).clean(typed) == amount

    @pytest.mark.parametrize("typed", ["caro", "0", "-1", "1,2,3", "1e3", "1" * 40, "12\x00"])
    def test_refuses_what_is_not_an_amount(self, typed: str) -> None:
        with pytest.raises(ValidationError, match="150"):
            MoneyField().clean(typed)


class TestLocalDateTimeField:
    def test_reads_the_readers_zone(self) -> None:
        with timezone.override("America/Manaus"):
            at = LocalDateTimeField().clean("2026-12-01T08:00")

        assert at == "2026-12-01T12:00:00.000Z"

    def test_refuses_what_is_not_a_time(self) -> None:
        with pytest.raises(ValidationError):
            LocalDateTimeField().clean("amanhã")


class TestNameField:
    @pytest.mark.parametrize("typed", ["", " ", "x" * 81, "a\r\nb", "\u200b"])
    def test_refuses_what_accounts_refuse(self, typed: str) -> None:
        with pytest.raises(ValidationError):
            NameField(api_name="name", label="Name").clean(typed)

    def test_counts_the_name_as_accounts_store_it(self) -> None:
        assert NameField(api_name="name", label="Name").clean("e\u0301" * 80) == "é" * 80


class TestForm:
    def test_describes_a_field_by_its_hint_and_its_error(self) -> None:
        shown = LotForm({"title": "", "price": "x"})["title"].as_field_group()

        assert 'aria-describedby="field-title-hint field-title-fault"' in shown
        assert 'id="field-title-hint">In a few words.' in shown
        assert 'aria-invalid="true"' in shown
        assert 'maxlength="9" required' in shown

    def test_marks_what_is_optional_and_names_the_currency(self) -> None:
        with translation.override("en"):
            shown = LotForm()["price"].as_field_group()

        assert '<span class="optional">optional</span>' in shown
        assert '<span aria-hidden="true">R$</span><input type="text"' in shown
        assert "aria-describedby" not in shown

    def test_escapes_what_was_typed(self) -> None:
        assert "<b>" not in LotForm({"title": '"><b>'})["title"].as_field_group()

    def test_sums_up_only_what_is_wrong(self) -> None:
        with translation.override("en"):
            assert LotForm().summary == ""
            assert LotForm({"title": "a"}).summary == ""
            assert LotForm({"title": ""}).summary == "Please check the fields marked below."

    def test_attaches_a_refusals_errors_to_their_fields_and_the_rest_to_itself(self) -> None:
        form = LotForm({"title": "a"})
        errors = [
            {"field": "amount", "code": "not_an_amount", "message": "an API's word"},
            {"field": "ends_at", "code": "too_far_ahead", "message": "another", "max_days": 90},
        ]

        with translation.override("en"):
            form.attach_refusal(ApiResponse(400, {"type": "/problems/invalid", "errors": errors}))

        assert form.errors["price"] == ["Write an amount above zero, such as 150 or 150.00."]
        assert form.summary == "Choose a start at most 90 days from now."

    def test_attaches_a_refusal_without_fields_to_itself(self) -> None:
        form = LotForm({"title": "a"})

        with translation.override("en"):
            form.attach_refusal(ApiResponse(404, {"type": "/problems/auction-not-found"}))

        assert form.summary == "There is no such auction."
