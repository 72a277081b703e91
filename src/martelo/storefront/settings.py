"""Every setting of the storefront, and what Django makes of them."""

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict
from pydantic import AfterValidator, Field, Json, SecretStr, model_validator

from martelo.kernel.web_addresses import is_public_address
from martelo.runtime.identity.service_keys import ServiceCaller
from martelo.runtime.mail_settings import MailSettings
from martelo.runtime.postgresql.keepalives import SILENCE
from martelo.runtime.process.settings import ProcessSettings, ServerSettings

MAX_BODY_BYTES = 64 * 1024
MAX_UPLOAD_BYTES = 64 * 1024 * 1024
"""A form with pictures: four of the largest, or a dozen as phones make them."""
FORM_COOKIE_AGE_S = 30 * 24 * 3600
"""As long as a session may last: a form of an older page is shown again."""

ROOMS = (
    "web",
    "lot_parts",
    "lots",
    "lot_page",
    "live_feed",
    "selling",
    "people",
    "administration",
    "house",
    "reference",
    "status",
)
"""The folders with pages, each with its templates and static files."""

STATIC = {
    room: folder for room in ROOMS if (folder := Path(__file__).parent / room / "static").is_dir()
}
"""Where the files are that `/static/ROOM/` serves."""


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

_HTTP_URL = r"https?://[^/?#\s,]+/?"
HttpUrl = Annotated[str, Field(pattern=f"^{_HTTP_URL}$")]
HttpUrls = Annotated[str, Field(pattern=f"^({_HTTP_URL}(,{_HTTP_URL})*)?$")]
"""Any number of them, separated by commas."""


class DatabaseSettings(ProcessSettings):
    """What the one-off commands on accounts need."""

    database_url: DatabaseUrl


class RemovalSettings(DatabaseSettings):
    """What `remove-demo` needs: accounts and sessions."""

    valkey_url: SecretStr | None = None


class AdminLinkSettings(DatabaseSettings):
    """What `admin-link` needs: the secret that signs it, and where it leads."""

    django_secret_key: SecretStr = Field(min_length=32)
    public_url: HttpUrl


class MigrationSettings(DatabaseSettings):
    """What `migrate` needs: the owner's access, and the runtime role it grants rights to."""

    database_owner_url: DatabaseUrl


class LinkSettings(DatabaseSettings):
    """What `password-link` needs: what links are signed with, and where they lead."""

    django_secret_key: SecretStr = Field(min_length=32)
    public_url: HttpUrl


class Settings(LinkSettings, MailSettings, ServerSettings):
    """What `web` needs; `api_urls` is where each context serves its API, by its name."""

    signing_keys_file: Path
    service_callers: Json[dict[str, ServiceCaller]]
    service_key: SecretStr | None = None
    """For the data of people in other contexts."""

    insecure_http: str = Field(default="", validation_alias="MARTELO_INSECURE_HTTP")
    auctions_url: HttpUrl | None = None
    images_url: HttpUrl | None = None
    agent_url: HttpUrl | None = None
    live_urls: HttpUrls = ""
    metrics_urls: HttpUrls = ""
    api_urls: Json[dict[str, HttpUrl]] | None = None
    valkey_url: SecretStr | None = None
    sign_ins_per_minute: int = Field(default=100, ge=1, le=10_000)
    """Sign-ins and registrations of one network address, also all at once."""

    access_records_days: int = Field(default=180, ge=0, le=3650)
    """How long it is recorded who did what with an account, from where; 0: not at all."""

    email_confirmation: Literal["required", "off"] | None = None
    """Unset, it is required in production where e-mails can be sent."""

    @property
    def confirms_emails(self) -> bool:
        """Whether people must confirm their addresses."""
        wanted = self.email_confirmation or ("required" if self.env == "production" else "off")
        return self.smtp_host is not None and wanted == "required"

    @model_validator(mode="after")
    def _can_confirm(self) -> "Settings":
        if self.email_confirmation == "required" and self.smtp_host is None:
            raise ValueError("SMTP_HOST is needed where EMAIL_CONFIRMATION is required")
        return self

    @model_validator(mode="after")
    def _require_encryption(self) -> "Settings":
        is_plain = not is_public_address(self.public_url, self.insecure_http)
        if self.env == "production" and is_plain:
            raise ValueError(
                "in production PUBLIC_URL must be an https address; "
                "to use plain HTTP, set MARTELO_INSECURE_HTTP=yes"
            )
        return self


def django_settings(database_url: SecretStr, locale_paths: Sequence[Path]) -> dict[str, object]:
    """Return Django's settings: what is fixed here, and the database."""
    return {
        "ROOT_URLCONF": "martelo.storefront.urls",
        "INSTALLED_APPS": [
            "django.contrib.messages",
            "martelo.accounts",
            *(f"martelo.storefront.{room}" for room in ROOMS),
        ],
        "MIDDLEWARE": [
            "martelo.storefront.web.edge.Edge",
            "martelo.storefront.web.body_limits.BodyLimits",
            "django.middleware.locale.LocaleMiddleware",
            "martelo.storefront.web.visitors.Visitors",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.i18n",
                        "django.template.context_processors.request",
                        "django.contrib.messages.context_processors.messages",
                        "martelo.storefront.web.layout.layout",
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
        "MESSAGE_STORAGE": "django.contrib.messages.storage.cookie.CookieStorage",
        "CSRF_FAILURE_VIEW": "martelo.storefront.web.edge.csrf_failure",
        **cookies(is_secure=False),
        "LOGGING_CONFIG": None,
        # One-off commands sign nothing; `web` sets the real one.
        "SECRET_KEY": secrets.token_urlsafe(32),
    }


def cookies(*, is_secure: bool) -> dict[str, object]:
    """Return how Django sets cookies; under TLS only the host itself may set ours."""
    prefix = "__Host-" if is_secure else ""
    return {
        "SESSION_COOKIE_NAME": f"{prefix}martelo-session",
        "SESSION_COOKIE_SECURE": is_secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_NAME": f"{prefix}martelo-form",
        "CSRF_COOKIE_AGE": FORM_COOKIE_AGE_S,
        "CSRF_COOKIE_SECURE": is_secure,
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SAMESITE": "Lax",
        "LANGUAGE_COOKIE_NAME": "martelo-language",
        "LANGUAGE_COOKIE_AGE": 31_536_000,
        "LANGUAGE_COOKIE_SECURE": is_secure,
        "LANGUAGE_COOKIE_HTTPONLY": True,
        "LANGUAGE_COOKIE_SAMESITE": "Lax",
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
    options = {**bounds, **SILENCE, **names}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **named,
        "OPTIONS": options,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
