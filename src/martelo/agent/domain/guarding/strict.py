"""Strict mode: the writer sees no input of people, and writes placeholders that code fills in."""

import re
import unicodedata
from collections.abc import Mapping

from martelo.agent.domain.facts import Status
from martelo.agent.domain.guarding.cleaning import CleanFacts
from martelo.agent.domain.guarding.rules import Finding, Rule
from martelo.agent.domain.templates.phrases import phrases_of
from martelo.agent.domain.texts import Kind, Text, parts_of

_PLACEHOLDER = re.compile(r"\{[a-z]+\}")


def placeholders_of(kind: Kind, facts: CleanFacts) -> Mapping[str, str]:
    """Return the placeholders that a text of this kind may contain, and their values."""
    said = phrases_of(kind, facts)
    placeholders = {"{item}": said.item, "{lances}": said.bids, "{participantes}": said.bidders}
    if facts.status is Status.SOLD:
        placeholders |= {"{vencedor}": said.winner, "{valor}": said.value}
    if kind is Kind.EMAIL_SELLER:
        placeholders["{vendedor}"] = said.seller
    return placeholders


def strict_findings(text: Text, placeholders: Mapping[str, str]) -> tuple[Finding, ...]:
    """Return the findings that keep a text's placeholders from being filled in."""
    head, body = parts_of(text)
    whole = f"{head}\n{body}"
    rest = _PLACEHOLDER.sub(lambda found: "" if found[0] in placeholders else found[0], whole)
    findings = []
    if "{" in rest or "}" in rest:
        known = " ".join(placeholders)
        findings.append(Finding(Rule.BRACES, f"Use chaves só nestas marcas: {known}"))
    if any(unicodedata.category(c)[0] == "N" for c in rest):
        findings.append(Finding(Rule.NUMBER, "Não escreva algarismos: use as marcas."))
    for placeholder, rule in (
        ("{item}", Rule.ITEM),
        ("{vencedor}", Rule.WINNER),
        ("{valor}", Rule.VALUE),
    ):
        if placeholder in placeholders and placeholder not in body:
            findings.append(Finding(rule, f"Escreva a marca {placeholder} no corpo do texto."))
    return tuple(findings)


def fill(text: Text, placeholders: Mapping[str, str]) -> Text:
    """Return `text` with its placeholders replaced, in one pass: braces in values stay as text."""
    head, body = (
        _PLACEHOLDER.sub(lambda found: placeholders.get(found[0], found[0]), part)
        for part in parts_of(text)
    )
    return type(text)(head, body)
