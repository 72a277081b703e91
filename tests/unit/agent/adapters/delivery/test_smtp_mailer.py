from fakes.ends import LETTER
from martelo.agent.adapters.delivery.smtp_mailer import UNWRITABLE, SmtpMailer
from martelo.agent.domain.effects import DeliveryOutcome
from martelo.agent.ports.contexts import Contact
from martelo.agent.ports.delivery import SendResult
from martelo.runtime.mail import SmtpServer


class TestSend:
    def test_gives_up_at_once_on_an_address_that_cannot_be_written_to(self) -> None:
        mailer = SmtpMailer(SmtpServer("localhost", 25), "casa@leiloes.example", None)

        result = mailer.send(LETTER, "Martelo", Contact("a..b@example.com", "Ana"), "seed")

        assert result == SendResult(DeliveryOutcome.NEVER, UNWRITABLE)
