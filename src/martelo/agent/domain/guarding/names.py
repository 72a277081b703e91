"""Names of people in a text: only those among the facts may appear."""

import re
from collections.abc import Iterator

from martelo.agent.domain.guarding.cleaning import without_accents
from martelo.agent.domain.guarding.draft import Draft
from martelo.agent.domain.guarding.marking import Marker
from martelo.agent.domain.guarding.rules import MAX_QUOTE, Finding, Rule
from martelo.agent.domain.guarding.vocabulary import COMMON_WORDS, EMOJI, OTHER_WINNER, WINNING
from martelo.agent.domain.naming import PUBLIC, winner_in

_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_BEFORE_SENTENCE = f" *#-–—•\"'(“{EMOJI}"
_ADDRESSED = re.compile(
    r"\b(?:vencedora?|winner|parabens|congratulations|congrats|ola|oi|hello|hi|dear|car[oa]"
    r"|prezad[oa])\W{1,4}$"
)
"""What precedes the name of a person who is addressed, or said to have won."""


def check_names(draft: Draft) -> Iterator[Finding]:
    """Yield a finding for names that are not among the facts, and for another winner."""
    other = OTHER_WINNER.search(draft.plain)
    if other:
        yield Finding(Rule.NAME, f"Só quem está nos dados venceu: {other[0][:MAX_QUOTE]}")
    for name in _unknown_names(draft):
        yield Finding(Rule.NAME, f"Não escreva nomes que não foram dados: {name[:MAX_QUOTE]}")


def _unknown_names(draft: Draft) -> Iterator[str]:
    """Yield capitalized words that are neither known names nor common words.

    The first word of a sentence passes, unless another capital or a verb of winning follows, or it
    resembles a known name. A word of the title passes, unless it is addressed or said to have won.
    """
    people, titled = _people(draft), _words_of(draft.facts.title)
    winner = winner_in(draft.kind, draft.facts) or ""
    ends = ".!?\n" + (Marker.WINNER if winner.endswith(".") else "")
    for found in _WORD.finditer(draft.marked):
        word, letters = found[0], without_accents(found[0])
        if not word[0].isupper() or word.casefold() in COMMON_WORDS or letters in people:
            continue
        before, after = draft.marked[: found.start()], draft.marked[found.end() :].lstrip(" ")
        start = before.rstrip(_BEFORE_SENTENCE)
        is_person = _wins(after) or _ADDRESSED.search(without_accents(before[-30:])) is not None
        is_first = not start or start[-1] in ends
        if is_person or (
            letters not in titled
            and (not is_first or _begins_with_name(after) or _resembles_one_of(letters, people))
        ):
            yield word


def _people(draft: Draft) -> set[str]:
    names = [draft.facts.house.name, winner_in(draft.kind, draft.facts) or ""]
    if draft.kind not in PUBLIC:
        names.append(draft.facts.seller_name)
    return {word for name in names for word in _words_of(name)}


def _words_of(text: str) -> set[str]:
    return {without_accents(word) for word in _WORD.findall(text)}


def _wins(after: str) -> bool:
    following = _WORD.match(after)
    return following is not None and WINNING.match(without_accents(following[0])) is not None


def _begins_with_name(after: str) -> bool:
    following = _WORD.match(after)
    if following is None:
        return False
    return following[0][0].isupper() and following[0].casefold() not in COMMON_WORDS


def _resembles_one_of(word: str, names: set[str]) -> bool:
    return any(
        len(other) >= 4 and abs(len(other) - len(word)) <= 2 and _distance(word, other) <= 2
        for other in names
    )


def _distance(one: str, other: str) -> int:
    """Return the edit distance (Levenshtein) of two words."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        previous, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
    return row[-1]
