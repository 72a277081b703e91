"""Messages as they would be sent, built by the code that sends."""

from collections.abc import Mapping
from typing import Any

from martelo.agent.adapters.delivery.discord import payload_of
from martelo.agent.adapters.delivery.smtp_mailer import mail_of
from martelo.agent.domain.frozen import Letter, Post
from martelo.agent.ports.contexts import Contact
from martelo.agent.ports.delivery import ComposedMail
from martelo.runtime.mail import address_of, compose

NO_SENDER = "martelo@martelo.invalid"
"""The sender without `MAIL_FROM`; `.invalid` is reserved (RFC 2606)."""


class SenderComposer:
    """`Composer` with the code that sends; e-mails are not signed: only the worker has the key."""

    def __init__(self, sender_address: str | None) -> None:
        self._sender_address = sender_address

    @property
    def sender_address(self) -> str | None:
        """The sender of e-mails; `None` if it is not configured."""
        return self._sender_address

    def mail(self, letter: Letter, sender_name: str, to: Contact, seed: str) -> ComposedMail:
        """Return the complete e-mail; the same `seed` and recipient give the same Message-ID."""
        sender = address_of(sender_name, self._sender_address or NO_SENDER)
        mail = mail_of(letter, sender, to, seed)
        return ComposedMail(mail.message_id, compose(mail))

    def post(self, post: Post) -> Mapping[str, Any]:
        """Return the JSON that the channel receives for a post."""
        return payload_of(post)
