"""The environment of every process: its settings, from ports and credentials, and little else."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from martelo.stack.credentials import Credentials
from martelo.stack.errors import StackError
from martelo.stack.ports import Ports
from martelo.stack.settings import INHERITED, PROXIES, REPOSITORY, Settings
from martelo.stack.topology import plan
from martelo.stack.topology.gateway import (
    LOOPBACK,
    NO_TLS,
    fill_proxies,
    fill_switched_off,
    fill_tls,
    fill_upstreams,
)
from martelo.stack.topology.gateway_limits import read_limits
from martelo.stack.topology.process import OneOff, Process


@dataclass(frozen=True, kw_only=True)
class ProcessEnvironment:
    """What the environment of a process is made from.

    `shared` is the folder of what processes count together; `data_folders` are those of its
    engines; `processes` are those of the plan. `has_tls`: the gateway ends TLS itself;
    `redirect_port` is where plain HTTP leads to it.
    """

    settings: Settings
    credentials: Credentials
    ports: Ports
    shared: Path
    data_folders: Sequence[Path]
    processes: Sequence[Process]
    listen: str = LOOPBACK
    has_tls: bool = False
    redirect_port: int | None = None

    @property
    def public_url(self) -> str:
        """The address people use: the gateway's."""
        if self.settings.public_url is not None:
            return self.settings.public_url
        everywhere = self.listen in {LOOPBACK, "0.0.0.0", "::"}  # noqa: S104 - compared, not bound
        host = "localhost" if everywhere else self.listen
        return self._at_gateway(host)

    @property
    def gateway_host(self) -> str:
        """The address under which this machine itself reaches the gateway."""
        return {"0.0.0.0": LOOPBACK, "::": "::1"}.get(self.listen, self.listen)  # noqa: S104 - compared

    @property
    def gateway_url(self) -> str:
        """The gateway's address for this machine itself, which may not be the public one."""
        return self._at_gateway(self.gateway_host)

    def switched_off(self) -> list[Process]:
        """Return the processes behind the gateway whose contexts do not run in this house."""
        switched_off = self.settings.switched_off
        return [each for each in plan.APPLICATIONS if each.context in switched_off]

    def of(self, item: Process | OneOff) -> dict[str, str]:
        """Return the environment of a process or a one-off of a context."""
        inherited = INHERITED
        if isinstance(item, Process) and item.reaches_internet:
            inherited |= PROXIES
        values = {name: self._value(name, item) for name in item.settings}
        return {
            **{name: self._given(name) for name in inherited if self._given(name)},
            **{name: value for name, value in values.items() if value is not None},
            "PYTHONPATH": str(REPOSITORY / "src"),
            # Nothing is imported from the folder that a command happens to run in.
            "PYTHONSAFEPATH": "1",
            "PYTHONUNBUFFERED": "1",
        }

    def of_context(self, context: str) -> dict[str, str]:
        """Return everything a command of `context` may need, the owner's rights included.

        Raises:
            StackError: Unknown context.
        """
        items = plan.items_of(context)
        if not items:
            known = ", ".join(context.name for context in plan.CONTEXTS)
            raise StackError(f"There is no context {context!r}. There are: {known}.")
        if context in self.settings.switched_off:
            switch = plan.context_of(items[0]).switch
            raise StackError(f"The context {context!r} runs only with {switch}=yes.")
        environment: dict[str, str] = {}
        for item in items:
            environment |= self.of(item)
        # A one-off has neither the folder nor the port of a process.
        environment.pop("PROMETHEUS_MULTIPROC_DIR", None)
        environment.pop("MARTELO_SIDE_PORT", None)
        return environment | {"MARTELO_PORT": "0"}

    def metrics_folder_of(self, name: str) -> Path:
        """Return where the workers of a process count together."""
        return self.shared / "metrics" / name

    def gateway_values(self, *, workers: int) -> dict[str, str]:
        """Return the values of the gateway's template."""
        host = f"[{self.listen}]" if ":" in self.listen else self.listen
        redirect = f"{host}:{self.redirect_port}" if self.redirect_port else None
        return {
            **fill_upstreams(self.processes, self.ports.numbers),
            **fill_switched_off(self.switched_off()),
            **fill_proxies(self.settings.trusted_proxies),
            **(fill_tls(self.public_url, redirect) if self.has_tls else NO_TLS),
            "GATEWAY_LISTEN": f"{host}:{self.ports['gateway']}{' ssl' if self.has_tls else ''}",
            "GATEWAY_SIDE_LISTEN": self._address("gateway-side"),
            "GATEWAY_SIDE_PORT": str(self.ports["gateway-side"]),
            "GATEWAY_WORKERS": str(workers),
            "GATEWAY_STUB_STATUS": "",
            "GATEWAY_HOST": f'"~@{re.escape(urlsplit(self.public_url).hostname or "")}$"',
            "GATEWAY_REFUSES_OTHER_HOSTS": "1" if self.settings.is_production else "0",
            "MARTELO_RATE_LIMITS": self._given("MARTELO_RATE_LIMITS") or "on",
            **read_limits(self.settings.environment),
        }

    def urls(self) -> dict[str, str]:
        """Return the addresses of the gateway and the engines, without passwords."""
        return {
            "gateway": self.public_url,
            "valkey": self._store_address(),
            "postgresql": f"postgresql://{self._address('postgresql')}",
            "postgresql-replica": f"postgresql://{self._address('postgresql-replica')}",
        }

    def _at_gateway(self, host: str) -> str:
        scheme = "https" if self.has_tls else "http"
        return f"{scheme}://{f'[{host}]' if ':' in host else host}:{self.ports['gateway']}"

    def _given(self, name: str) -> str | None:
        """Return what the launcher was started with; an empty value is an absent one."""
        return self.settings.environment.get(name) or None

    def _value(self, name: str, item: Process | OneOff) -> str | None:
        """Return what the stack sets, else what the launcher was started with, if anything."""
        values: Mapping[str, Callable[[], str]] = {
            **self._values_of_machine(item),
            **self._values_of_context(item),
        }
        return values[name]() if name in values else self._given(name)

    def _values_of_machine(self, item: Process | OneOff) -> dict[str, Callable[[], str]]:
        workers = item.workers if isinstance(item, Process) else 1
        api_urls = self._api_urls()
        return {
            "MARTELO_ENV": lambda: "production" if self.settings.is_production else "development",
            "MARTELO_HOST": lambda: LOOPBACK,
            "MARTELO_LIMITS_FOLDER": lambda: str(self.shared / "limits"),
            "DATA_FOLDERS": lambda: ",".join(map(str, self.data_folders)),
            "MARTELO_PORT": lambda: str(self.ports.numbers.get(item.name, 0)),
            "MARTELO_SIDE_PORT": lambda: str(self.ports[f"{item.name}-side"]),
            "MARTELO_WORKERS": lambda: str(workers),
            "PROMETHEUS_MULTIPROC_DIR": lambda: str(self.metrics_folder_of(item.name)),
            "API_URLS": lambda: json.dumps(api_urls),
            **{_variable_of_url(name): partial(str, url) for name, url in api_urls.items()},
            "LIVE_URLS": self._live_urls,
            "METRICS_URLS": self._metrics_urls,
            "PUBLIC_URL": lambda: self.public_url,
            "GATEWAY_URL": lambda: self.gateway_url,
        }

    def _values_of_context(self, item: Process | OneOff) -> dict[str, Callable[[], str]]:
        identity = plan.context_of(item).identity
        return {
            "DATABASE_URL": lambda: self._database_url(identity, identity),
            "DATABASE_READER_URL": lambda: self._reader_url(identity),
            "DATABASE_OWNER_URL": lambda: self._database_url(identity, f"{identity}_owner"),
            "VALKEY_URL": lambda: self._valkey_url(identity),
            "VALKEY_ADMIN_URL": lambda: self._valkey_url("admin"),
            "SERVICE_KEY": lambda: self.credentials.service_keys[identity],
            "SERVICE_CALLERS": self.credentials.describe_callers,
            "DEMO_SECRET": lambda: self.credentials.demo_secret,
            "DJANGO_SECRET_KEY": lambda: self.credentials.django_secret_key,
            "SIGNING_KEYS_FILE": lambda: str(self.credentials.signing_keys_file),
        }

    def _api_urls(self) -> dict[str, str]:
        """Return where each context serves its API."""
        return {
            context.identity: f"http://{self._address(context.api)}"
            for context in plan.CONTEXTS
            if context.api and context.name not in self.settings.switched_off
        }

    def _live_urls(self) -> str:
        feeds = [each.name for each in self.processes if "auctions-live" in {each.name, each.first}]
        return ",".join(f"http://{self._address(name)}" for name in feeds)

    def _metrics_urls(self) -> str:
        measured = [
            each.name
            for each in self.processes
            if each.context == "auctions" or each.first.startswith("auctions-")
        ]
        return ",".join(f"http://{self._address(name)}" for name in measured)

    def _database_url(self, database: str, user: str) -> str:
        hosts = f"{self._address('postgresql')},{self._address('postgresql-replica')}"
        return (
            f"postgresql://{user}:{self.credentials.postgresql[user]}@{hosts}/{database}"
            "?target_session_attrs=read-write&connect_timeout=2"
        )

    def _reader_url(self, database: str) -> str:
        """Return the address of a server to read from: the standby, else the primary."""
        hosts = f"{self._address('postgresql-replica')},{self._address('postgresql')}"
        return (
            f"postgresql://{database}:{self.credentials.postgresql[database]}@{hosts}/{database}"
            "?target_session_attrs=prefer-standby&connect_timeout=2"
        )

    def _valkey_url(self, user: str) -> str:
        own = self.settings.store_url
        if own is not None:
            return (self._given("VALKEY_ADMIN_URL") or own) if user == "admin" else own
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


def _variable_of_url(name: str) -> str:
    """Return the variable that holds the address of the API called `name`."""
    return f"{name.upper().replace('-', '_')}_URL"
