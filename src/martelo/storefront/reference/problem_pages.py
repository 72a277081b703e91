"""Problem types in the reader's language, arranged by context."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import get_language, gettext

from martelo.runtime.problems.table import Languages, ProblemType, ProblemTypes


@dataclass(frozen=True, slots=True)
class ProblemText:
    """A problem type in the reader's language."""

    slug: str
    statuses: tuple[int, ...]
    meaning: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Group:
    """The problem types of a context; `None` where its table is not available."""

    name: str
    problems: list[ProblemText] | None


def problem_groups(tables: Mapping[str, ProblemTypes | None]) -> list[Group]:
    """Return the problem types of each context, by status, in the active language."""
    names = {
        "auctions": gettext("Bids and lots"),
        "accounts": gettext("Accounts and access"),
        "images": gettext("Pictures"),
        "catalog": gettext("Products and stock"),
        "agent": gettext("Reports, e-mails and posts"),
        "shared": gettext("Any request"),
    }
    return [
        Group(names[name], None if types is None else _texts(types))
        for name in names
        if name in tables
        for types in (tables[name],)
    ]


def find_problem(tables: Mapping[str, ProblemTypes | None], slug: str) -> ProblemText | None:
    """Return a problem type in the active language; `None` where no table has it."""
    for types in tables.values():
        if types is not None and slug in types:
            return _text(slug, types[slug])
    return None


def _texts(types: ProblemTypes) -> list[ProblemText]:
    texts = [_text(slug, kind) for slug, kind in types.items()]
    return sorted(texts, key=lambda text: (text.statuses, text.slug))


def _text(slug: str, kind: ProblemType) -> ProblemText:
    return ProblemText(slug, kind.statuses, _translated(kind.meaning), _translated(kind.remedy))


def _translated(text: Languages) -> str:
    return text.en if get_language() == "en" else text.pt
