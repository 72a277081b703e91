"""Cleaning of people's input, before any text is written about it."""

import re
import unicodedata
from dataclasses import replace
from typing import NewType

from martelo.agent.domain.facts import Facts, House, Language, PublicBid, Status
from martelo.agent.domain.guarding.vocabulary import PAYMENT_PHRASES, RESULT_WORDS

MAX_TITLE = 80
MAX_NAME = 40
MAX_REASON = 200
MAX_DESCRIPTION = 1_200
MAX_INPUT = 8_000
"""Characters of an input that are read; no field of an auction is longer."""

CleanFacts = NewType("CleanFacts", Facts)
"""Facts whose texts passed `clean`: short, visible, without links, mentions or markup."""

_NO_TITLE = {Language.PORTUGUESE: "item sem título", Language.ENGLISH: "untitled item"}
_NO_NAME = {Language.PORTUGUESE: "participante", Language.ENGLISH: "participant"}
_NO_HOUSE = "Martelo"
MASK = "***"
"""Replaces the middle letters of a name, as on every page (auction rules, section 10)."""

_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Invisible letters and marks whose category does not say so."""
_UNFOLDED = re.compile("([ºª…])")
"""Not normalized: the compatibility form would turn "nº" into "no" and `…` into dots."""
_TAGS = re.compile(r"<[^<>]{0,300}>|\]\s?\([^()]{0,300}\)|&#?\w{1,30};")
_ADDRESS = re.compile(
    r"@|://|www\.|(?:data|javascript|mailto|sms|tel):.|\w\.[\w-]+/", re.IGNORECASE
)
"""What makes a word an address: the complete word is removed."""
_MARKUP = re.compile(r"[\[\]{}<>*`~|\\^_#=]")
_QUOTES = re.compile('["“”„‟«»‹›‘’‚‛′″´]')
_DOT_IN_WORD = re.compile(r"(?<=[^\W\d])\.(?=\w)|(?<=\w)\.(?=[^\W\d])")
_PHONE = re.compile(r"\+?\(?\d(?:[\s().-]{0,2}\d){7,}")
_YEARS = re.compile(r"(?:1[89]|20)\d\d\D{1,3}(?:1[89]|20)\d\d")
_SHORT_PHONE_DIGITS = 9


def clean(facts: Facts) -> CleanFacts:
    """Return `facts` with every text fit for an e-mail, a post or a page.

    Raises:
        ValueError: The auction is sold, and has no value or winner.
    """
    if facts.status is Status.SOLD and (facts.final_cents is None or facts.winner_name is None):
        raise ValueError(f"auction {facts.auction_id} is sold, and has no value or winner")
    language = facts.house.language
    cleaned = replace(
        facts,
        title=clean_line(facts.title, MAX_TITLE) or _NO_TITLE[language],
        description=clean_line(facts.description, MAX_DESCRIPTION),
        seller_name=_name(facts.seller_name, language),
        winner_name=_optional_name(facts.winner_name, language),
        winner_shown=_optional_mask(facts.winner_shown),
        reason=None if facts.reason is None else clean_line(facts.reason, MAX_REASON) or None,
        bids=tuple(_clean_bid(bid) for bid in facts.bids),
        house=_clean_house(facts.house),
    )
    return CleanFacts(cleaned)


def clean_line(text: str, limit: int) -> str:
    """Return `text` as one visible line of at most `limit` characters; idempotent.

    Links, addresses, phones, mentions and markup are removed, dots inside words become spaces, and
    quotation marks become apostrophes, so that a quotation ends at its closing mark.
    """
    line = _visible(text[:MAX_INPUT])
    for _ in range(8):  # a removal may leave a new link
        before, line = line, _without_addresses(line)
        if line == before:
            return _cut(line, limit)
    return _cut(_words(line), limit)


def clean_name(text: str) -> str:
    """Return the letters of a person's name, or an empty string; digits are removed."""
    line = clean_line(text, MAX_INPUT)
    cleaned = "".join(c if c in " '-" or unicodedata.category(c)[0] in "LM" else " " for c in line)
    name = _visible(" ".join(word.strip("'-") for word in cleaned.split()))
    name = _cut(name, MAX_NAME).rstrip("…'- ")
    return name if _is_name(name) else ""


def _is_name(name: str) -> bool:
    """Return whether a text that uses this name can still be understood."""
    letters = without_accents(name)
    if RESULT_WORDS.fullmatch(letters) or any(phrase in name for phrase in PAYMENT_PHRASES):
        return False
    return any(unicodedata.category(c)[0] == "L" for c in name)


def without_accents(text: str) -> str:
    """Return `text` without capitals and accents."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(c for c in decomposed if unicodedata.category(c) != "Mn")


def clean_mask(shown: str) -> str:
    """Return a masked name (`A***a`) with only letters around the mask."""
    first, _, last = shown.partition(MASK)
    return f"{_letter(first)}{MASK}{_letter(last)}"


def _letter(text: str) -> str:
    letter = clean_line(text, 1)
    return letter if letter.isalpha() else ""


def _name(text: str, language: Language) -> str:
    return clean_name(text) or _NO_NAME[language]


def _optional_name(text: str | None, language: Language) -> str | None:
    return None if text is None else _name(text, language)


def _optional_mask(shown: str | None) -> str | None:
    return None if shown is None else clean_mask(shown)


def _clean_bid(bid: PublicBid) -> PublicBid:
    return replace(bid, shown=clean_mask(bid.shown))


def _clean_house(house: House) -> House:
    return replace(house, name=clean_name(house.name) or _NO_HOUSE)


def _visible(text: str) -> str:
    """Return `text` in compatibility form, without invisible characters, two accents a letter."""
    parts = _UNFOLDED.split(text.replace("...", "…"))
    text = "".join(p if p in "ºª…" else unicodedata.normalize("NFKC", p) for p in parts)
    text = text[:MAX_INPUT]  # one letter may expand to eighteen
    cleaned: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        if category in {"Cc", "Zl", "Zp", "Zs"}:
            cleaned.append(" ")
        elif category[0] == "C" or character in _INVISIBLE or "\ufe00" <= character <= "\ufe0f":
            continue
        elif category[0] == "M":
            marks += 1
            if marks <= 2 and cleaned and cleaned[-1] != " ":
                cleaned.append(character)
            continue
        else:
            cleaned.append(character)
        marks = 0
    return unicodedata.normalize("NFC", " ".join("".join(cleaned).split()))


def _without_addresses(line: str) -> str:
    words = _TAGS.sub(" ", line).split(" ")
    line = " ".join(word for word in words if not _ADDRESS.search(word))
    line = _PHONE.sub(_unless_years, line)
    line = _MARKUP.sub(" ", _QUOTES.sub("'", line))
    return _visible(_DOT_IN_WORD.sub(" ", line))


def _unless_years(found: re.Match[str]) -> str:
    """Return a match of the phone pattern unchanged if it is two years, else a space."""
    digits = sum(c.isdigit() for c in found[0])
    is_years = digits < _SHORT_PHONE_DIGITS and _YEARS.fullmatch(found[0])
    return found[0] if is_years else " "


def _words(line: str) -> str:
    """Return only the letters, digits and spaces of a line that keeps changing."""
    cleaned = "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in line)
    return " ".join(cleaned.split())


def _cut(line: str, limit: int) -> str:
    """Return `line`, or what fits of it and `…`, cut at a space and never inside a grapheme."""
    if len(line) <= limit:
        return line
    if limit == 1:
        return line[:1]
    end = limit - 1
    blank = line.rfind(" ", end // 2, end + 1)
    if blank > 0:
        return line[:blank].rstrip() + "…"
    while end > 0 and _continues(line, end):
        end -= 1
    return line[:end].rstrip() + "…"


def _continues(line: str, at: int) -> bool:
    """Return whether the character at `at` continues the grapheme before it."""
    character = line[at]
    if unicodedata.category(character)[0] == "M" or "\U0001f3fb" <= character <= "\U0001f3ff":
        return True
    return _is_flag_half(character) and _is_flag_half(line[at - 1])


def _is_flag_half(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"
