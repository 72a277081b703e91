"""Names that could pass for the house or for who runs it."""

import pytest

from engines.storefront import House, Person, json_of, new_person
from integration.accounts.test_registration import registration


def codes(house: House, name: str) -> list[str]:
    answer = house.post("/api/auth/register", registration(name=name))
    return [each["code"] for each in json_of(answer).get("errors", [])]


@pytest.fixture
def administrator(house: House) -> Person:
    person = new_person(house)
    rename(house, person, "Ana Paes")
    assert house.command("admin", person.email).returncode == 0
    return person


def rename(house: House, person: Person, name: str) -> int:
    body = {"name": name}
    return house.send("PATCH", "/api/auth/me", body, token=person.access_token).status


class TestReservedNames:
    @pytest.mark.parametrize(
        "name",
        [
            "Martelo",
            "martelo oficial",
            "Equipe de Suporte",
            "ADMINISTRAÇÃO",
            "\u0410dministrador",
            "Leiloeiro João",
            "Sup0rte",
        ],
    )
    def test_are_refused(self, house: House, name: str) -> None:
        assert codes(house, name) == ["reserved_name"]

    @pytest.mark.parametrize("name", ["Ana Martelo", "Amin Supor", "李小龍", "Αλέξανδρος"])
    def test_are_not_those_of_people(self, house: House, name: str) -> None:
        assert codes(house, name) == []

    def test_are_also_the_houses_own(self, house: House) -> None:
        house.query("DELETE FROM accounts_housesettings")
        house.query(
            "INSERT INTO accounts_housesettings (id, name, sender_name, language, tone, "
            "winner_naming, posts, who_may_sell, changed_at, tagline, accent, contact_email, "
            "contact_phone, postal_address, legal_name, tax_id, conducted_by, "
            "auctioneer_registration, logo_digest, terms_version) VALUES (1, 'Casa Açaí', 'x', "
            "'en', 'plain', 'masked', '{sold}', 'everybody', now(), '', '', '', '', '', '', '', "
            "'seller', '', '', 0)"
        )
        try:
            assert codes(house, "Casa Acai Leilões") == ["reserved_name"]
            assert codes(house, "Carla da Casa Açaí") == []
        finally:
            house.query("DELETE FROM accounts_housesettings")

    @pytest.mark.usefixtures("administrator")
    def test_are_look_alikes_of_administrators_in_other_letters(self, house: House) -> None:
        assert codes(house, "Ana P\u0430es") == ["reserved_name"]  # a Cyrillic a
        assert codes(house, "Ana Paes") == []

    def test_are_free_for_who_runs_the_house(self, house: House, administrator: Person) -> None:
        assert rename(house, administrator, "Administração") == 200
        assert rename(house, new_person(house), "Administração") == 400
