"""The texts the agent writes, one type per effect; none has a field for a recipient or a link."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The kinds of effects of an ended auction."""

    REPORT = "report"
    EMAIL_WINNER = "email_winner"
    EMAIL_SELLER = "email_seller"
    DISCORD = "discord"


@dataclass(frozen=True, slots=True)
class Report:
    """For the lot's page: a title of at most 120 characters, a summary (Markdown) of 1800."""

    title: str
    summary: str


@dataclass(frozen=True, slots=True)
class WinnerEmail:
    """A subject of at most 120 characters and a body (plain paragraphs) of 1200."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class SellerEmail:
    """A subject of at most 120 characters and a body (plain paragraphs) of 1200."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class DiscordPost:
    """A title of at most 120 characters and a description of 700."""

    title: str
    description: str


Text = Report | WinnerEmail | SellerEmail | DiscordPost


def parts_of(text: Text) -> tuple[str, str]:
    """Return a text's two fields: title or subject, and body."""
    match text:
        case Report(title, summary):
            return title, summary
        case WinnerEmail(subject, body) | SellerEmail(subject, body):
            return subject, body
        case DiscordPost(title, description):
            return title, description
