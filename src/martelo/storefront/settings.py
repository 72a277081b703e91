"""Every knob of the storefront, and what Django makes of them."""

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict
from pydantic import AfterValidator, Field, Json, SecretStr

from martelo.runtime.service_keys import ServiceCaller
from martelo.runtime.settings import ProcessSettings

MAX_BODY_BYTES = 64 * 1024
STATIC = Path(__file__).parent / "static"


def _is_database(url: SecretStr) -> SecretStr:
    try:
        names = conninfo_to_dict(url.get_secret_value())
    except ProgrammingError as error:
        raise ValueError("not a libpq connection URL") from error
    if not {"host", "dbname", "user"} <= names.keys():
        raise ValueError("a host, a user and a database must be named")
    return url


DatabaseUrl = Annotated[SecretStr, AfterValidator(_is_database)]
"""A libpq URL, with one host or several: `postgresql://u:p@h1:5432,h2:5433/accounts?…`."""

HttpUrl = Annotated[str, Field(pattern=r"^https?://[^/?#\s]+/?$")]


class DatabaseSettings(ProcessSettings):
    """What the one-off commands on accounts need."""

    database_url: DatabaseUrl


class MigrationSettings(DatabaseSettings):
    """What `migrate` needs: the owner's access, and the runtime role it grants rights to."""

    database_owner_url: DatabaseUrl


class Settings(DatabaseSettings):
    """What `web` needs."""

    django_secret_key: SecretStr = Field(min_length=32)
    signing_keys_file: Path
    service_callers: Json[dict[str, ServiceCaller]]
    public_url: HttpUrl
    auctions_url: HttpUrl | None = None
    images_url: HttpUrl | None = None
    valkey_url: SecretStr | None = None


def django_settings(database_url: SecretStr, locale_paths: Sequence[Path]) -> dict[str, object]:
    """Return Django's settings: what is fixed here, and the database."""
    return {
        "ROOT_URLCONF": "martelo.storefront.urls",
        "INSTALLED_APPS": ["martelo.storefront.accounts", "martelo.storefront.pages"],
        "MIDDLEWARE": [
            "martelo.storefront.edge.Edge",
            "django.middleware.locale.LocaleMiddleware",
        ],
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.i18n",
                        "martelo.storefront.pages.assets.assets",
                    ],
                },
            }
        ],
        "DATABASES": {"default": database(database_url)},
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "LANGUAGE_CODE": "pt-br",
        "LANGUAGES": [("pt-br", "Português"), ("en", "English")],
        "LOCALE_PATHS": [str(path) for path in locale_paths],
        "USE_I18N": True,
        "USE_TZ": True,
        "TIME_ZONE": "America/Sao_Paulo",
        "APPEND_SLASH": False,
        # No link is built from the Host header (PUBLIC_URL says where we are), and probes
        # come by address; so no name is refused.
        "ALLOWED_HOSTS": ["*"],
        "DATA_UPLOAD_MAX_MEMORY_SIZE": MAX_BODY_BYTES,
        "LOGGING_CONFIG": None,
        # One-off commands sign nothing; `web` sets the real one.
        "SECRET_KEY": secrets.token_urlsafe(32),
    }


def database(url: SecretStr) -> dict[str, object]:
    """Return a libpq URL as an entry of Django's `DATABASES`."""
    names = conninfo_to_dict(url.get_secret_value())
    named = {
        "NAME": names.pop("dbname"),
        "USER": names.pop("user"),
        "PASSWORD": names.pop("password", ""),
        "HOST": names.pop("host"),
        "PORT": names.pop("port", ""),
    }
    # libpq tries several hosts one after another, and each must fail soon; so must a statement.
    bounds = {"connect_timeout": "2", "options": "-c statement_timeout=5s -c lock_timeout=2s"}
    options = {**bounds, **names}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **named,
        "OPTIONS": options,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
