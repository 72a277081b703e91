"""The form of a text: characters, markup, links and lengths."""

import re
from collections.abc import Iterator

from martelo.agent.domain.guarding.draft import Draft
from martelo.agent.domain.guarding.marking import MARKERS
from martelo.agent.domain.guarding.rules import Finding, Rule
from martelo.agent.domain.guarding.vocabulary import DOMAIN_WORDS, EMOJI
from martelo.agent.domain.texts import Kind

MAX_SENTENCES = {Kind.REPORT: 30, Kind.EMAIL_WINNER: 16, Kind.EMAIL_SELLER: 18, Kind.DISCORD: 10}
MAX_SENTENCE_LENGTH = 500
MAX_WORD_LENGTH = 30

_ACCENTED = "áàâãäéèêëíìîïóòôõöúùûüçñÁÀÂÃÄÉÈÊËÍÌÎÏÓÒÔÕÖÚÙÛÜÇÑ"
_LETTERS = f"A-Za-z{_ACCENTED}"
_PUNCTUATION = r".,;:!?'\"“”()\-–—…•/%&+$€£¥@#*_~`|<>\[\]{}\\^=ªº"
_STRANGE = re.compile(f"[^{_LETTERS}0-9 \n{_PUNCTUATION}{EMOJI}{MARKERS}]")
_FOREIGN_BLANK = re.compile(r"[^\S \n\u00a0\u202f]")
_SPELLED = re.compile(r"(?<!\w)(?:[^\W\d_][ .\-–—•'/_*]+){2,}[^\W\d_](?!\w)")
_TOO_LONG_WORD = re.compile(rf"[{_LETTERS}0-9+/=]{{{MAX_WORD_LENGTH + 1},}}")
_MARKUP = re.compile(r"[*_~`|#<>\[\]\\^=]|&#?\w+;")
_MARKDOWN_BLOCKS = re.compile(r"^ {4}|^\s*[-–—]{3,}\s*$", re.MULTILINE)
"""Lines that Markdown takes for code or for the underline of a heading."""
_BOLD = re.compile(r"\*\*(?=\S)([^*\n]+?)(?<=\S)\*\*")
_HEADING = re.compile(r"^#{2,4} (?=\S)", re.MULTILINE)
_LINK = re.compile(
    rf"[\w{MARKERS}]\.(?=[\w{MARKERS}])|[\w{MARKERS}]\s?/\s?[\w{MARKERS}]|//|\\|\w:\w"
)
_SENTENCE = re.compile(r"[.!?]+(?:\s|$)|\n+")


def check_characters(draft: Draft) -> Iterator[Finding]:
    """Yield a finding for other scripts, invisible characters and unusual line breaks."""
    raw = draft.raw_head + draft.raw_body
    is_private = any("\ue000" <= c <= "\uf8ff" for c in raw)
    is_broken = "\n" in draft.raw_head or _FOREIGN_BLANK.search(raw)
    if is_private or is_broken or _STRANGE.search(draft.marked):
        hint = "Use só letras latinas, pontuação comum e, fora do título, quebras de linha simples."
        yield Finding(Rule.CHARACTERS, hint)


def check_spelling(draft: Draft) -> Iterator[Finding]:
    """Yield a finding for spaced-out letters and very long words."""
    if _SPELLED.search(draft.marked) or _TOO_LONG_WORD.search(draft.marked):
        yield Finding(Rule.SPELLING, "Escreva palavras comuns, sem letras separadas nem códigos.")


def check_braces(draft: Draft) -> Iterator[Finding]:
    """Yield a finding for braces."""
    if "{" in draft.marked or "}" in draft.marked:
        yield Finding(Rule.BRACES, "Não use chaves.")


def check_markup(draft: Draft) -> Iterator[Finding]:
    """Yield a finding for markup; a report may have bold, headings and lists."""
    if draft.kind is Kind.REPORT:
        body = _HEADING.sub("", _BOLD.sub(r"\1", draft.body))
        is_marked = _MARKUP.search(f"{draft.head}\n{body}") or _MARKDOWN_BLOCKS.search(
            draft.raw_body
        )
        hint = (
            "No resumo use só **negrito**, subtítulos com ## e listas com hífen; no título, nada."
        )
    else:
        is_marked = _MARKUP.search(draft.marked)
        hint = "Não use marcação nenhuma: nem asteriscos, nem sinais de código, nem HTML."
    if is_marked:
        yield Finding(Rule.MARKUP, hint)


def check_links(draft: Draft) -> Iterator[Finding]:
    """Yield a finding for links and domain names."""
    if _LINK.search(draft.marked) or DOMAIN_WORDS.search(draft.plain):
        yield Finding(Rule.LINK, "Não escreva endereços, nem barras, nem pontos sem espaço depois.")


def check_mentions(draft: Draft) -> Iterator[Finding]:
    """Yield a finding for mentions of accounts and channels."""
    if "@" in draft.marked or re.search(r"<[#@:t]", draft.marked):
        yield Finding(Rule.MENTION, "Não mencione contas nem canais.")


def check_lengths(draft: Draft) -> Iterator[Finding]:
    """Yield a finding for too many sentences or one that is too long."""
    sentences = [part for part in _SENTENCE.split(draft.body) if part.strip()]
    is_long = any(len(sentence) > MAX_SENTENCE_LENGTH for sentence in sentences)
    if is_long or len(sentences) > MAX_SENTENCES[draft.kind]:
        limit = MAX_SENTENCES[draft.kind]
        yield Finding(Rule.LENGTH, f"Escreva no máximo {limit} frases, nenhuma muito longa.")
