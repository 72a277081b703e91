"""Sends the e-mails of the outbox, one after another."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape

import structlog
from django.db import close_old_connections

from martelo.accounts.house.identity import imprint as imprint_of
from martelo.accounts.house.settings import read_house
from martelo.accounts.lookup import find_by_email
from martelo.accounts.mail import outbox
from martelo.accounts.models import Mail
from martelo.accounts.passwords.reset import LINK_LIFETIME, open_link
from martelo.accounts.people.email_addresses import find_link
from martelo.accounts.refusals import LinkExpired
from martelo.accounts.tokens.secrets import LinkKind, LinkTokens
from martelo.kernel.email_addresses import is_email_address
from martelo.kernel.instants import EPOCH
from martelo.runtime import mail as smtp

IDLE_S = 1.0
"""The pause where no e-mail is due."""

NOTICE_LIFETIME = timedelta(days=1)
"""A notice that could not be sent for so long is given up."""

_LINK_KINDS = {
    outbox.PASSWORD_LINK: LinkKind.PASSWORD,
    outbox.ACCOUNT_EXISTS: LinkKind.PASSWORD,
    outbox.EMAIL_LINK: LinkKind.EMAIL,
}
_LIFETIMES = {
    outbox.PASSWORD_LINK: LINK_LIFETIME,
    outbox.ACCOUNT_EXISTS: LINK_LIFETIME,
}

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class MailText:
    """An e-mail in a person's language; `link` follows the first paragraph, if there is one."""

    subject: str
    paragraphs: tuple[str, ...]
    link: str = ""


@dataclass(frozen=True)
class Route:
    """The way e-mails leave: server, sender's address and signature."""

    server: smtp.SmtpServer
    sender: str
    dkim: smtp.Dkim | None


@dataclass(frozen=True)
class Mailing:
    """The sender of accounts' e-mails, one per process; `step` is its loop's.

    `write` returns the text of a kind of e-mail in a language, with the house's name and the
    secret of its link.
    """

    route: Route
    write: Callable[[str, str, str, str], MailText]
    tokens: LinkTokens
    now: Callable[[], datetime]

    def step(self) -> float:
        """Send one e-mail, if one is due, and return the pause after it in seconds."""
        close_old_connections()
        mail = outbox.claim(self.now())
        if mail is None:
            return IDLE_S
        self._send(mail)
        return 0.0

    def _send(self, mail: Mail) -> None:
        if self.now() >= mail.created_at + _LIFETIMES.get(mail.kind, NOTICE_LIFETIME):
            self._finish(mail, "expired")
            return
        recipient = self._recipient_of(mail)
        if recipient is None or not is_email_address(recipient):
            # The address is unknown, or the link was replaced: nobody waits for this e-mail.
            outbox.finish(mail, "not-needed", self.now())
            return
        kind = _LINK_KINDS.get(mail.kind)
        self._deliver(mail, recipient, "" if kind is None else self.tokens.make(kind, mail.id))

    def _recipient_of(self, mail: Mail) -> str | None:
        match _LINK_KINDS.get(mail.kind):
            case LinkKind.PASSWORD:
                return _open_password_link(mail)
            case LinkKind.EMAIL:
                return _recipient_of_email_link(mail, self.now())
            case _:
                return mail.email

    def _deliver(self, mail: Mail, recipient: str, token: str) -> None:
        message = self._compose(mail, recipient, token)
        signed = message if self.route.dkim is None else smtp.sign(message, self.route.dkim)
        delivery = smtp.deliver(self.route.server, self.route.sender, recipient, signed)
        match delivery.certainty:
            case smtp.Certainty.SENT:
                outbox.finish(mail, outbox.SENT, self.now())
            case smtp.Certainty.NEVER:
                self._finish(mail, "refused", detail=delivery.detail)
            case _:
                log.warning("mail-postponed", kind=mail.kind, detail=delivery.detail)
                outbox.postpone(mail, self.now())

    def _finish(self, mail: Mail, reason: str, detail: str = "") -> None:
        log.warning("mail-not-sent", kind=mail.kind, reason=reason, detail=detail)
        outbox.finish(mail, reason, self.now())

    def _compose(self, mail: Mail, recipient: str, token: str) -> bytes:
        house = read_house()
        text = self.write(mail.kind, mail.language, house.name, token)
        sender = smtp.address_of(house.sender_name, self.route.sender)
        return smtp.compose(
            smtp.Mail(
                sender=sender,
                recipient=smtp.address_of("", recipient),
                subject=text.subject,
                text=_plain(text, imprint_of(house)),
                html=_html(text, imprint_of(house)),
                dated_at_ms=(mail.created_at - EPOCH) // timedelta(milliseconds=1),
                message_id=smtp.message_id_of(str(mail.id), recipient, sender.domain),
            )
        )


def _open_password_link(mail: Mail) -> str | None:
    account = find_by_email(mail.email)
    if account is None or not open_link(account, mail.id, mail.created_at, mailed=True):
        return None
    return account.email


def _recipient_of_email_link(mail: Mail, now: datetime) -> str | None:
    try:
        return find_link(mail.id, now).email
    except LinkExpired:
        return None


def _plain(text: MailText, imprint: Sequence[str]) -> str:
    first, *rest = text.paragraphs
    foot = ["-- \n" + "\n".join(imprint)] if imprint else []
    return "\n\n".join([first, *([text.link] if text.link else []), *rest, *foot]) + "\n"


def _html(text: MailText, imprint: Sequence[str]) -> str:
    first, *rest = (f"<p>{escape(paragraph)}</p>" for paragraph in text.paragraphs)
    link = f'<p><a href="{escape(text.link)}">{escape(text.link)}</a></p>' if text.link else ""
    foot = f"<hr><p><small>{'<br>'.join(map(escape, imprint))}</small></p>" if imprint else ""
    return "\n".join([first, *([link] if link else []), *rest, *([foot] if foot else [])]) + "\n"
