"""Which names people may not take: those of the house, and look-alikes of who runs it."""

import re
import unicodedata
from collections.abc import Iterator

from confusable_homoglyphs import confusables

from martelo.accounts.house.settings import read_house
from martelo.accounts.models import Account
from martelo.accounts.roles import ADMIN
from martelo.kernel.field_codes import FieldCode
from martelo.kernel.refusal import FieldError

STAFF_WORDS = frozenset(
    (
        *("admin", "administrador", "administradora", "administracao"),
        *("administrator", "administration", "auctioneer", "leiloeira", "leiloeiro"),
        *("moderador", "moderadora", "moderator", "oficial", "official", "suporte", "support"),
    )
)
"""Words that nobody's name has, but that would pass for somebody who speaks for the house."""

SOFTWARE = "martelo"
"""Also a surname, so it is refused as the first word only."""

_WORDS = re.compile(r"[a-z0-9]+")
_DIGITS = str.maketrans("0135", "oles")
"""Digits that are read as letters beside letters."""


def reserved_faults(name: str) -> Iterator[FieldError]:
    """Yield why a cleaned name is reserved for the house and who runs it."""
    words = skeleton(name)
    house = skeleton(read_house().name)
    is_reserved = (
        not STAFF_WORDS.isdisjoint(words)
        or words[:1] == [SOFTWARE]
        or (bool(house) and words[: len(house)] == house)
        or _is_look_alike(name, words)
    )
    if is_reserved:
        yield FieldError("name", FieldCode.RESERVED_NAME)


def skeleton(name: str) -> list[str]:
    """Return the words of a name as they look: letters become the Latin ones that they resemble.

    After the skeletons of Unicode Technical Standard 39, without accents and case.
    """
    decomposed = unicodedata.normalize("NFKD", name)
    letters = (each for each in decomposed if not unicodedata.combining(each))
    words = _WORDS.findall("".join(map(_as_latin, letters)).lower())
    return [word if word.isdigit() else word.translate(_DIGITS) for word in words]


def _is_look_alike(name: str, words: list[str]) -> bool:
    """Return whether a name in other letters looks like that of an administrator."""
    administrators = Account.objects.filter(roles__contains=[ADMIN]).values_list("name", flat=True)
    return any(
        skeleton(other) == words and other.casefold() != name.casefold()
        for other in administrators
        if not _is_latin(name)
    )


def _is_latin(name: str) -> bool:
    return all("LATIN" in unicodedata.name(each, "") for each in name if each.isalpha())


def _as_latin(letter: str) -> str:
    if letter.isascii():
        return letter
    found = confusables.is_confusable(letter, greedy=True) or [{"homoglyphs": []}]
    similar = (each["c"] for each in found[0]["homoglyphs"])
    return next((each for each in similar if each.isascii() and each.isalpha()), letter)
