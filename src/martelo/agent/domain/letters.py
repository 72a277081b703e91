"""Complete e-mails and posts: code adds next steps, facts, report, link and label to a text.

Recipients, amounts, links and next steps never come from a model.
"""

import re
from dataclasses import dataclass

from martelo.agent.domain.facts import Language
from martelo.agent.domain.formats import format_money
from martelo.agent.domain.frozen import Letter, Post, PostRow
from martelo.agent.domain.guarding.cleaning import CleanFacts
from martelo.agent.domain.mail_layout import LetterContent, Section, html_part, plain_part
from martelo.agent.domain.tables import fact_rows
from martelo.agent.domain.texts import DiscordPost, Kind, Report, SellerEmail, WinnerEmail

_PORTUGUESE = {
    "facts": "O leilão em resumo",
    "report": "Relatório",
    "payment": "Pagamento",
    "steps": "Próximos passos",
    "pay": "{seller}, que vendeu o lote, vai entrar em contato para combinar o pagamento de"
    " {value} e a entrega.",
    "sold": "Entre em contato com {winner} para combinar o pagamento de {value} e a entrega.",
    "unsold": "Você pode anunciar o lote outra vez, se quiser com outros preços.",
    "cancelled": "Ninguém tem nada a pagar nem a entregar.",
    "link": "Ver a página do lote",
    "report_link": "Ver o lote e o relatório na página",
    "label": "Quem escreveu este texto",
    "email_winner": "Você recebe este e-mail porque venceu este leilão em {house}.",
    "email_seller": "Você recebe este e-mail porque vendia este lote em {house}.",
}
_ENGLISH = {
    "facts": "The auction in short",
    "report": "Report",
    "payment": "Payment",
    "steps": "Next steps",
    "pay": "{seller}, who sold the lot, will be in touch about the payment of {value} and the"
    " delivery.",
    "sold": "Get in touch with {winner} about the payment of {value} and the delivery.",
    "unsold": "You can offer the lot again, at other prices if you like.",
    "cancelled": "Nobody has anything to pay or to deliver.",
    "link": "See the lot's page",
    "report_link": "See the lot and the report on its page",
    "label": "Who wrote this text",
    "email_winner": "You get this e-mail because you won this auction at {house}.",
    "email_seller": "You get this e-mail because you were selling this lot at {house}.",
}
_WORDS = {Language.PORTUGUESE: _PORTUGUESE, Language.ENGLISH: _ENGLISH}
_FIELD = re.compile(r"\{[a-z]+\}")


@dataclass(frozen=True, slots=True)
class MessageDetails:
    """What is sent with every text: the lot's page, who wrote the text, and when."""

    link: str
    label: str
    dated_at_ms: int


def compose_letter(
    kind: Kind,
    text: WinnerEmail | SellerEmail,
    facts: CleanFacts,
    report: Report | None,
    details: MessageDetails,
) -> Letter:
    """Return an e-mail without its recipient; a seller's contains the complete `report`."""
    words = _WORDS[facts.house.language]
    subject = " ".join(text.subject.split())
    parts = LetterContent(
        language=facts.house.language.value,
        house=facts.house.name,
        subject=subject,
        body=text.body,
        steps=_steps(kind, facts, words),
        link=details.link,
        link_text=words["link" if report is None else "report_link"],
        facts_heading=words["facts"],
        rows=fact_rows(kind, facts),
        report=report,
        report_heading=words["report"],
        notes=(
            _filled(words[kind.value], facts),
            f"{words['label']}: {details.label}",
            *facts.house.imprint,
        ),
    )
    return Letter(
        subject=subject,
        text=plain_part(parts),
        html=html_part(parts),
        dated_at_ms=details.dated_at_ms,
    )


def compose_post(text: DiscordPost, facts: CleanFacts, details: MessageDetails) -> Post:
    """Return a post for the house's channel."""
    rows = tuple(PostRow(row.label, row.value) for row in fact_rows(Kind.DISCORD, facts))
    return Post(text.title, text.description, details.link, rows, details.label)


def _steps(kind: Kind, facts: CleanFacts, words: dict[str, str]) -> Section:
    if kind is Kind.EMAIL_WINNER:
        return Section(words["payment"], _filled(words["pay"], facts))
    return Section(words["steps"], _filled(words[facts.status.value], facts))


def _filled(text: str, facts: CleanFacts) -> str:
    known = {
        "{house}": facts.house.name,
        "{seller}": facts.seller_name,
        "{winner}": facts.winner_name or "",
    }
    if facts.final_cents is not None:
        known["{value}"] = format_money(facts.final_cents, facts.house.language)
    # Not `format`, and in one pass: a name may contain braces.
    return _FIELD.sub(lambda found: known[found[0]], text)
