"""A text in the forms that the guard's rules examine."""

from dataclasses import dataclass

from martelo.agent.domain.guarding.cleaning import CleanFacts, without_accents
from martelo.agent.domain.guarding.marking import Marker, insert_markers, known_phrases, normalized
from martelo.agent.domain.texts import Kind


@dataclass(frozen=True, slots=True)
class Draft:
    """A text about `facts`, as written and with markers for known facts."""

    kind: Kind
    facts: CleanFacts
    raw_head: str
    raw_body: str
    head: str
    """With markers."""
    body: str
    """With markers."""
    plain: str
    """Head and body with markers, without capitals and accents."""
    unmarked: str
    """Head and body without capitals and accents, with a marker for the lot only."""

    @property
    def marked(self) -> str:
        """Head and body with markers."""
        return f"{self.head}\n{self.body}"


def draft_of(kind: Kind, head: str, body: str, facts: CleanFacts) -> Draft:
    """Return a text's draft."""
    known = known_phrases(kind, facts)
    item = {phrase: marker for phrase, marker in known.items() if marker is Marker.ITEM}
    marked_head, marked_body = (
        insert_markers(normalized(head), known),
        insert_markers(normalized(body), known),
    )
    return Draft(
        kind=kind,
        facts=facts,
        raw_head=head,
        raw_body=body,
        head=marked_head,
        body=marked_body,
        plain=without_accents(f"{marked_head}\n{marked_body}"),
        unmarked=without_accents(insert_markers(normalized(f"{head}\n{body}"), item)),
    )
