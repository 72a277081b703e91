"""The storefront's processes and one-off commands: `python -m martelo.storefront.main NAME`."""

import argparse
import sys
from pathlib import Path
from typing import NoReturn

import orjson
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command

from martelo.accounts.api.openapi import load_openapi
from martelo.accounts.passwords import Passwords, argon2id
from martelo.accounts.signing import BadSigningKeys, SigningKey, read_signing_keys
from martelo.runtime.http.granian_server import serve
from martelo.runtime.process import logs
from martelo.runtime.process.memory import give_back_large_blocks
from martelo.runtime.process.settings import ProcessSettings, load
from martelo.storefront import django_setup
from martelo.storefront.settings import (
    STATIC,
    DatabaseSettings,
    MigrationSettings,
    Settings,
)


def main(arguments: list[str] | None = None) -> None:
    """Run the process or command named."""
    parser = argparse.ArgumentParser(prog="python -m martelo.storefront.main")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("web", help="serve the pages and the accounts API")
    commands.add_parser("migrate", help="bring the tables up to date")
    commands.add_parser("demo-accounts", help="make the accounts of the demo")
    admin = commands.add_parser("admin", help="give an account the role admin")
    admin.add_argument("email")
    commands.add_parser("openapi", help="print the OpenAPI document of the accounts API")
    asked = parser.parse_args(arguments)
    match asked.command:
        case "web":
            web()
        case "migrate":
            migrate()
        case "demo-accounts":
            demo_accounts()
        case "admin":
            grant_admin(asked.email)
        case _:
            sys.stdout.buffer.write(orjson.dumps(load_openapi()) + b"\n")


def web() -> None:
    """Serve until told to stop; each worker builds its own application."""
    settings = load(Settings)
    _read_keys(settings.signing_keys_file)
    _start_logs(settings, "storefront")
    static = {f"/static/{room}": folder for room, folder in STATIC.items()}
    serve("martelo.storefront.main:application", settings, static=static)


def application() -> WSGIHandler:
    """Return the WSGI application of one worker."""
    settings = load(Settings)
    _start_logs(settings, "storefront")
    give_back_large_blocks()
    return django_setup.build_application(settings, _read_keys(settings.signing_keys_file))


def migrate() -> None:
    """Bring the tables up to date, as their owner, and let the runtime role use them."""
    settings = load(MigrationSettings)
    _start_logs(settings, "storefront-migrate")
    django_setup.configure_django(settings.database_owner_url)
    from martelo.accounts import schema  # noqa: PLC0415 - Django must be set up first

    with schema.only_one():
        call_command("migrate", interactive=False, verbosity=1)
        schema.grant_use(settings.database_url)


def demo_accounts() -> None:
    """Make the accounts of the demo, where they are missing; never in production."""
    settings = load(DatabaseSettings)
    if settings.env == "production":
        _give_up("demo accounts have a published password: not with MARTELO_ENV=production")
    _start_logs(settings, "storefront-demo-accounts")
    django_setup.configure_django(settings.database_url)
    from martelo.accounts import demo  # noqa: PLC0415 - Django must be set up first

    for line in demo.make_accounts(Passwords(argon2id())):
        sys.stdout.write(f"{line}\n")


def grant_admin(email: str) -> None:
    """Give the account with this e-mail the role `admin`."""
    settings = load(DatabaseSettings)
    _start_logs(settings, "storefront-admin")
    django_setup.configure_django(settings.database_url)
    from martelo.accounts import (  # noqa: PLC0415 - Django must be set up first
        refusals,
        services,
    )

    try:
        account = services.grant_admin(email)
    except refusals.AccountNotFound:
        _give_up(f"no account has the e-mail {email}")
    sys.stdout.write(f"{account.email} is an administrator; their next sign-in says so.\n")


def _start_logs(settings: ProcessSettings, process: str) -> None:
    logs.configure(settings.log_format, settings.log_level, process)


def _read_keys(path: Path) -> list[SigningKey]:
    try:
        return read_signing_keys(path)
    except BadSigningKeys as error:
        sys.stderr.write(
            f"These settings are missing or malformed:\n  SIGNING_KEYS_FILE: {error}\n"
        )
        raise SystemExit(2) from error


def _give_up(why: str) -> NoReturn:
    sys.stderr.write(f"{why}\n")
    raise SystemExit(1)


if __name__ == "__main__":
    main()
