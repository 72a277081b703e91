"""The rules that a text can break."""

from dataclasses import dataclass
from enum import StrEnum

MAX_QUOTE = 30
"""Characters of a refused phrase that a hint repeats."""


class Rule(StrEnum):
    """A rule of the guard; the values are labels of a metric."""

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
    """A broken rule, and how to correct the text, in words for the model that wrote it."""

    rule: Rule
    hint: str
