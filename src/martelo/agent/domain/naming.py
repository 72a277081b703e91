"""Who is called how, in which text."""

from martelo.agent.domain.cleaning import CleanFacts
from martelo.agent.domain.facts import Naming
from martelo.agent.domain.texts import Kind

PUBLIC = frozenset({Kind.REPORT, Kind.DISCORD})
"""Texts that everybody can read; the others go to winner or seller, who know each other's name."""


def quoted(text: str) -> str:
    """Return `text` in quotation marks: the one form in which people's own words stand in texts."""
    return f"“{text}”"


def winner_in(kind: Kind, facts: CleanFacts) -> str | None:
    """Return the winner's name as a text of this kind says it; `None` where nobody won."""
    if facts.winner_name is None:
        return None
    if kind not in PUBLIC or facts.house.naming is Naming.WHOLE:
        return facts.winner_name
    if facts.house.naming is Naming.MASKED:
        return facts.winner_shown or f"{facts.winner_name[0]}•••"
    return _first_and_initial(facts.winner_name)


def _first_and_initial(name: str) -> str:
    first, *others = name.split()
    return f"{first} {others[-1][0].upper()}." if others else first
