"""The guard: which rules a text about an ended auction breaks.

Everything known is taken out first (`marking`). The rest must be plain words, without numbers,
names, links or claims. Rules stop patterns, not meaning.
"""

from collections.abc import Callable, Iterator

from martelo.agent.domain.guarding.cleaning import CleanFacts
from martelo.agent.domain.guarding.content import (
    check_claims,
    check_money,
    check_numbers,
    check_required,
    check_value,
)
from martelo.agent.domain.guarding.draft import Draft, draft_of
from martelo.agent.domain.guarding.form import (
    check_braces,
    check_characters,
    check_lengths,
    check_links,
    check_markup,
    check_mentions,
    check_spelling,
)
from martelo.agent.domain.guarding.names import check_names
from martelo.agent.domain.guarding.results import check_result
from martelo.agent.domain.guarding.rules import Finding, Rule
from martelo.agent.domain.texts import Kind, Text, parts_of

MAX_HEAD = 120
MAX_BODY = {
    Kind.REPORT: 1_800,
    Kind.EMAIL_WINNER: 1_200,
    Kind.EMAIL_SELLER: 1_200,
    Kind.DISCORD: 700,
}
_CHECKS: tuple[Callable[[Draft], Iterator[Finding]], ...] = (
    check_characters,
    check_spelling,
    check_braces,
    check_markup,
    check_links,
    check_mentions,
    check_required,
    check_value,
    check_money,
    check_numbers,
    check_names,
    check_claims,
    check_result,
    check_lengths,
)


def guard(kind: Kind, text: Text, facts: CleanFacts) -> tuple[Finding, ...]:
    """Return one finding for each rule that `text` breaks; nothing if it may be sent."""
    head, body = parts_of(text)
    if len(head) > MAX_HEAD or len(body) > MAX_BODY[kind] or not head.strip() or not body.strip():
        hint = f"Respeite os limites: 1 a {MAX_HEAD} e 1 a {MAX_BODY[kind]} caracteres."
        return (Finding(Rule.LENGTH, hint),)
    draft = draft_of(kind, head, body, facts)
    found: dict[Rule, Finding] = {}
    for check in _CHECKS:
        for finding in check(draft):
            found.setdefault(finding.rule, finding)
    return tuple(found.values())
