"""The guard: which rules a text about a finished auction breaks.

What is known is taken out first (`marking`). What is left must be plain words, without numbers,
names, links or claims. Rules stop patterns, not meaning.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from martelo.agent.domain.facts import Status
from martelo.agent.domain.formats import format_money
from martelo.agent.domain.guarding.cleaning import CleanFacts, without_accents
from martelo.agent.domain.guarding.marking import SIGNS, Sign, folded, known_in, mark
from martelo.agent.domain.guarding.vocabulary import (
    ANNULLED,
    BUY_NOW,
    BY_ADMIN,
    BY_SELLER,
    CANCELLING,
    CLAIMS,
    COMMON,
    CURRENCY,
    DENIAL,
    DOMAIN_WORDS,
    NO,
    NO_BIDS,
    NO_SALE,
    NUMBER_WORDS,
    OTHER_WINNER,
    RESERVE,
    SALE,
    SALES,
    TAKING,
)
from martelo.agent.domain.naming import PUBLIC, quoted, winner_in
from martelo.agent.domain.texts import DiscordPost, Kind, Report, SellerEmail, Text, WinnerEmail

MAX_HEAD = 120
MAX_BODY = {
    Kind.REPORT: 1_800,
    Kind.EMAIL_WINNER: 1_200,
    Kind.EMAIL_SELLER: 1_200,
    Kind.DISCORD: 700,
}
MAX_SENTENCES = {Kind.REPORT: 30, Kind.EMAIL_WINNER: 16, Kind.EMAIL_SELLER: 18, Kind.DISCORD: 10}
MAX_SENTENCE = 500
MAX_WORD = 30


class Rule(StrEnum):
    """What a text can break; the names are labels of a metric."""

    LENGTH = "length"
    CHARACTERS = "characters"
    SPELLING = "spelling"
    BRACES = "braces"
    MARKUP = "markup"
    LINK = "link"
    MENTION = "mention"
    ITEM = "item"
    WINNER = "winner"
    VALUE = "value"
    MONEY = "money"
    NUMBER = "number"
    NAME = "name"
    CLAIM = "claim"
    RESULT = "result"


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that a text breaks, and what would mend it, in words for who wrote it."""

    rule: Rule
    hint: str


_ACCENTED = "áàâãäéèêëíìîïóòôõöúùûüçñÁÀÂÃÄÉÈÊËÍÌÎÏÓÒÔÕÖÚÙÛÜÇÑ"
_LETTERS = f"A-Za-z{_ACCENTED}"
_EMOJI = "🎉🎊🏆🔨✨👏🥳🎂🍰🤝🙌🎈👋"
_PUNCTUATION = r".,;:!?'\"“”()\-–—…•/%&+$€£¥@#*_~`|<>\[\]{}\\^=ªº"
_STRANGE = re.compile(f"[^{_LETTERS}0-9 \n{_PUNCTUATION}{_EMOJI}{SIGNS}]")
_FOREIGN_BLANK = re.compile(r"[^\S \n\u00a0\u202f]")
_SPELLED = re.compile(r"(?<!\w)(?:[^\W\d_][ .\-–—•'/_*]+){2,}[^\W\d_](?!\w)")
_TOO_LONG_WORD = re.compile(rf"[{_LETTERS}0-9+/=]{{{MAX_WORD + 1},}}")
_MARKS = re.compile(r"[*_~`|#<>\[\]\\^=]|&#?\w+;")
_BLOCKS = re.compile(r"^ {4}|^\s*[-–—]{3,}\s*$", re.MULTILINE)
"""Lines that Markdown takes for code or for the underline of a heading."""
_BOLD = re.compile(r"\*\*(?=\S)([^*\n]+?)(?<=\S)\*\*")
_HEADING = re.compile(r"^#{2,4} (?=\S)", re.MULTILINE)
_LINK = re.compile(rf"[\w{SIGNS}]\.(?=[\w{SIGNS}])|[\w{SIGNS}]\s?/\s?[\w{SIGNS}]|//|\\|\w:\w")
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_SENTENCE = re.compile(r"[.!?]+(?:\s|$)|\n+")
_BEFORE_SENTENCE = f" *#-–—•\"'(“{_EMOJI}"
_GAP = r"[^\w.!?\n]+"
_SOLD_FOR = re.compile(
    SALE
    + rf"[^.!?\n{Sign.VALUE}]{{0,160}}?"
    + r"\b(?:por|for|at|pelo\s+(?:valor|preco)\s+de|for\s+the\s+(?:price|amount)\s+of)\s+(?:\*\*)?"
    + Sign.AMOUNT
)
_DENIED = re.compile(
    rf"(?:{NO}|\binstead of|\bem vez de|\bao inves de|\brather than){_GAP}"
    rf"(?:\w+{_GAP}){{0,2}}[{Sign.VALUE}{Sign.WINNER}{Sign.ITEM}]"
)
_QUALIFIED = re.compile(
    r"\b(?:menos|mais|abaixo|acima|alem|quase|cerca|apenas|somente|less|more|below|above|over|under"
    rf"|almost|about|around|only|just){_GAP}(?:(?:de|do|da|que|than|of){_GAP}){{0,2}}{Sign.VALUE}"
)
_ADDRESSED = re.compile(
    r"\b(?:vencedora?|winner|parabens|congratulations|congrats|ola|oi|hello|hi|dear|car[oa]"
    r"|prezad[oa])\W{1,4}$"
)
"""What stands before a name that is spoken to, or said to have won."""


def guard(kind: Kind, text: Text, facts: CleanFacts) -> tuple[Finding, ...]:
    """Return every rule that `text` breaks, each once; nothing where it may go out."""
    head, body = parts_of(text)
    if len(head) > MAX_HEAD or len(body) > MAX_BODY[kind] or not head.strip() or not body.strip():
        hint = f"Respeite os limites: 1 a {MAX_HEAD} e 1 a {MAX_BODY[kind]} caracteres."
        return (Finding(Rule.LENGTH, hint),)
    draft = _Draft.of(kind, head, body, facts)
    found: dict[Rule, Finding] = {}
    for check in _CHECKS:
        for finding in check(draft):
            found.setdefault(finding.rule, finding)
    return tuple(found.values())


def parts_of(text: Text) -> tuple[str, str]:
    """Return the head and the body of a text, whatever they are called in its type."""
    match text:
        case Report(title, summary):
            return title, summary
        case WinnerEmail(subject, body) | SellerEmail(subject, body):
            return subject, body
        case DiscordPost(title, description):
            return title, description


@dataclass(frozen=True, slots=True)
class _Draft:
    """A text in the forms that rules look at."""

    kind: Kind
    facts: CleanFacts
    raw_head: str
    raw_body: str
    head: str
    """With signs for what is known."""
    body: str
    marked: str
    """Head and body with signs."""
    plain: str
    """The same, without capitals and accents."""
    whole: str
    """Head and body without capitals and accents, with a sign for the lot alone."""

    @classmethod
    def of(cls, kind: Kind, raw_head: str, raw_body: str, facts: CleanFacts) -> "_Draft":
        known = known_in(kind, facts)
        only_item = {words: sign for words, sign in known.items() if sign is Sign.ITEM}
        raw = folded(f"{raw_head}\n{raw_body}")
        head, body = mark(folded(raw_head), known), mark(folded(raw_body), known)
        return cls(
            kind=kind,
            facts=facts,
            raw_head=raw_head,
            raw_body=raw_body,
            head=head,
            body=body,
            marked=f"{head}\n{body}",
            plain=without_accents(f"{head}\n{body}"),
            whole=without_accents(mark(raw, only_item)),
        )


def _characters(draft: _Draft) -> Iterator[Finding]:
    raw = draft.raw_head + draft.raw_body
    is_private = any("\ue000" <= c <= "\uf8ff" for c in raw)
    is_broken = "\n" in draft.raw_head or _FOREIGN_BLANK.search(raw)
    if is_private or is_broken or _STRANGE.search(draft.marked):
        hint = "Use só letras latinas, pontuação comum e, fora do título, quebras de linha simples."
        yield Finding(Rule.CHARACTERS, hint)


def _spelling(draft: _Draft) -> Iterator[Finding]:
    if _SPELLED.search(draft.marked) or _TOO_LONG_WORD.search(draft.marked):
        yield Finding(Rule.SPELLING, "Escreva palavras comuns, sem letras separadas nem códigos.")


def _braces(draft: _Draft) -> Iterator[Finding]:
    if "{" in draft.marked or "}" in draft.marked:
        yield Finding(Rule.BRACES, "Não use chaves.")


def _markup(draft: _Draft) -> Iterator[Finding]:
    if draft.kind is Kind.REPORT:
        body = _HEADING.sub("", _BOLD.sub(r"\1", draft.body))
        is_marked = _MARKS.search(f"{draft.head}\n{body}") or _BLOCKS.search(draft.raw_body)
        hint = (
            "No resumo use só **negrito**, subtítulos com ## e listas com hífen; no título, nada."
        )
    else:
        is_marked = _MARKS.search(draft.marked)
        hint = "Não use marcação nenhuma: nem asteriscos, nem sinais de código, nem HTML."
    if is_marked:
        yield Finding(Rule.MARKUP, hint)


def _links(draft: _Draft) -> Iterator[Finding]:
    if _LINK.search(draft.marked) or DOMAIN_WORDS.search(draft.plain):
        yield Finding(Rule.LINK, "Não escreva endereços, nem barras, nem pontos sem espaço depois.")


def _mentions(draft: _Draft) -> Iterator[Finding]:
    if "@" in draft.marked or re.search(r"<[#@:t]", draft.marked):
        yield Finding(Rule.MENTION, "Não mencione contas nem canais.")


def _subjects(draft: _Draft) -> Iterator[Finding]:
    """Yield what must be said and is not."""
    facts = draft.facts
    if Sign.ITEM not in draft.marked:
        yield Finding(Rule.ITEM, f"Escreva o item exatamente assim: {quoted(facts.title)}")
    if facts.status is not Status.SOLD:
        return
    winner = winner_in(draft.kind, facts)
    if Sign.WINNER not in draft.body:
        yield Finding(Rule.WINNER, f"Escreva quem arrematou exatamente assim: {winner}")
    if facts.final_cents is not None and Sign.VALUE not in draft.body:
        value = format_money(facts.final_cents, facts.house.language)
        yield Finding(Rule.VALUE, f"Escreva o valor final exatamente assim: {value}")


def _value(draft: _Draft) -> Iterator[Finding]:
    """Yield whether the value is denied, bent, or another amount put in its place."""
    if draft.facts.status is not Status.SOLD:
        return
    if (
        _SOLD_FOR.search(draft.plain)
        or _DENIED.search(draft.plain)
        or _QUALIFIED.search(draft.plain)
    ):
        hint = "Diga o valor final sem negar, comparar ou trocar por outro valor."
        yield Finding(Rule.VALUE, hint)


def _money(draft: _Draft) -> Iterator[Finding]:
    if CURRENCY.search(draft.plain):
        yield Finding(Rule.MONEY, "Não escreva valores além dos que foram dados, tal como estão.")


def _numbers(draft: _Draft) -> Iterator[Finding]:
    is_numeric = any(unicodedata.category(c)[0] == "N" or c == "%" for c in draft.marked)
    if is_numeric or NUMBER_WORDS.search(draft.plain):
        yield Finding(
            Rule.NUMBER,
            "Não escreva números além das contagens, datas e valores dados, tal como estão.",
        )


def _names(draft: _Draft) -> Iterator[Finding]:
    other = OTHER_WINNER.search(draft.plain)
    if other:
        yield Finding(Rule.NAME, f"Só quem está nos dados venceu: {other[0][:MAX_WORD]}")
    for name in _invented(draft):
        yield Finding(Rule.NAME, f"Não escreva nomes que não foram dados: {name[:MAX_WORD]}")


def _invented(draft: _Draft) -> Iterator[str]:
    """Yield words with a capital that are neither known, nor common, nor just the first of many.

    The first word of a sentence passes, unless another capital or a word of winning follows, or it
    is nearly a known name. A word of the title passes, unless it is spoken to or said to have won.
    """
    people, titled = _people(draft), _words_of(draft.facts.title)
    winner = winner_in(draft.kind, draft.facts) or ""
    ends = ".!?\n" + (Sign.WINNER if winner.endswith(".") else "")
    for found in _WORD.finditer(draft.marked):
        word, letters = found[0], without_accents(found[0])
        if not word[0].isupper() or word.casefold() in COMMON or letters in people:
            continue
        before, after = draft.marked[: found.start()], draft.marked[found.end() :].lstrip(" ")
        start = before.rstrip(_BEFORE_SENTENCE)
        is_person = _wins(after) or _ADDRESSED.search(without_accents(before[-30:])) is not None
        is_first = not start or start[-1] in ends
        if is_person or (
            letters not in titled
            and (not is_first or _begins_with_name(after) or _nearly(letters, people))
        ):
            yield word


def _people(draft: _Draft) -> set[str]:
    names = [draft.facts.house.name, winner_in(draft.kind, draft.facts) or ""]
    if draft.kind not in PUBLIC:
        names.append(draft.facts.seller_name)
    return {word for name in names for word in _words_of(name)}


def _words_of(text: str) -> set[str]:
    return {without_accents(word) for word in _WORD.findall(text)}


def _wins(after: str) -> bool:
    following = _WORD.match(after)
    return following is not None and TAKING.match(without_accents(following[0])) is not None


def _begins_with_name(after: str) -> bool:
    following = _WORD.match(after)
    if following is None:
        return False
    return following[0][0].isupper() and following[0].casefold() not in COMMON


def _nearly(word: str, given: set[str]) -> bool:
    return any(
        len(other) >= 4 and abs(len(other) - len(word)) <= 2 and _distance(word, other) <= 2
        for other in given
    )


def _distance(one: str, other: str) -> int:
    """Return how many letters must change to make one word of the other."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        previous, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
    return row[-1]


def _claims(draft: _Draft) -> Iterator[Finding]:
    found = CLAIMS.search(draft.plain)
    if found:
        hint = (
            f"Não fale disso, outra parte do sistema cuida: {found[0][:MAX_WORD]!r}. De pagamento"
            " diga só que os próximos passos para o pagamento estão logo abaixo."
        )
        yield Finding(Rule.CLAIM, hint)


def _result(draft: _Draft) -> Iterator[Finding]:
    if _RESULTS[draft.facts.status](draft):
        words = {
            Status.SOLD: "foi vendido",
            Status.UNSOLD: "não foi vendido",
            Status.CANCELLED: "foi cancelado",
        }[draft.facts.status]
        yield Finding(
            Rule.RESULT, f"Diga só o que aconteceu: o lote {words}, e como está nos dados."
        )


def _contradicts_sold(draft: _Draft) -> bool:
    if NO_SALE.search(draft.plain) or ANNULLED.search(draft.plain):
        return True
    return draft.facts.sold_by == "bid" and BUY_NOW.search(draft.plain) is not None


def _contradicts_unsold(draft: _Draft) -> bool:
    rest = NO_SALE.sub(" ", draft.plain)
    if not DENIAL.search(draft.whole) or SALES.search(rest) or ANNULLED.search(rest):
        return True
    wrong = NO_BIDS if draft.facts.bid_count else RESERVE
    return wrong.search(draft.plain) is not None


def _contradicts_cancelled(draft: _Draft) -> bool:
    rest = NO_SALE.sub(" ", draft.plain)
    if not CANCELLING.search(draft.whole) or SALES.search(rest):
        return True
    wrong = BY_ADMIN if draft.facts.cancelled_by_seller else BY_SELLER
    return wrong.search(draft.plain) is not None


def _lengths(draft: _Draft) -> Iterator[Finding]:
    sentences = [part for part in _SENTENCE.split(draft.body) if part.strip()]
    is_long = any(len(sentence) > MAX_SENTENCE for sentence in sentences)
    if is_long or len(sentences) > MAX_SENTENCES[draft.kind]:
        limit = MAX_SENTENCES[draft.kind]
        yield Finding(Rule.LENGTH, f"Escreva no máximo {limit} frases, nenhuma muito longa.")


_RESULTS: dict[Status, Callable[[_Draft], bool]] = {
    Status.SOLD: _contradicts_sold,
    Status.UNSOLD: _contradicts_unsold,
    Status.CANCELLED: _contradicts_cancelled,
}
_CHECKS: tuple[Callable[[_Draft], Iterator[Finding]], ...] = (
    _characters,
    _spelling,
    _braces,
    _markup,
    _links,
    _mentions,
    _subjects,
    _value,
    _money,
    _numbers,
    _names,
    _claims,
    _result,
    _lengths,
)
