"""The gateway's copy of its certificate, renewed while it runs.

nginx reads it at every handshake, so a renewed one needs no reload, which would end connections.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from martelo.stack.certificates import TlsFiles, read_certificate
from martelo.stack.credentials import write_private
from martelo.stack.engines.engine_user import EngineUser
from martelo.stack.errors import StackError

LOOK_S = 2.0
NAME = "tls.pem"


class InstalledCertificate:
    """Key and certificates in the gateway's folder, as one file that is replaced at once."""

    def __init__(
        self,
        files: TlsFiles,
        host: str,
        folder: Path,
        engine_user: EngineUser,
        say: Callable[[str], None],
    ) -> None:
        self._files = files
        self._host = host
        self._folder = folder
        self._engine_user = engine_user
        self._say = say
        self._seen: object = None
        self._is_installed = False

    def prepare(self) -> None:
        """Copy the files for a start of the gateway; at a restart the last copy will do.

        Raises:
            StackError: They cannot be used, and none was installed before.
        """
        try:
            self.install()
        except StackError as error:
            if not self._is_installed:
                raise
            self._report_unused(error)

    def install(self) -> None:
        """Copy the files.

        Raises:
            StackError: They cannot be used.
        """
        self._seen = self._look()
        text = read_certificate(self._files, self._host, datetime.now(UTC))
        self._folder.mkdir(mode=0o700, exist_ok=True)
        following = self._folder / f"{NAME}.next"
        write_private(following, text.decode("ascii"))
        # It belongs to the gateway before it takes the place of the one in use.
        self._engine_user.give_ownership(self._folder)
        following.replace(self._folder / NAME)
        self._is_installed = True

    async def watch(self) -> None:
        """Copy the files whenever they change; those that cannot be used are reported."""
        while True:
            await asyncio.sleep(LOOK_S)
            if self._look() == self._seen:
                continue
            try:
                await asyncio.to_thread(self.install)
                self._say("the renewed certificate is in use")
            except (StackError, OSError, UnicodeError) as error:
                self._report_unused(error)

    def _report_unused(self, error: Exception) -> None:
        self._say(f"the changed certificate is not used, the last one stays: {error}")

    def _look(self) -> object:
        """Return what changes with the files; `None` while one is missing."""
        try:
            found = [path.stat() for path in (self._files.certificate, self._files.key)]
        except OSError:
            return None
        return [(each.st_ino, each.st_mtime_ns, each.st_size) for each in found]
