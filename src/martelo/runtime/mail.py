"""E-mail: composed so that a repetition is the same to the byte, sent step by step.

The steps tell what is *sure* of an attempt. Before the body is on its way nothing was sent; a
refusal names itself; but a line that breaks afterwards leaves open whether the server kept the
mail (RFC 1047). Then it is sent again with the same Message-ID, which mailboxes know it by.
"""

import hashlib
import re
import smtplib
import socket
import ssl
import threading
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from enum import Enum
from functools import partial
from typing import Literal

from martelo.kernel.instants import EPOCH

STEP_TIMEOUT_S = 15.0
STEPS = 8
"""Connect, greeting, TLS, login, MAIL, RCPT, DATA, the body's answer."""

MAX_DETAIL_LENGTH = 200

Tls = Literal["starttls", "implicit", "off"]

_POLICY = SMTP.clone(cte_type="7bit")
"""Every server takes seven bits; not every one says that it takes eight."""

_NOT_OURS = frozenset({530, 534, 535, 538})
"""Refusals of whoever asks, not of the mail: a setting is wrong, and may be put right."""


class Certainty(Enum):
    """What is known of an attempt to send."""

    SENT = "sent"
    NOT_SENT = "not_sent"
    """Surely not sent; another attempt may do better."""
    NEVER = "never"
    """Surely not sent, and refused for good."""
    MAYBE = "maybe"


@dataclass(frozen=True, slots=True)
class Delivery:
    """An attempt's end; `detail` names step and answer, and no address."""

    certainty: Certainty
    detail: str


@dataclass(frozen=True, slots=True)
class Mail:
    """An e-mail in full; the same values make the same bytes."""

    sender: Address
    recipient: Address
    subject: str
    text: str
    html: str
    dated_at_ms: int
    message_id: str


@dataclass(frozen=True, slots=True)
class Dkim:
    """What mails are signed with; `key` is an RSA key in PEM."""

    selector: str
    domain: str
    key: bytes


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mails are handed in."""

    host: str
    port: int
    tls: Tls = "starttls"
    user: str | None = None
    password: str | None = None
    step_timeout_s: float = STEP_TIMEOUT_S
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)


def address_of(name: str, email: str) -> Address:
    """Return somebody's address; a name loses what no header may hold."""
    visible = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in name)
    return Address(" ".join(visible.split()), addr_spec=email)


def message_id_of(seed: str, recipient: str, domain: str) -> str:
    """Return the Message-ID of what `seed` names for one recipient, the same each time."""
    digest = hashlib.sha256(f"{seed}|{recipient}".encode()).hexdigest()
    return f"<{digest[:32]}@{domain}>"


def compose(mail: Mail) -> bytes:
    """Return the message as it goes over the line, in text and HTML."""
    message = EmailMessage(policy=_POLICY)
    message["Date"] = format_datetime(EPOCH + timedelta(milliseconds=mail.dated_at_ms))
    message["From"] = mail.sender
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    # The library would draw a random one, and a repetition would differ.
    message.set_boundary(f"=_{hashlib.sha256(mail.message_id.encode()).hexdigest()[:40]}")
    return message.as_bytes()


def sign(message: bytes, dkim: Dkim) -> bytes:
    """Return the message with a signature of the house's domain."""
    # Only houses with a key need it.
    from dkim import sign as sign_with  # noqa: PLC0415

    headers = [b"From", b"To", b"Subject", b"Date", b"Message-ID"]
    signature: bytes = sign_with(
        message, dkim.selector.encode(), dkim.domain.encode(), dkim.key, include_headers=headers
    )
    return signature + message


def deliver(server: SmtpServer, sender: str, recipient: str, message: bytes) -> Delivery:
    """Hand a message in, within `STEPS` times the server's time-out whatever it does."""
    smtp: smtplib.SMTP | None = None
    try:
        smtp = _connect(server, sender)
    except (OSError, smtplib.SMTPException) as error:
        return Delivery(Certainty.NOT_SENT, _told("connect", error))
    # A time-out holds for each read; a server that drips would never exceed it.
    watchdog = threading.Timer(STEPS * server.step_timeout_s, partial(_cut, smtp))
    watchdog.daemon = True
    watchdog.start()
    try:
        return _converse(smtp, server, sender, recipient, message)
    finally:
        watchdog.cancel()
        smtp.close()


def _connect(server: SmtpServer, sender: str) -> smtplib.SMTP:
    # Without a name of our own the library would ask the network for one, without a time-out.
    ours, limit_s = sender.rpartition("@")[2], server.step_timeout_s
    if server.tls == "implicit":
        return smtplib.SMTP_SSL(
            server.host, server.port, ours, timeout=limit_s, context=server.context
        )
    return smtplib.SMTP(server.host, server.port, ours, timeout=limit_s)


def _converse(
    smtp: smtplib.SMTP, server: SmtpServer, sender: str, recipient: str, message: bytes
) -> Delivery:
    step = "login"
    try:
        _log_in(smtp, server)
        for step, ask in (
            ("MAIL", partial(smtp.mail, sender)),
            ("RCPT", partial(smtp.rcpt, recipient)),
            ("DATA", partial(smtp.docmd, "DATA")),
        ):
            code, answer = ask()
            if code not in {250, 251, 354}:
                return Delivery(_judge(code), _worded(step, code, answer))
    except (OSError, smtplib.SMTPException) as error:
        return Delivery(Certainty.NOT_SENT, _told(step, error))
    return _hand_over(smtp, message)


def _log_in(smtp: smtplib.SMTP, server: SmtpServer) -> None:
    smtp.ehlo_or_helo_if_needed()
    if server.tls == "starttls":
        smtp.starttls(context=server.context)
        smtp.ehlo()
    if server.user is not None:
        smtp.login(server.user, server.password or "")


def _hand_over(smtp: smtplib.SMTP, message: bytes) -> Delivery:
    body = message if message.endswith(b"\r\n") else message + b"\r\n"
    try:
        smtp.send(re.sub(rb"(?m)^\.", b"..", body) + b".\r\n")
        code, answer = smtp.getreply()
    except (OSError, smtplib.SMTPException) as error:
        return Delivery(Certainty.MAYBE, _told("body", error))
    with suppress(OSError, smtplib.SMTPException):
        smtp.docmd("QUIT")
    if 200 <= code < 300:
        return Delivery(Certainty.SENT, _worded("body", code, answer))
    known = 400 <= code < 600
    return Delivery(_judge(code) if known else Certainty.MAYBE, _worded("body", code, answer))


def _judge(code: int) -> Certainty:
    refused_for_good = 500 <= code < 600 and code not in _NOT_OURS
    return Certainty.NEVER if refused_for_good else Certainty.NOT_SENT


def _told(step: str, error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _worded(step, error.smtp_code, error.smtp_error)
    return f"{step}: {type(error).__name__}"


def _worded(step: str, code: int, answer: bytes | str) -> str:
    text = answer.decode("ascii", "replace") if isinstance(answer, bytes) else answer
    # Servers repeat addresses in their refusals, and none may get into the store.
    bare = re.sub(r"\S*@\S*", "…", " ".join(text.split()))
    return f"{step}: {code} {bare}"[:MAX_DETAIL_LENGTH]


def _cut(smtp: smtplib.SMTP) -> None:
    with suppress(OSError, AttributeError):
        if smtp.sock is not None:
            smtp.sock.shutdown(socket.SHUT_RDWR)
