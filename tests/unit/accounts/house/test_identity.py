from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from martelo.kernel.ids import AccountId
from martelo.kernel.refusal import InvalidInput

if TYPE_CHECKING:
    from martelo.accounts.house.identity import Identity

ADMIN = AccountId("11111111-1111-4111-8111-111111111111")


def right() -> "Identity":
    # Django must be set up before its models can be imported.
    from martelo.accounts.house.identity import Identity  # noqa: PLC0415

    return Identity(
        tagline="Doces e leilões",
        accent="#8a2f1d",
        contact_email="casa@example.com",
        contact_phone="+55 11 5555-0100",
        postal_address="Rua A, 1, São Paulo",
        legal_name="Casa Ltda.",
        tax_id="11.222.333/0001-81",
        conducted_by="charity",
        auctioneer_registration="",
    )


@pytest.mark.usefixtures("world")
class TestChangeIdentity:
    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"tagline": "x" * 121}, "tagline"),
            ({"tagline": "a\u202eb"}, "tagline"),
            ({"accent": "red"}, "accent"),
            ({"accent": "#ffff00"}, "accent"),
            ({"contact_email": "casa"}, "contact_email"),
            ({"contact_phone": "1" * 41}, "contact_phone"),
            ({"tax_id": "11.222.333/0001-82"}, "tax_id"),
            ({"tax_id": "529.982.247-26"}, "tax_id"),
            ({"conducted_by": "leiloeiro"}, "conducted_by"),
            ({"conducted_by": "auctioneer"}, "auctioneer_registration"),
            (
                {"conducted_by": "auctioneer", "auctioneer_registration": "1", "legal_name": ""},
                "legal_name",
            ),
        ],
    )
    def test_refuses_what_breaks_a_rule(self, changed: dict[str, str], field: str) -> None:
        from martelo.accounts.house.identity import change_identity  # noqa: PLC0415

        with pytest.raises(InvalidInput) as refused:
            change_identity(replace(right(), **changed), ADMIN)

        assert [fault.field for fault in refused.value.errors] == [field]


@pytest.mark.usefixtures("world")
class TestFormatTaxId:
    @pytest.mark.parametrize(
        ("stored", "shown"),
        [
            ("52998224725", "529.982.247-25"),
            ("11222333000181", "11.222.333/0001-81"),
            ("12ABC34501DE35", "12.ABC.345/01DE-35"),
        ],
    )
    def test_writes_people_and_companies_as_usual(self, stored: str, shown: str) -> None:
        from martelo.accounts.house.identity import format_tax_id  # noqa: PLC0415

        assert format_tax_id(stored) == shown


@pytest.mark.usefixtures("world")
class TestMissingParts:
    def test_are_what_a_new_house_has_not_said(self) -> None:
        from martelo.accounts.house.completeness import missing_parts  # noqa: PLC0415
        from martelo.accounts.models import HouseSettings  # noqa: PLC0415

        house = HouseSettings()
        said = HouseSettings(
            name="Casa",
            legal_name="Casa Ltda.",
            tax_id="11222333000181",
            postal_address="Rua A, 1",
            contact_email="casa@example.com",
            terms_version=1,
        )

        assert list(missing_parts(said, sends_mail=True)) == []
        assert list(missing_parts(house, sends_mail=False)) == [
            *("name", "legal_name", "tax_id", "postal_address", "contact_email", "terms", "mail")
        ]
