"""What would go over the line, made by what sends it."""

from collections.abc import Mapping
from typing import Any

from martelo.agent.adapters.delivery.discord import payload_of
from martelo.agent.adapters.delivery.smtp_mailer import mail_of
from martelo.agent.domain.frozen import Letter, Post
from martelo.agent.ports.contexts import Contact
from martelo.agent.ports.delivery import ComposedMail
from martelo.runtime.mail import address_of, compose

NO_SENDER = "martelo@martelo.invalid"
"""Stands where no `MAIL_FROM` is set; a domain that ends so is nobody's (RFC 2606)."""


class SenderComposer:
    """`Composer` with the code that sends; no mail is signed, for that is the worker's secret."""

    def __init__(self, sender_address: str | None) -> None:
        self._sender_address = sender_address

    @property
    def sender_address(self) -> str | None:
        """Whom e-mails are from; `None` where that is not set up."""
        return self._sender_address

    def mail(self, letter: Letter, sender_name: str, to: Contact, seed: str) -> ComposedMail:
        """Return an e-mail in full; the same `seed` and recipient make the same Message-ID."""
        sender = address_of(sender_name, self._sender_address or NO_SENDER)
        mail = mail_of(letter, sender, to, seed)
        return ComposedMail(mail.message_id, compose(mail))

    def post(self, post: Post) -> Mapping[str, Any]:
        """Return a post as the channel is given it."""
        return payload_of(post)
