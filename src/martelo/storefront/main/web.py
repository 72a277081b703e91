"""`web`: the pages and the accounts API, on granian."""

import os
import sys
from pathlib import Path

from django.core.handlers.wsgi import WSGIHandler

from martelo.accounts.tokens.signing import BadSigningKeys, SigningKey, read_signing_keys
from martelo.runtime.http.granian_server import serve
from martelo.runtime.process.commands import Command, start_process
from martelo.runtime.process.memory import give_back_large_blocks
from martelo.storefront import django_setup
from martelo.storefront.settings import STATIC, Settings

NAME = "storefront"


def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; each worker builds its own application."""
    _read_keys(settings.signing_keys_file)
    static = {f"/static/{room}": folder for room, folder in STATIC.items()}
    serve("martelo.storefront.main.web:application", settings, static=static)


def application() -> WSGIHandler:
    """Return the WSGI application of one worker."""
    settings = start_process(NAME, Settings, os.environ)  # noqa: TID251 - main reads it
    give_back_large_blocks()
    built = django_setup.build_application(settings, _read_keys(settings.signing_keys_file))
    django_setup.report_missing_parts(settings)
    django_setup.start_mailing(settings)
    django_setup.start_erasing(settings)
    return built


def _read_keys(path: Path) -> list[SigningKey]:
    try:
        return read_signing_keys(path)
    except BadSigningKeys as error:
        sys.stderr.write(
            f"These settings are missing or malformed:\n  SIGNING_KEYS_FILE: {error}\n"
        )
        raise SystemExit(2) from error


COMMAND = Command(name=NAME, settings=Settings, run=run)
