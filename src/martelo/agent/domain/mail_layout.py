"""How an e-mail is laid out, as text and as HTML that say the same.

The HTML is of the kind that mail programs support: tables and inline styles, one column, no images
and no external resources. It sets no text or background colours except the button's, so the
program's own apply, light or dark, and a program that inverts colours finds none to break.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from markdown_it import MarkdownIt

from martelo.agent.domain.tables import FactRow
from martelo.agent.domain.texts import Report

WIDTH_PX = 600

_FONT = "font-family:Arial,Helvetica,sans-serif;font-size:16px;line-height:1.5"
_WRAP = "overflow-wrap:anywhere;word-break:break-word"
_NO_WRAP = "overflow-wrap:normal;word-break:normal"
_EDGE = "#808080"
"""This grey is visible on white and on black."""
_BUTTON = "#b0452d"
"""Contrast: 5.6 to 1 with its white text and a white page, 3.7 to 1 with a black page."""
_STYLES = {
    "p": "margin:0 0 16px",
    "h2": "margin:28px 0 8px;font-size:19px;line-height:1.3",
    "h3": "margin:20px 0 8px;font-size:16px;line-height:1.3",
    "ul": "margin:0 0 16px;padding:0 0 0 24px",
    "ol": "margin:0 0 16px;padding:0 0 0 24px",
}
_HEADINGS = {f"h{level}": "h3" for level in range(1, 7)}
"""A summary's headings are below the report's own."""
_TABLE = 'cellpadding="0" cellspacing="0" border="0"'
_STARS = re.compile(r"\\(\*)|\*\*")
"""An escaped asterisk, or the markup of bold."""

_MARKDOWN = MarkdownIt("zero").enable(["emphasis", "escape", "list", "heading", "newline"])
"""No links, images or HTML: anything else in a summary stays plain text."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its text."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class LetterContent:
    """The content of an e-mail; every text is plain except the report's summary, in Markdown."""

    language: str
    house: str
    subject: str
    body: str
    steps: Section
    link: str
    link_text: str
    facts_heading: str
    rows: tuple[FactRow, ...]
    report: Report | None
    report_heading: str
    notes: tuple[str, ...]
    """Small print: who wrote it, and why the reader receives it."""


def plain_part(parts: LetterContent) -> str:
    """Return the e-mail as text."""
    rows = (f"{row.label}: {row.value}" for row in parts.rows)
    blocks = [
        parts.body,
        f"{parts.steps.heading}\n{parts.steps.text}",
        "\n".join([parts.facts_heading, *rows]),
    ]
    if parts.report is not None:
        summary = _STARS.sub(r"\1", parts.report.summary)
        blocks.append(f"{parts.report_heading}: {parts.report.title}\n\n{summary}")
    blocks += [f"{parts.link_text}: {parts.link}", *parts.notes]
    return "\n\n".join(blocks) + "\n"


def html_part(parts: LetterContent) -> str:
    """Return the e-mail as an HTML document; all content is escaped."""
    cells = "\n".join(_cells(parts))
    return f"""<!doctype html>
<html lang="{escape(parts.language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{escape(parts.subject)}</title>
</head>
<body style="margin:0;padding:0">
<table role="presentation" width="100%" {_TABLE}>
<tr><td align="center" style="padding:16px">
<table role="presentation" width="{WIDTH_PX}" {_TABLE} style="width:100%;max-width:{WIDTH_PX}px">
{cells}
</table>
</td></tr>
</table>
</body>
</html>
"""


def _cells(parts: LetterContent) -> Iterator[str]:
    """Yield the rows of the one column, from the house's name to the small print."""
    line = f"1px solid {_EDGE}"
    yield _cell(escape(parts.house), f"padding:0 0 12px;border-bottom:{line};font-weight:bold")
    written = [_paragraphs(parts.body), _section(parts.steps.heading, _p(parts.steps.text))]
    yield _cell("\n".join(written), "padding:20px 0 0")
    yield _cell(_button(parts.link, parts.link_text), "padding:4px 0 0")
    sections = [_section(parts.facts_heading, _facts(parts.rows))]
    if parts.report is not None:
        heading = f"{parts.report_heading}: {parts.report.title}"
        sections.append(_section(heading, _markdown(parts.report.summary)))
    yield _cell("\n".join(sections), "padding:0 0 20px")
    notes = "<br>\n".join(map(escape, parts.notes))
    yield _cell(notes, f"padding:12px 0 0;border-top:{line};font-size:14px")


def _cell(html: str, style: str) -> str:
    # The last of two sizes applies, so a cell may have its own.
    return f'<tr><td align="left" style="{_FONT};{_WRAP};{style}">\n{html}\n</td></tr>'


def _section(heading: str, html: str) -> str:
    return f'<h2 style="{_STYLES["h2"]}">{escape(heading)}</h2>\n{html}'


def _p(text: str) -> str:
    return f'<p style="{_STYLES["p"]}">{escape(text).replace(chr(10), "<br>")}</p>'


def _paragraphs(body: str) -> str:
    return "\n".join(_p(block) for block in body.split("\n\n") if block.strip())


def _button(link: str, text: str) -> str:
    """Return a link in a coloured cell, for programs that ignore the padding of links."""
    style = f"{_FONT};display:inline-block;padding:12px 24px;color:#ffffff;font-weight:bold"
    return (
        f'<table role="presentation" {_TABLE}><tr>'
        f'<td bgcolor="{_BUTTON}" style="background-color:{_BUTTON};border-radius:8px">'
        f'<a href="{escape(link)}" style="{style}">{escape(text)}</a></td></tr></table>'
    )


def _facts(rows: tuple[FactRow, ...]) -> str:
    return f'<table width="100%" {_TABLE}>\n' + "\n".join(map(_row, rows)) + "\n</table>"


def _row(row: FactRow) -> str:
    style = f"{_FONT};padding:6px 12px 6px 0;border-bottom:1px solid {_EDGE}"
    # Labels are ours and short: only a value may need a break inside a word.
    return (
        f'<tr><th scope="row" align="left" valign="top" width="40%" style="{style};{_NO_WRAP}">'
        f'{escape(row.label)}</th><td valign="top" style="{style}">{escape(row.value)}</td></tr>'
    )


def _markdown(summary: str) -> str:
    """Return a summary as HTML, with styles, its headings below the report's."""
    tokens = _MARKDOWN.parse(summary)
    for token in tokens:
        token.tag = _HEADINGS.get(token.tag, token.tag)
        if token.nesting == 1 and token.tag in _STYLES:
            token.attrSet("style", _STYLES[token.tag])
    html: str = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    return html.rstrip("\n")
