"""Where processes find one another: the environment of each, from ports and credentials."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from martelo.stack.credentials import Credentials
from martelo.stack.errors import StackError
from martelo.stack.ports import Ports
from martelo.stack.settings import REPOSITORY, Settings
from martelo.stack.topology import table
from martelo.stack.topology.upstreams import LOOPBACK, fill_upstreams


@dataclass(frozen=True, kw_only=True)
class Wiring:
    """What the environment of a process is made from.

    `shared` is the folder of what processes count together; `processes` are those of the plan.
    """

    settings: Settings
    credentials: Credentials
    ports: Ports
    shared: Path
    processes: Sequence[table.Process]
    listen: str = LOOPBACK

    @property
    def public_url(self) -> str:
        """The address people use: the gateway's."""
        if self.settings.public_url is not None:
            return self.settings.public_url
        everywhere = self.listen in {LOOPBACK, "0.0.0.0", "::"}  # noqa: S104 - compared, not bound
        host = "localhost" if everywhere else self.listen
        return f"http://{f'[{host}]' if ':' in host else host}:{self.ports['gateway']}"

    @property
    def gateway_host(self) -> str:
        """The address under which this machine itself reaches the gateway."""
        return {"0.0.0.0": LOOPBACK, "::": "::1"}.get(self.listen, self.listen)  # noqa: S104 - compared

    @property
    def gateway_url(self) -> str:
        """The gateway's address for this machine itself, whatever people call it."""
        host = self.gateway_host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.ports['gateway']}"

    def environment_of(self, item: table.Process | table.OneOff) -> dict[str, str]:
        """Return the environment of a process or a one-off: what it inherits, and its settings."""
        values = {name: self._value(name, item) for name in item.settings}
        own = item.handed_on if isinstance(item, table.Process) else ()
        return {**self._inherited(own), **values}

    def environment_for_context(self, context: str) -> dict[str, str]:
        """Return everything a command of `context` may need, the owner's rights included.

        Raises:
            StackError: There is no such context.
        """
        items = [i for i in (*table.APPLICATIONS, *table.ONE_OFFS) if i.context == context]
        if not items:
            known = ", ".join(sorted({p.context for p in table.APPLICATIONS}))
            raise StackError(f"There is no context {context!r}. There are: {known}.")
        environment: dict[str, str] = {}
        for item in items:
            environment |= self.environment_of(item)
        # What a one-off counts is not what the process of that folder counts.
        environment.pop("PROMETHEUS_MULTIPROC_DIR", None)
        return environment | {"MARTELO_PORT": "0"}

    def metrics_folder_of(self, name: str) -> Path:
        """Return where the workers of a process count together."""
        return self.shared / "metrics" / name

    def gateway_values(self, *, workers: int) -> dict[str, str]:
        """Return what fills the gateway's template."""
        rate_limits = self.settings.inherited.get("MARTELO_RATE_LIMITS") or "on"
        host = f"[{self.listen}]" if ":" in self.listen else self.listen
        return fill_upstreams(self.processes, self.ports.numbers) | {
            "GATEWAY_LISTEN": f"{host}:{self.ports['gateway']}",
            "GATEWAY_SIDE_LISTEN": self._address("gateway-side"),
            "GATEWAY_SIDE_PORT": str(self.ports["gateway-side"]),
            "GATEWAY_WORKERS": str(workers),
            "GATEWAY_STUB_STATUS": "",
            "MARTELO_RATE_LIMITS": rate_limits,
        }

    def urls(self) -> dict[str, str]:
        """Return the addresses of the gateway and the engines, without passwords."""
        return {
            "gateway": self.public_url,
            "valkey": self._store_address(),
            "postgresql": f"postgresql://{self._address('postgresql')}",
            "postgresql-replica": f"postgresql://{self._address('postgresql-replica')}",
        }

    def _inherited(self, handed_on: Sequence[str]) -> dict[str, str]:
        kept = {name for process in table.APPLICATIONS for name in process.handed_on}
        kept -= set(handed_on)
        return {
            "PYTHONPATH": str(REPOSITORY / "src"),
            **{name: value for name, value in self.settings.inherited.items() if name not in kept},
            # The folder a command happens to run in is no place to import from.
            "PYTHONSAFEPATH": "1",
            "PYTHONUNBUFFERED": "1",
        }

    def _value(self, name: str, item: table.Process | table.OneOff) -> str:
        context = item.context
        workers = item.workers if isinstance(item, table.Process) else 1
        values: Mapping[str, Callable[[], str]] = {
            "MARTELO_ENV": lambda: "production" if self.settings.is_production else "development",
            "MARTELO_HOST": lambda: LOOPBACK,
            "MARTELO_LIMITS_FOLDER": lambda: str(self.shared / "limits"),
            "MARTELO_PORT": lambda: str(self.ports.numbers.get(item.name, 0)),
            "MARTELO_LOG_FORMAT": lambda: self._given("MARTELO_LOG_FORMAT", "console"),
            "MARTELO_LOG_LEVEL": lambda: self._given("MARTELO_LOG_LEVEL", "info"),
            "MARTELO_RATE_LIMITS": lambda: self._given("MARTELO_RATE_LIMITS", "on"),
            "MARTELO_WORKERS": lambda: str(workers),
            "PROMETHEUS_MULTIPROC_DIR": lambda: str(self.metrics_folder_of(item.name)),
            "DATABASE_URL": lambda: self._database_url(context, owner=False),
            "DATABASE_OWNER_URL": lambda: self._database_url(context, owner=True),
            "VALKEY_URL": lambda: self._valkey_url(table.database_of(context)),
            "VALKEY_ADMIN_URL": lambda: self._valkey_url("admin"),
            "ACCOUNTS_URL": lambda: f"http://{self._address('storefront')}",
            "AUCTIONS_URL": lambda: f"http://{self._address('auctions-api')}",
            "AGENT_URL": lambda: f"http://{self._address('agent-api')}",
            "IMAGES_URL": lambda: f"http://{self._address('images-api')}",
            "LIVE_URLS": self._live_urls,
            "PUBLIC_URL": lambda: self.public_url,
            "GATEWAY_URL": lambda: self.gateway_url,
            "DEMO_SECRET": lambda: self.credentials.demo_secret,
            "SERVICE_KEY": lambda: self.credentials.service_keys[context],
            "SERVICE_CALLERS": self.credentials.describe_callers,
            "DJANGO_SECRET_KEY": lambda: self.credentials.django_secret_key,
            "SIGNING_KEYS_FILE": lambda: str(self.credentials.signing_keys_file),
        }
        return values[name]()

    def _live_urls(self) -> str:
        feeds = [each.name for each in self.processes if "auctions-live" in {each.name, each.first}]
        return ",".join(f"http://{self._address(name)}" for name in feeds)

    def _given(self, name: str, otherwise: str) -> str:
        return self.settings.inherited.get(name) or otherwise

    def _database_url(self, context: str, *, owner: bool) -> str:
        database = table.database_of(context)
        user = f"{database}_owner" if owner else database
        hosts = f"{self._address('postgresql')},{self._address('postgresql-replica')}"
        return (
            f"postgresql://{user}:{self.credentials.postgresql[user]}@{hosts}/{database}"
            "?target_session_attrs=read-write&connect_timeout=2"
        )

    def _valkey_url(self, user: str) -> str:
        own = self.settings.store_url
        if own is not None:
            admin = self.settings.environment.get("VALKEY_ADMIN_URL")
            return admin or own if user == "admin" else own
        password = self.credentials.valkey[user]
        return f"valkey://{user}:{password}@{self._address('valkey')}/0"

    def _store_address(self) -> str:
        own = self.settings.store_url
        if own is None:
            return f"valkey://{self._address('valkey')}/0"
        parts = urlsplit(own)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()

    def _address(self, name: str) -> str:
        return f"{LOOPBACK}:{self.ports[name]}"
