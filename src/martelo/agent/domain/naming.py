"""How people are named in each kind of text."""

import re
from dataclasses import replace

from martelo.agent.domain.facts import Naming
from martelo.agent.domain.guarding.cleaning import MASK, CleanFacts
from martelo.agent.domain.texts import Kind, Report

PUBLIC = frozenset({Kind.REPORT, Kind.DISCORD})
"""Texts that everyone can read; winner and seller, who read the others, know each other's name."""


def quoted(text: str) -> str:
    """Return `text` in quotation marks, the only form of people's own words in texts."""
    return f"“{text}”"


def winner_in(kind: Kind, facts: CleanFacts) -> str | None:
    """Return the winner's name in a text of this kind; `None` if nobody won."""
    if facts.winner_name is None:
        return None
    if kind not in PUBLIC or facts.house.naming is Naming.FULL:
        return facts.winner_name
    if facts.house.naming is Naming.MASKED:
        return facts.winner_shown or f"{facts.winner_name[0]}{MASK}"
    return _first_and_initial(facts.winner_name)


def as_markdown(report: Report, facts: CleanFacts) -> Report:
    """Return a report with the asterisks of masked names escaped in its summary.

    A summary is Markdown, in which the asterisks of two names would make the text between them
    bold. They are escaped after the guard, which compares names as shown elsewhere.
    """
    shown = {bid.shown for bid in facts.bids} | {winner_in(Kind.REPORT, facts) or ""}
    masked = sorted((name for name in shown if MASK in name), key=len, reverse=True)
    if not masked:
        return report
    names = re.compile("|".join(map(re.escape, masked)))
    return replace(report, summary=names.sub(_escaped, report.summary))


def _escaped(found: re.Match[str]) -> str:
    return found[0].replace("*", r"\*")


def _first_and_initial(name: str) -> str:
    first, *others = name.split()
    return f"{first} {others[-1][0].upper()}." if others else first
