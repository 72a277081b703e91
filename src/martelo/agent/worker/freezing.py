"""What is stored before the first send: the complete message, and the label of who wrote it."""

from martelo.agent.domain.facts import Facts
from martelo.agent.domain.frozen import Letter, Post
from martelo.agent.domain.guarding.cleaning import clean
from martelo.agent.domain.letters import MessageDetails, compose_letter, compose_post
from martelo.agent.domain.texts import DiscordPost, Kind, SellerEmail, WinnerEmail
from martelo.agent.ports.effects import Claimed
from martelo.agent.ports.writing import TextSource, Written

Message = WinnerEmail | SellerEmail | DiscordPost


def frozen_message(
    effect: Claimed, text: Message, facts: Facts, details: MessageDetails
) -> Letter | Post:
    """Return the e-mail or post with `text`; the seller's e-mail includes the report."""
    if isinstance(text, DiscordPost):
        return compose_post(text, clean(facts), details)
    report = effect.report if effect.kind is Kind.EMAIL_SELLER else None
    return compose_letter(effect.kind, text, clean(facts), report, details)


def link_to(public_url: str, auction_id: str) -> str:
    """Return the address of a lot's page."""
    return f"{public_url.rstrip('/')}/leiloes/{auction_id}"


def label_of(written: Written) -> str:
    """Return who wrote a text, as its readers see it."""
    match written.source:
        case TextSource.MODEL:
            return f"IA: {written.model}"
        case TextSource.FALLBACK:
            return f"modelo fixo (IA falhou: {written.failure})"
        case TextSource.TEMPLATE:
            return "modelo fixo (sem IA)"
