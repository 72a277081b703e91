import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import dkim
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from engines.ports import free_port
from engines.smtp import CUT, LATE, MailServer, answering
from martelo.runtime.mail import (
    Certainty,
    Delivery,
    Dkim,
    Mail,
    SmtpServer,
    Tls,
    address_of,
    compose,
    deliver,
    message_id_of,
    sign,
)

FROM, TO = "leiloes@martelo.example", "bruno@example.com"
MAIL = Mail(
    sender=address_of("Casa de Leilões", FROM),
    recipient=address_of('Bruno, o "Grande"', TO),
    subject="Parabéns: o relógio é seu — por R$ 150,00",
    text="Olá, Bruno.\n.uma linha com ponto\n" + "x" * 3_000,
    html="<p>Olá, Bruno.</p>",
    dated_at_ms=1_769_860_800_000,
    message_id=message_id_of("07-x|email_winner", TO, "martelo.example"),
)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with answering(MailServer()) as answered:
        yield answered


def at(server: MailServer, tls: Tls = "off", password: str | None = None) -> SmtpServer:
    user = None if password is None else "martelo"
    return SmtpServer("127.0.0.1", server.port, tls, user, password)


def send(server: MailServer, password: str | None = None) -> Delivery:
    return deliver(at(server, password=password), FROM, TO, compose(MAIL))


def send_in_vain(server: MailServer) -> Delivery:
    """Send to a server that does not answer some step."""
    return deliver(replace(at(server), step_timeout_s=2.0), FROM, TO, compose(MAIL))


class TestCompose:
    def test_makes_the_same_bytes_each_time(self) -> None:
        assert compose(MAIL) == compose(MAIL)

    def test_makes_another_message_id_for_another_recipient_or_effect(self) -> None:
        made = {message_id_of(seed, to, "d") for seed in "ab" for to in "xy"}

        assert len(made) == 4

    def test_leaves_no_way_out_of_a_header(self) -> None:
        named = replace(MAIL, recipient=address_of("Ana\r\nBcc: x@mal.example\u2028", TO))

        head = compose(named).partition(b"\r\n\r\n")[0]

        assert b"\r\nBcc" not in head
        with pytest.raises(ValueError, match="linefeed"):
            compose(replace(MAIL, subject="x\r\nBcc: x@mal.example"))


class TestDeliver:
    def test_hands_a_mail_in_whole(self, server: MailServer) -> None:
        delivery = send(server)

        (mail,) = server.received
        message = mail.message
        assert delivery.certainty is Certainty.SENT
        assert mail.recipient == TO
        assert message["Subject"] == MAIL.subject
        assert message["From"].addresses[0].display_name == "Casa de Leilões"
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["Message-ID"] == MAIL.message_id
        assert message["Date"] == "Sat, 31 Jan 2026 12:00:00 +0000"
        text, html = message.get_body(("plain",)), message.get_body(("html",))
        assert text is not None
        assert html is not None
        assert text.get_content().splitlines() == MAIL.text.splitlines()
        assert html.get_content().strip() == MAIL.html
        assert max(map(len, mail.raw.split(b"\r\n"))) < 998

    @pytest.mark.parametrize(
        ("step", "answer", "certainty"),
        [
            ("mail", "451 later", Certainty.NOT_SENT),
            ("mail", "530 authentication required", Certainty.NOT_SENT),
            ("mail", "550 not from you", Certainty.NEVER),
            ("mail", CUT, Certainty.NOT_SENT),
            ("mail", LATE, Certainty.NOT_SENT),
            ("rcpt", "450 grey", Certainty.NOT_SENT),
            ("rcpt", f"550 <{TO}> unknown", Certainty.NEVER),
            ("rcpt", CUT, Certainty.NOT_SENT),
            ("rcpt", LATE, Certainty.NOT_SENT),
        ],
    )
    def test_is_sure_before_the_body(
        self, server: MailServer, step: str, answer: str, certainty: Certainty
    ) -> None:
        setattr(server, step, answer)

        delivery = send_in_vain(server) if answer is LATE else send(server)

        assert delivery.certainty is certainty
        assert "@" not in delivery.detail
        assert server.received == []

    @pytest.mark.parametrize(
        ("answer", "certainty"),
        [
            ("421 closing", Certainty.NOT_SENT),
            ("452 full", Certainty.NOT_SENT),
            ("554 spam", Certainty.NEVER),
            (CUT, Certainty.MAYBE),
            (LATE, Certainty.MAYBE),
        ],
    )
    def test_is_sure_of_an_answer_to_the_body_and_only_of_that(
        self, server: MailServer, answer: str, certainty: Certainty
    ) -> None:
        server.data = lambda _: answer

        delivery = send_in_vain(server) if answer is LATE else send(server)

        assert delivery.certainty is certainty

    @pytest.mark.parametrize(
        ("body", "expected"), [(b"x" * 1_002, "500"), (b"x" * 900 + b"\r\n", "552")]
    )
    def test_the_servers_limits_are_enforced_on_what_breaks_them(
        self, server: MailServer, body: bytes, expected: str
    ) -> None:
        message = compose(MAIL) + body * (1 if expected == "500" else 40_000)

        delivery = deliver(at(server), FROM, TO, message)

        assert delivery.certainty is Certainty.NEVER
        assert f" {expected} " in delivery.detail
        assert server.received == []

    def test_a_server_that_is_not_there_got_nothing(self) -> None:
        delivery = deliver(SmtpServer("127.0.0.1", free_port(), "off"), FROM, TO, compose(MAIL))

        assert delivery == Delivery(Certainty.NOT_SENT, "connect: ConnectionRefusedError")

    def test_a_server_that_drips_is_cut_off(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listening:

            def drip() -> None:
                line, _ = listening.accept()
                with line:
                    line.sendall(b"220 hello\r\n")
                    try:
                        while True:
                            line.sendall(b"2")
                            if over.wait(0.02):
                                return
                    except OSError:
                        return

            over = threading.Event()
            thread = threading.Thread(target=drip)
            thread.start()
            server = SmtpServer("127.0.0.1", listening.getsockname()[1], "off", step_timeout_s=0.1)

            delivery = deliver(server, FROM, TO, compose(MAIL))

            over.set()
            thread.join()
        assert delivery.certainty is Certainty.NOT_SENT

    def test_logs_in_and_says_when_it_may_not(self) -> None:
        with answering(MailServer(password="segredo")) as server:
            wrong = send(server, password="errado")
            right = send(server, password="segredo")

        assert wrong.certainty is Certainty.NOT_SENT
        assert wrong.detail.startswith("login: 535 ")
        assert right.certainty is Certainty.SENT

    def test_demands_a_server_it_can_trust(self, tmp_path: Path) -> None:
        certificate = make_certificate(tmp_path)
        ours = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        ours.load_cert_chain(certificate)
        trusting = ssl.create_default_context(cafile=str(certificate))
        with answering(MailServer(), ours) as server:
            stranger = deliver(at(server, tls="starttls"), FROM, TO, compose(MAIL))
            known = deliver(
                replace(at(server, tls="starttls"), context=trusting), FROM, TO, compose(MAIL)
            )

        assert stranger == Delivery(Certainty.NOT_SENT, "login: SSLCertVerificationError")
        assert known.certainty is Certainty.SENT


class TestSign:
    def test_is_believed_by_whoever_knows_the_public_key(self, server: MailServer) -> None:
        key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        record = b"v=DKIM1; k=rsa; p=" + b"".join(public.splitlines()[1:-1])

        signed = sign(compose(MAIL), Dkim("s1", "martelo.example", pem))
        deliver(at(server), FROM, TO, signed)

        (mail,) = server.received
        assert dkim.verify(mail.raw, dnsfunc=lambda *_, **__: record)
        assert not dkim.verify(
            mail.raw.replace(b"Parab", b"Parob", 1).replace(b"Bruno", b"Bruna", 1),
            dnsfunc=lambda *_, **__: record,
        )


def make_certificate(folder: Path) -> Path:
    """Return a file with a certificate for 127.0.0.1 and its key."""
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(key, SHA256())
    )
    path = folder / "server.pem"
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(pem + certificate.public_bytes(Encoding.PEM))
    return path
