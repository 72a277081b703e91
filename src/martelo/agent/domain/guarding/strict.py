"""Strict mode: the writer sees nobody's words, and writes marks that code replaces."""

import re
import unicodedata
from collections.abc import Mapping

from martelo.agent.domain.facts import Status
from martelo.agent.domain.guarding.cleaning import CleanFacts
from martelo.agent.domain.guarding.guard import Finding, Rule, parts_of
from martelo.agent.domain.templates.phrases import phrases_of
from martelo.agent.domain.texts import Kind, Text

_MARK = re.compile(r"\{[a-z]+\}")


def marks_of(kind: Kind, facts: CleanFacts) -> Mapping[str, str]:
    """Return the marks that a text of this kind may have, and what each becomes."""
    said = phrases_of(kind, facts)
    marks = {"{item}": said.item, "{lances}": said.bids, "{participantes}": said.bidders}
    if facts.status is Status.SOLD:
        marks |= {"{vencedor}": said.winner, "{valor}": said.value}
    if kind is Kind.EMAIL_SELLER:
        marks["{vendedor}"] = said.seller
    return marks


def strict_findings(text: Text, marks: Mapping[str, str]) -> tuple[Finding, ...]:
    """Return what keeps a text with marks from being filled in."""
    head, body = parts_of(text)
    whole = f"{head}\n{body}"
    rest = _MARK.sub(lambda found: "" if found[0] in marks else found[0], whole)
    findings = []
    if "{" in rest or "}" in rest:
        known = " ".join(marks)
        findings.append(Finding(Rule.BRACES, f"Use chaves só nestas marcas: {known}"))
    if any(unicodedata.category(c)[0] == "N" for c in rest):
        findings.append(Finding(Rule.NUMBER, "Não escreva algarismos: use as marcas."))
    for mark, rule in (("{item}", Rule.ITEM), ("{vencedor}", Rule.WINNER), ("{valor}", Rule.VALUE)):
        if mark in marks and mark not in body:
            findings.append(Finding(rule, f"Escreva a marca {mark} no corpo do texto."))
    return tuple(findings)


def fill(text: Text, marks: Mapping[str, str]) -> Text:
    """Return `text` with its marks replaced, in one pass: braces in what is put in stay as text."""
    head, body = (
        _MARK.sub(lambda found: marks.get(found[0], found[0]), part) for part in parts_of(text)
    )
    return type(text)(head, body)
