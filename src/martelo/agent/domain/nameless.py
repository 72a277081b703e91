"""The report of an auction one of whose people closed the account: facts of the end, no names."""

from martelo.agent.domain.facts import Language, Status
from martelo.agent.domain.formats import format_bids, format_instant, format_money
from martelo.agent.domain.guarding.cleaning import clean_line
from martelo.agent.domain.naming import quoted
from martelo.agent.domain.texts import Report

MAX_TITLE = 80

_ENDS = {
    Language.PORTUGUESE: {
        Status.SOLD: "{item} foi vendido por {value}, com {bids}, em {closed}.",
        Status.UNSOLD: "O leilão de {item} terminou sem venda, com {bids}, em {closed}.",
        Status.CANCELLED: "O leilão de {item} foi cancelado em {closed}.",
    },
    Language.ENGLISH: {
        Status.SOLD: "{item} was sold for {value} with {bids} on {closed}.",
        Status.UNSOLD: "The auction of {item} ended without a sale, with {bids}, on {closed}.",
        Status.CANCELLED: "The auction of {item} was cancelled on {closed}.",
    },
}
_TITLES = {
    Language.PORTUGUESE: "Leilão encerrado: {item}",
    Language.ENGLISH: "Auction closed: {item}",
}
_WHY = {
    Language.PORTUGUESE: "Este relatório não traz nomes, porque alguém do leilão encerrou a conta.",
    Language.ENGLISH: "This report names nobody: someone in the auction closed their account.",
}


def nameless_report(  # noqa: PLR0913 - one argument a fact of the end
    *,
    status: Status,
    title: str,
    final_cents: int | None,
    bid_count: int,
    closed_at_ms: int,
    language: Language,
) -> Report:
    """Return a report that says how an auction ended, and names nobody."""
    item = quoted(clean_line(title, MAX_TITLE))
    end = _ENDS[language][status].format(
        item=item,
        value="" if final_cents is None else format_money(final_cents, language),
        bids=format_bids(bid_count, language),
        closed=format_instant(closed_at_ms, language),
    )
    return Report(_TITLES[language].format(item=item), f"{end}\n\n{_WHY[language]}")
