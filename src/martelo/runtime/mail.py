"""E-mail: composed so that a repetition is identical, and sent step by step.

The step at which an attempt fails decides what is *sure*. Before the body, nothing was sent. If the
connection breaks after it, the server may have accepted the e-mail (RFC 1047); then it is sent
again with the same Message-ID, by which mailboxes recognize it.
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
"""Connect, greeting, TLS, login, MAIL, RCPT, DATA, the reply to the body."""

MAX_DETAIL_LENGTH = 200

Tls = Literal["starttls", "implicit", "off"]

_POLICY = SMTP.clone(cte_type="7bit")
"""Every server accepts seven bits; not every one announces eight (8BITMIME)."""

_LOGIN_REFUSALS = frozenset({530, 534, 535, 538})
"""Refusals of the client, not of the e-mail: a setting is wrong, and may be corrected."""


class Certainty(Enum):
    """What is known of an attempt to send."""

    SENT = "sent"
    NOT_SENT = "not_sent"
    """Not sent; another attempt may succeed."""
    NEVER = "never"
    """Not sent, and refused permanently."""
    MAYBE = "maybe"


@dataclass(frozen=True, slots=True)
class Delivery:
    """The result of an attempt; `detail` is the step and the reply, without addresses."""

    certainty: Certainty
    detail: str


@dataclass(frozen=True, slots=True)
class Mail:
    """A complete e-mail; the same values give the same bytes."""

    sender: Address
    recipient: Address
    subject: str
    text: str
    html: str
    dated_at_ms: int
    message_id: str


@dataclass(frozen=True, slots=True)
class Dkim:
    """The key and domain of DKIM signatures; `key` is an RSA key in PEM."""

    selector: str
    domain: str
    key: bytes


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """The mail server that accepts our e-mails."""

    host: str
    port: int
    tls: Tls = "starttls"
    user: str | None = None
    password: str | None = None
    step_timeout_s: float = STEP_TIMEOUT_S
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)


def address_of(name: str, email: str) -> Address:
    """Return an address with a name, without characters that headers may not contain."""
    visible = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in name)
    return Address(" ".join(visible.split()), addr_spec=email)


def message_id_of(seed: str, recipient: str, domain: str) -> str:
    """Return the Message-ID of an e-mail; the same arguments give the same id."""
    digest = hashlib.sha256(f"{seed}|{recipient}".encode()).hexdigest()
    return f"<{digest[:32]}@{domain}>"


def compose(mail: Mail) -> bytes:
    """Return the message as it is sent, in text and HTML."""
    message = EmailMessage(policy=_POLICY)
    message["Date"] = format_datetime(EPOCH + timedelta(milliseconds=mail.dated_at_ms))
    message["From"] = mail.sender
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    # The library's is random, so a repetition would differ.
    message.set_boundary(f"=_{hashlib.sha256(mail.message_id.encode()).hexdigest()[:40]}")
    return message.as_bytes()


def sign(message: bytes, dkim: Dkim) -> bytes:
    """Return the message with a signature of the house's domain."""
    # Only needed with a key.
    from dkim import sign as sign_with  # noqa: PLC0415

    headers = [b"From", b"To", b"Subject", b"Date", b"Message-ID"]
    signature: bytes = sign_with(
        message, dkim.selector.encode(), dkim.domain.encode(), dkim.key, include_headers=headers
    )
    return signature + message


def deliver(server: SmtpServer, sender: str, recipient: str, message: bytes) -> Delivery:
    """Send a message, within `STEPS` times the server's time-out at most."""
    smtp: smtplib.SMTP | None = None
    try:
        smtp = _connect(server, sender)
    except (OSError, smtplib.SMTPException) as error:
        return Delivery(Certainty.NOT_SENT, _describe("connect", error))
    # The time-out applies to each read; a server that sends slowly would never exceed it.
    watchdog = threading.Timer(STEPS * server.step_timeout_s, partial(_disconnect, smtp))
    watchdog.daemon = True
    watchdog.start()
    try:
        return _converse(smtp, server, sender, recipient, message)
    finally:
        watchdog.cancel()
        smtp.close()


def _connect(server: SmtpServer, sender: str) -> smtplib.SMTP:
    # Without a host name the library would look one up, without a time-out.
    own_name, limit_s = sender.rpartition("@")[2], server.step_timeout_s
    if server.tls == "implicit":
        return smtplib.SMTP_SSL(
            server.host, server.port, own_name, timeout=limit_s, context=server.context
        )
    return smtplib.SMTP(server.host, server.port, own_name, timeout=limit_s)


def _converse(
    smtp: smtplib.SMTP, server: SmtpServer, sender: str, recipient: str, message: bytes
) -> Delivery:
    step = "login"
    try:
        _log_in(smtp, server)
        for step, command in (
            ("MAIL", partial(smtp.mail, sender)),
            ("RCPT", partial(smtp.rcpt, recipient)),
            ("DATA", partial(smtp.docmd, "DATA")),
        ):
            code, reply = command()
            if code not in {250, 251, 354}:
                return Delivery(_judge(code), _detail(step, code, reply))
    except (OSError, smtplib.SMTPException) as error:
        return Delivery(Certainty.NOT_SENT, _describe(step, error))
    return _send_body(smtp, message)


def _log_in(smtp: smtplib.SMTP, server: SmtpServer) -> None:
    smtp.ehlo_or_helo_if_needed()
    if server.tls == "starttls":
        smtp.starttls(context=server.context)
        smtp.ehlo()
    if server.user is not None:
        smtp.login(server.user, server.password or "")


def _send_body(smtp: smtplib.SMTP, message: bytes) -> Delivery:
    body = message if message.endswith(b"\r\n") else message + b"\r\n"
    try:
        smtp.send(re.sub(rb"(?m)^\.", b"..", body) + b".\r\n")
        code, reply = smtp.getreply()
    except (OSError, smtplib.SMTPException) as error:
        return Delivery(Certainty.MAYBE, _describe("body", error))
    with suppress(OSError, smtplib.SMTPException):
        smtp.docmd("QUIT")
    if 200 <= code < 300:
        return Delivery(Certainty.SENT, _detail("body", code, reply))
    is_refusal = 400 <= code < 600
    return Delivery(_judge(code) if is_refusal else Certainty.MAYBE, _detail("body", code, reply))


def _judge(code: int) -> Certainty:
    is_permanent = 500 <= code < 600 and code not in _LOGIN_REFUSALS
    return Certainty.NEVER if is_permanent else Certainty.NOT_SENT


def _describe(step: str, error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _detail(step, error.smtp_code, error.smtp_error)
    return f"{step}: {type(error).__name__}"


def _detail(step: str, code: int, reply: bytes | str) -> str:
    text = reply.decode("ascii", "replace") if isinstance(reply, bytes) else reply
    # Servers repeat addresses in their refusals, and none may be stored.
    without_addresses = re.sub(r"\S*@\S*", "…", " ".join(text.split()))
    return f"{step}: {code} {without_addresses}"[:MAX_DETAIL_LENGTH]


def _disconnect(smtp: smtplib.SMTP) -> None:
    with suppress(OSError, AttributeError):
        if smtp.sock is not None:
            smtp.sock.shutdown(socket.SHUT_RDWR)
