"""Every setting of the agent's processes; units are in the names."""

from datetime import timedelta
from email.headerregistry import Address
from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator

from martelo.agent.adapters.llm.settings import LlmSettings
from martelo.kernel.email_addresses import is_email_address
from martelo.runtime.mail import STEPS, Dkim, SmtpServer, Tls
from martelo.runtime.process.settings import ProcessSettings, ServerSettings
from martelo.runtime.valkey.client import ValkeySettings


def _is_address(text: str) -> str:
    if not is_email_address(text):
        raise ValueError("not an e-mail address")
    return text


MailAddress = Annotated[str, AfterValidator(_is_address)]


class ApiSettings(ServerSettings):
    """`agent-api`; `mail_from` is for the outbox, to show mails as they would be sent."""

    database_url: str
    accounts_url: str
    service_key: str | None = None
    mail_from: MailAddress | None = None


class MigrateSettings(ProcessSettings):
    """The `migrate` one-off; it needs the right to make tables.

    With `DATABASE_URL` its role is granted the use of the tables; a house may grant that itself.
    """

    database_url: str | None = None
    database_owner_url: str


class MailSettings(ProcessSettings):
    """Where e-mails are handed in; without `smtp_host` they are kept in the outbox."""

    smtp_host: str | None = None
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_tls: Tls = "starttls"
    mail_from: MailAddress | None = None
    dkim_key: SecretStr | None = None
    dkim_selector: str | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
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


class WorkerSettings(MailSettings, ValkeySettings, LlmSettings):
    """`agent-worker`; `MARTELO_PORT` is its side port.

    A lease must outlast writing and sending together.
    """

    database_url: str
    accounts_url: str
    auctions_url: str
    public_url: str
    service_key: str | None = None
    discord_webhook_url: SecretStr | None = None
    discord_channel_name: str | None = None
    lease_s: float = Field(default=300, gt=0)
    write_budget_s: float = Field(default=150, gt=0)
    send_budget_s: float = Field(default=120, gt=0)
    otel_exporter_otlp_endpoint: str | None = Field(
        default=None, pattern=r"^https?://[^/?#\s]+[^?#\s]*$"
    )
    """The collector that traces go to, as OpenTelemetry names it; without one there are none."""
    texts_kept_days: int = Field(default=90, ge=1, le=36_500)
    """For how long the texts of e-mails and posts stay after they are done with."""

    @model_validator(mode="after")
    def _lease_lasts(self) -> Self:
        if self.write_budget_s + self.send_budget_s >= self.lease_s:
            raise ValueError("LEASE_S must exceed WRITE_BUDGET_S and SEND_BUDGET_S together")
        return self

    @property
    def lease(self) -> timedelta:
        """For how long a worker holds an effect."""
        return timedelta(seconds=self.lease_s)

    @property
    def send_budget(self) -> timedelta:
        """How long sending may take."""
        return timedelta(seconds=self.send_budget_s)

    @property
    def texts_kept(self) -> timedelta:
        """For how long texts stay after they are done with."""
        return timedelta(days=self.texts_kept_days)
