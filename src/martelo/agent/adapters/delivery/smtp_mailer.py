"""E-mail through the house's mail server."""

from email.headerregistry import Address

from martelo.agent.domain.effects import DeliveryOutcome
from martelo.agent.domain.frozen import Letter
from martelo.agent.ports.contexts import Contact
from martelo.agent.ports.delivery import SendResult
from martelo.kernel.email_addresses import is_email_address
from martelo.runtime.mail import (
    Certainty,
    Dkim,
    Mail,
    SmtpServer,
    address_of,
    compose,
    deliver,
    message_id_of,
    sign,
)

UNWRITABLE = "the address cannot be written to"

_OUTCOMES = {
    Certainty.SENT: DeliveryOutcome.DONE,
    Certainty.NOT_SENT: DeliveryOutcome.NOT_SENT,
    Certainty.NEVER: DeliveryOutcome.NEVER,
    Certainty.MAYBE: DeliveryOutcome.MAYBE,
}


class SmtpMailer:
    """`Mailer` over SMTP; e-mails are from `sender`, and signed if there is a key."""

    def __init__(self, server: SmtpServer, sender: str, dkim: Dkim | None) -> None:
        self._server = server
        self._sender = sender
        self._dkim = dkim

    def send(self, letter: Letter, sender_name: str, to: Contact, seed: str) -> SendResult:
        """Send a letter; the same `seed` and recipient give the same Message-ID."""
        if not is_email_address(to.email):
            return SendResult(DeliveryOutcome.NEVER, UNWRITABLE)
        message = compose(mail_of(letter, address_of(sender_name, self._sender), to, seed))
        signed = message if self._dkim is None else sign(message, self._dkim)
        delivery = deliver(self._server, self._sender, to.email, signed)
        return SendResult(_OUTCOMES[delivery.certainty], delivery.detail)


def mail_of(letter: Letter, sender: Address, to: Contact, seed: str) -> Mail:
    """Return a letter as an e-mail; the same `seed` and recipient give the same Message-ID."""
    return Mail(
        sender=sender,
        recipient=address_of(to.name, to.email),
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        dated_at_ms=letter.dated_at_ms,
        message_id=message_id_of(seed, to.email, sender.domain),
    )
