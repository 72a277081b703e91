"""What is fixed before it is first sent, so that a repetition says the same to the letter."""

from dataclasses import dataclass

from martelo.agent.domain.texts import Report


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail but for its recipient: that is looked up at each send, and kept nowhere."""

    subject: str
    text: str
    html: str
    dated_at_ms: int
    """The instant of its `Date`."""


@dataclass(frozen=True, slots=True)
class Row:
    """One fact, as it is shown: a name and a value."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Post:
    """A post: plain words, which the channel's own encoding makes harmless."""

    title: str
    description: str
    link: str
    rows: tuple[Row, ...]
    footer: str


Frozen = Letter | Post | Report
