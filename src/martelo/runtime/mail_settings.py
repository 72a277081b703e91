"""The settings of processes that send e-mails."""

from email.headerregistry import Address
from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator

from martelo.kernel.email_addresses import is_email_address
from martelo.runtime.mail import STEPS, Dkim, SmtpServer, Tls
from martelo.runtime.process.settings import ProcessSettings


def _is_address(text: str) -> str:
    if not is_email_address(text):
        raise ValueError("not an e-mail address")
    return text


MailAddress = Annotated[str, AfterValidator(_is_address)]


class MailSettings(ProcessSettings):
    """Where e-mails are handed in; without `smtp_host` none is sent."""

    smtp_host: str | None = None
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_tls: Tls = "starttls"
    mail_from: MailAddress | None = None
    dkim_key: SecretStr | None = None
    dkim_selector: str | None = None

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.smtp_host is not None and self.mail_from is None:
            raise ValueError("MAIL_FROM is needed where SMTP_HOST is set")
        if self.dkim_key is not None and self.dkim_selector is None:
            raise ValueError("DKIM_SELECTOR is needed where DKIM_KEY is set")
        return self

    def server(self, send_budget_s: float) -> SmtpServer | None:
        """Return the mail server, whose steps together fit the budget."""
        if self.smtp_host is None:
            return None
        password = self.smtp_password.get_secret_value() if self.smtp_password else None
        return SmtpServer(
            self.smtp_host,
            self.smtp_port,
            self.smtp_tls,
            self.smtp_user,
            password,
            step_timeout_s=send_budget_s / STEPS,
        )

    def dkim(self) -> Dkim | None:
        """Return what mails are signed with, if anything."""
        if self.dkim_key is None or self.dkim_selector is None or self.mail_from is None:
            return None
        key = self.dkim_key.get_secret_value().encode()
        return Dkim(self.dkim_selector, Address(addr_spec=self.mail_from).domain, key)
