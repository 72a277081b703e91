"""A mail server for tests: aiosmtpd in this process, with an answer scripted for each step.

It enforces what servers enforce: lines of at most 1001 octets and mails of at most 32 MiB.
"""

import asyncio
import contextlib
import ssl
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from engines.ports import free_port

KEPT = "250 kept"
CUT = "cut"
"""The connection is cut instead of an answer."""
LATE = "late"
"""No answer for the duration of the test."""


@dataclass
class Received:
    """One received e-mail."""

    recipient: str
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        parsed = message_from_bytes(self.raw, policy=SMTP_POLICY)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])


@dataclass
class MailServer:
    """The answer at each step, and the e-mails received."""

    port: int = field(default_factory=free_port)
    mail: str = "250 ok"
    rcpt: str = "250 ok"
    data: Callable[[Received], str] = field(default=lambda _: KEPT)
    """The answer to an e-mail, which is stored unless the answer refuses it."""
    password: str | None = None
    received: list[Received] = field(default_factory=list)
    """The e-mails that the server accepted."""
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def counts(self) -> Counter[str]:
        """Return how often each Message-ID was accepted."""
        return Counter(each.message_id for each in self.received)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.mail_from = address
        return await self._answer(server, self.mail)

    async def handle_RCPT(  # noqa: N802 - the same
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return await self._answer(server, self.rcpt)

    async def handle_DATA(  # noqa: N802 - the same
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        mail = Received(str(envelope.rcpt_tos[0]), content)
        answer = self.data(mail)
        if answer in {KEPT, CUT, LATE}:
            self.received.append(mail)
        return await self._answer(server, answer)

    def authenticate(self, *given: Any) -> AuthResult:  # noqa: ANN401 - aiosmtpd's types
        password = given[-1].password.decode()
        return AuthResult(success=password == self.password, handled=False)

    async def _answer(self, server: SMTP, answer: str) -> str:
        if answer == CUT:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        if answer == LATE:
            await self.released.wait()
        return answer


@contextlib.contextmanager
def answering(server: MailServer, context: ssl.SSLContext | None = None) -> Iterator[MailServer]:
    """Run the server, with STARTTLS if there is a context."""
    controller = Controller(
        server,
        hostname="127.0.0.1",
        port=server.port,
        authenticator=None if server.password is None else server.authenticate,
        auth_require_tls=False,
        tls_context=context,
        require_starttls=context is not None,
    )
    controller.start()
    try:
        yield server
    finally:
        controller.loop.call_soon_threadsafe(server.released.set)
        controller.stop()
