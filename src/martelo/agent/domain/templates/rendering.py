"""Rendering of a text from its template."""

from martelo.agent.domain.facts import Language
from martelo.agent.domain.guarding.cleaning import CleanFacts
from martelo.agent.domain.templates import english, portuguese
from martelo.agent.domain.templates.phrases import Phrases, phrases_of
from martelo.agent.domain.texts import DiscordPost, Kind, Report, SellerEmail, Text, WinnerEmail

_PIECES = {Language.PORTUGUESE: portuguese.PIECES, Language.ENGLISH: english.PIECES}


def render_template(kind: Kind, facts: CleanFacts) -> Text:
    """Return a text of this kind, without a model; it always passes the guard.

    Raises:
        ValueError: The auction has no winner to write to.
    """
    write = _PIECES[facts.house.language].get((kind, facts.status))
    if write is None:
        raise ValueError(f"auction {facts.auction_id} is {facts.status}: there is no {kind}")
    phrases: Phrases = phrases_of(kind, facts)
    head, paragraphs = write(facts, phrases)
    body = "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
    match kind:
        case Kind.REPORT:
            return Report(head, body)
        case Kind.EMAIL_WINNER:
            return WinnerEmail(head, body)
        case Kind.EMAIL_SELLER:
            return SellerEmail(head, body)
        case Kind.DISCORD:
            return DiscordPost(head, body)
