import re

import pytest
from django.test import Client
from django.utils import translation

from martelo.storefront.reference.problem_types import find_problem_type, problem_groups
from unit.docs.tables import DOCS, codes, read_tables

PROBLEMS = DOCS / "api" / "problems.md"
"""What the contexts, the live feed and the gateway refuse; `unit/docs` compares it with them."""


def known_problems() -> set[tuple[str, int]]:
    return {
        (codes(row["slug"])[0], int(status))
        for table in read_tables(PROBLEMS.read_text(encoding="utf-8"))
        for row in table
        for status in row["status"].split(",")
    }


class TestProblemGroups:
    def test_tell_of_every_problem_of_the_house_with_its_statuses(self, client: Client) -> None:
        assert client is not None  # its words come from Django, once it is set up

        told = [each for group in problem_groups() for each in group.types.items()]

        assert {(slug, status) for slug, kind in told for status in kind.statuses} == (
            known_problems()
        )

    def test_tell_of_each_once(self, client: Client) -> None:
        assert client is not None

        slugs = [slug for group in problem_groups() for slug in group.types]

        assert len(slugs) == len(set(slugs)) > 60

    def test_name_the_same_fields_in_both_languages(self, client: Client) -> None:
        assert client is not None
        found = {}
        for language in ("pt-br", "en"):
            with translation.override(language):
                found[language] = {
                    slug: set(re.findall("`[^`]+`", kind.meaning + kind.remedy))
                    for group in problem_groups()
                    for slug, kind in group.types.items()
                }

        assert found["pt-br"] == found["en"]


class TestFindProblemType:
    @pytest.mark.parametrize(
        ("language", "meaning"),
        [
            ("pt-br", "Uma compra anterior desta conta não foi paga."),
            ("en", "An earlier purchase of this account is unpaid."),
        ],
    )
    def test_speaks_the_readers_language(self, client: Client, language: str, meaning: str) -> None:
        assert client is not None
        with translation.override(language):
            found = find_problem_type("buy-now-unpaid")

        assert found is not None
        assert found.meaning == meaning

    def test_finds_nothing_by_an_unknown_slug(self, client: Client) -> None:
        assert client is not None
        assert find_problem_type("nobody-knows") is None
