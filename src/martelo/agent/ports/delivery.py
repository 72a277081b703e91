"""Composing and sending e-mails and posts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from martelo.agent.domain.effects import DeliveryOutcome
from martelo.agent.domain.frozen import Letter, Post
from martelo.agent.ports.contexts import Contact


@dataclass(frozen=True, slots=True)
class ComposedMail:
    """An e-mail as the mail server receives it, without a DKIM signature."""

    message_id: str
    raw: bytes


class Composer(Protocol):
    """Builds the messages that would be sent, without sending them."""

    @property
    def sender_address(self) -> str | None:
        """The sender of e-mails; `None` if it is not configured."""
        ...

    def mail(self, letter: Letter, sender_name: str, to: Contact, seed: str) -> ComposedMail:
        """Return the complete e-mail; the same `seed` and recipient give the same Message-ID."""

    def post(self, post: Post) -> Mapping[str, Any]:
        """Return the JSON that the channel receives for a post."""


@dataclass(frozen=True, slots=True)
class SendResult:
    """The result of an attempt; `wait_s` is the pause that the server asked for."""

    outcome: DeliveryOutcome
    note: str
    wait_s: float | None = None


class Mailer(Protocol):
    """Sends e-mails within the send budget."""

    def send(self, letter: Letter, sender_name: str, to: Contact, seed: str) -> SendResult:
        """Send a letter; the same `seed` and recipient give the same Message-ID."""


class Poster(Protocol):
    """Posts to the house's channel."""

    def post(self, post: Post) -> SendResult:
        """Post once."""
