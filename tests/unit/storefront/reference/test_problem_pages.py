import re

import pytest
from django.test import Client
from django.utils import translation

from martelo.accounts.api.problems import PROBLEMS
from martelo.storefront.reference.problem_pages import find_problem, problem_groups

TABLES = {"accounts": PROBLEMS.own, "shared": PROBLEMS.shared, "agent": None}


class TestProblemGroups:
    def test_have_every_problem_once(self, client: Client) -> None:
        assert client is not None

        slugs = [each.slug for group in problem_groups(TABLES) for each in group.problems or ()]

        assert sorted(slugs) == sorted(PROBLEMS.types)

    def test_say_which_context_is_not_available(self, client: Client) -> None:
        assert client is not None

        missing = [group.name for group in problem_groups(TABLES) if group.problems is None]

        assert missing == ["Relatórios, e-mails e publicações"]

    def test_name_the_same_fields_in_both_languages(self, client: Client) -> None:
        assert client is not None
        found = {}
        for language in ("pt-br", "en"):
            with translation.override(language):
                found[language] = {
                    each.slug: set(re.findall("`[^`]+`", each.meaning + each.remedy))
                    for group in problem_groups(TABLES)
                    for each in group.problems or ()
                }

        assert found["pt-br"] == found["en"]


class TestFindProblem:
    @pytest.mark.parametrize(
        ("language", "meaning"),
        [
            ("pt-br", "Já existe uma conta com este e-mail."),
            ("en", "An account with this e-mail exists."),
        ],
    )
    def test_is_in_the_readers_language(self, client: Client, language: str, meaning: str) -> None:
        assert client is not None
        with translation.override(language):
            found = find_problem(TABLES, "email-taken")

        assert found is not None
        assert found.meaning == meaning

    def test_finds_nothing_by_an_unknown_slug(self, client: Client) -> None:
        assert client is not None
        assert find_problem(TABLES, "nobody-knows") is None
