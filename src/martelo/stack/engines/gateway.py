"""nginx, from the one template that the cluster and Compose render too."""

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from martelo.stack.engines import binaries
from martelo.stack.engines.engine_user import EngineUser, engine_environment
from martelo.stack.engines.installed_certificate import InstalledCertificate
from martelo.stack.errors import StackError, naming
from martelo.stack.processes.child import Program
from martelo.stack.processes.probes import answers_http
from martelo.stack.settings import REPOSITORY
from martelo.stack.topology.process import Process

TEMPLATE = REPOSITORY / "k8s/base/gateway/nginx.conf.template"
PLACE = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")
"""A place to fill, as envsubst sees it; nginx's own variables are written without brackets."""


@dataclass(frozen=True, slots=True)
class Routes:
    """The values of the template, and the processes behind it that do not run here.

    `unknown` are those that this house does not have: their addresses are answered 404.
    """

    values: Mapping[str, str]
    absent: Sequence[str] = ()
    unknown: Sequence[Process] = ()


class Gateway:
    """The server's kind, for its unit."""

    def __init__(
        self,
        process: Process,
        folder: Path,
        routes: Routes,
        engine_user: EngineUser,
        certificate: InstalledCertificate | None,
    ) -> None:
        self.name = process.name
        self._process = process
        self._folder = folder
        self._routes = routes
        self._engine_user = engine_user
        self._certificate = certificate

    async def prepare(self) -> None:
        """Render the settings and make the folders nginx does not make itself.

        Raises:
            StackError: nginx refuses the settings, or the certificate cannot be used.
        """
        if self._certificate is not None:
            await asyncio.to_thread(self._certificate.prepare)
        write_settings(self._folder, self._routes, self._engine_user)
        await asyncio.to_thread(check_settings, self._folder, self._engine_user)

    def program(self) -> Program:
        """Return the server's command line."""
        return Program(
            command=[*_command(self._folder), "-g", "daemon off;"],
            environment=engine_environment(),
            folder=self._folder,
            stop_signal=self._process.stop_signal,
            death_signal=self._process.death_signal,
            shim_options=self._engine_user.shim_options,
        )

    async def is_alive(self) -> bool:
        """Return whether the side port answers."""
        return await answers_http(int(self._routes.values["GATEWAY_SIDE_PORT"]), "/healthz")

    async def is_ready(self) -> bool:
        """Return whether the side port answers; the processes behind it have their own probes."""
        return await answers_http(int(self._routes.values["GATEWAY_SIDE_PORT"]), "/readyz")

    async def settle(self) -> None:
        """Do nothing."""


def render(template: str, values: Mapping[str, str]) -> str:
    """Return the template with every value filled in.

    Raises:
        StackError: A place has no value.
    """
    missing = sorted({name for name in PLACE.findall(template) if name not in values})
    if missing:
        raise StackError(f"{TEMPLATE} has unset values: {', '.join(missing)}.")
    return PLACE.sub(lambda place: values[place[1]], template)


BY_VARIABLE = {"auctions-socketio": r"\$socketio", "catalog-replica": r"\$catalog"}
"""Upstreams chosen by a variable: by a session's process, by the method of a request."""


def refuse_absent(settings: str, absent: Iterable[str], *, status: int = 503) -> str:
    """Return rendered settings that answer `status` where they would ask `absent` processes.

    Their ports may belong to programs of other people.
    """
    for name in absent:
        upstream = BY_VARIABLE.get(name, name.replace("-", "_"))
        answer = f"return {status};"
        settings = re.sub(rf"proxy_pass http://{upstream}(/[^;]*)?;", answer, settings)
    return settings


def write_settings(folder: Path, routes: Routes, engine_user: EngineUser) -> None:
    """Write the rendered settings into nginx's folder."""
    (folder / "tmp").mkdir(mode=0o700, parents=True, exist_ok=True)
    template = TEMPLATE.read_text(encoding="utf-8")
    text = render(template, {**routes.values, "GATEWAY_TMP": "tmp"})
    text = refuse_absent(text, routes.absent)
    text = refuse_absent(text, (each.name for each in routes.unknown), status=404)
    settings = folder / "nginx.conf"
    with naming(settings):
        settings.write_text(text, encoding="utf-8")
    engine_user.give_ownership(folder)


def check_settings(folder: Path, engine_user: EngineUser) -> str:
    """Have nginx read its settings without serving, and return what it said.

    Raises:
        StackError: It refuses them.
    """
    return engine_user.run([*_command(folder), "-t"], engine_environment(), 20)


def _command(folder: Path) -> list[str]:
    # The error log is named here too: what goes wrong before the settings are read goes there.
    return [str(binaries.nginx()), "-p", f"{folder}/", "-c", "nginx.conf", "-e", "stderr"]
