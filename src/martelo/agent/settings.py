"""Every setting of the agent's processes; units are in the names."""

from datetime import timedelta
from typing import Self

from pydantic import Field, Json, SecretStr, model_validator

from martelo.agent.adapters.llm.settings import LlmSettings
from martelo.runtime.identity.service_keys import ServiceCaller
from martelo.runtime.mail_settings import MailAddress, MailSettings
from martelo.runtime.process.settings import ProcessSettings, ServerSettings
from martelo.runtime.valkey.client import ValkeySettings


class ApiSettings(ServerSettings):
    """`agent-api`; `mail_from` is for the outbox, to show mails as they would be sent."""

    database_url: str
    accounts_url: str
    service_key: str | None = None
    service_callers: Json[dict[str, ServiceCaller]] | None = None
    mail_from: MailAddress | None = None


class MigrateSettings(ProcessSettings):
    """The `migrate` one-off; it needs the right to make tables.

    With `DATABASE_URL` its role is granted the use of the tables; a house may grant that itself.
    """

    database_url: str | None = None
    database_owner_url: str


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
