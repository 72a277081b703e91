"""Messages as stored before they are first sent, so that a repetition is identical."""

from dataclasses import dataclass

from martelo.agent.domain.texts import Report


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail without its recipient, who is looked up at each send and never stored."""

    subject: str
    text: str
    html: str
    dated_at_ms: int
    """The instant in its `Date` header."""


@dataclass(frozen=True, slots=True)
class PostRow:
    """One fact of a post, as shown."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Post:
    """A post, as plain text: the channel's adapter escapes it."""

    title: str
    description: str
    link: str
    rows: tuple[PostRow, ...]
    footer: str


Frozen = Letter | Post | Report
