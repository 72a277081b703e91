"""What stands around every text: next steps, facts, report, link and label, set by code alone.

Recipients, amounts, links and what to do next never come from a model; it gives the words between
them.
"""

import re
from dataclasses import dataclass
from html import escape

from markdown_it import MarkdownIt

from martelo.agent.domain.cleaning import CleanFacts
from martelo.agent.domain.facts import Language
from martelo.agent.domain.formats import format_money
from martelo.agent.domain.frozen import Letter, Post, Row
from martelo.agent.domain.tables import FactRow, fact_rows
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
    "link": "A página do lote",
    "report_link": "O lote e o relatório na página",
    "label": "Quem escreveu este texto",
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
    "link": "The lot's page",
    "report_link": "The lot and the report on its page",
    "label": "Who wrote this text",
}
_WORDS = {Language.PORTUGUESE: _PORTUGUESE, Language.ENGLISH: _ENGLISH}

_PLACE = re.compile(r"\{[a-z]+\}")
_MARKDOWN = MarkdownIt("zero").enable(["emphasis", "list", "heading", "newline"])
"""No links, no images, no HTML: whatever else a summary holds stays the letters it is."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a text is sent with: the lot's page, who wrote the text, and when."""

    link: str
    label: str
    dated_at_ms: int


@dataclass(frozen=True, slots=True)
class _Frame:
    """Everything in an e-mail but the text itself."""

    words: dict[str, str]
    rows: tuple[FactRow, ...]
    steps: tuple[str, str]
    """What comes next: a heading and a sentence."""
    report: Report | None
    link: str
    label: str

    @property
    def link_text(self) -> str:
        """What the lot's link is called: a seller is told that the report is there too."""
        return self.words["link" if self.report is None else "report_link"]


def letter(
    kind: Kind,
    text: WinnerEmail | SellerEmail,
    facts: CleanFacts,
    report: Report | None,
    circumstances: Circumstances,
) -> Letter:
    """Return an e-mail but for its recipient; a seller's carries the whole `report`."""
    words = _WORDS[facts.house.language]
    frame = _Frame(
        words=words,
        rows=fact_rows(kind, facts),
        steps=_steps(kind, facts, words),
        report=report,
        link=circumstances.link,
        label=circumstances.label,
    )
    return Letter(
        subject=" ".join(text.subject.split()),
        text=_plain(text.body, frame),
        html=_html(text.body, frame),
        dated_at_ms=circumstances.dated_at_ms,
    )


def post(text: DiscordPost, facts: CleanFacts, circumstances: Circumstances) -> Post:
    """Return a post for the house's channel."""
    rows = tuple(Row(row.label, row.value) for row in fact_rows(Kind.DISCORD, facts))
    return Post(text.title, text.description, circumstances.link, rows, circumstances.label)


def _steps(kind: Kind, facts: CleanFacts, words: dict[str, str]) -> tuple[str, str]:
    if kind is Kind.EMAIL_WINNER:
        return words["payment"], _filled(words["pay"], facts)
    return words["steps"], _filled(words[facts.status.value], facts)


def _filled(text: str, facts: CleanFacts) -> str:
    known = {"{seller}": facts.seller_name, "{winner}": facts.winner_name or ""}
    if facts.final_cents is not None:
        known["{value}"] = format_money(facts.final_cents, facts.house.language)
    # Not `format`, and in one pass: a name may hold braces.
    return _PLACE.sub(lambda found: known[found[0]], text)


def _plain(body: str, frame: _Frame) -> str:
    words, parts = frame.words, [body, "\n".join(frame.steps)]
    parts.append("\n".join([words["facts"], *(f"{r.label}: {r.value}" for r in frame.rows)]))
    if frame.report is not None:
        summary = frame.report.summary.replace("**", "")
        parts.append(f"{words['report']}: {frame.report.title}\n\n{summary}")
    parts += [f"{frame.link_text}: {frame.link}", f"{words['label']}: {frame.label}"]
    return "\n\n".join(parts) + "\n"


def _html(body: str, frame: _Frame) -> str:
    words, parts = frame.words, [_paragraphs(body)]
    heading, step = frame.steps
    parts.append(f"<h2>{escape(heading)}</h2>\n<p>{escape(step)}</p>")
    table = "\n".join(map(_table_row, frame.rows))
    parts.append(f'<h2>{escape(words["facts"])}</h2>\n<table cellpadding="4">\n{table}\n</table>')
    if frame.report is not None:
        title = f"{words['report']}: {frame.report.title}"
        parts.append(f"<h2>{escape(title)}</h2>\n{_MARKDOWN.render(frame.report.summary)}")
    parts.append(f'<p><a href="{escape(frame.link)}">{escape(frame.link_text)}</a></p>')
    parts.append(f"<p><small>{escape(words['label'])}: {escape(frame.label)}</small></p>")
    return "\n".join(parts) + "\n"


def _table_row(row: FactRow) -> str:
    head = f'<th scope="row" align="left">{escape(row.label)}</th>'
    return f"<tr>{head}<td>{escape(row.value)}</td></tr>"


def _paragraphs(body: str) -> str:
    blocks = [block for block in body.split("\n\n") if block.strip()]
    return "\n".join(f"<p>{escape(block).replace(chr(10), '<br>')}</p>" for block in blocks)
