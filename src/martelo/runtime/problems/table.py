"""Problem tables: every problem of a context by its slug, read from a data file (ADR 19)."""

import re
import tomllib
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any

import msgspec
import structlog

from martelo.kernel.refusal import Refusal
from martelo.runtime.identity.tokens import AccountsUnavailable, Unauthenticated
from martelo.runtime.problems.refusals import MethodNotAllowed, RateLimited, Unforeseen
from martelo.runtime.problems.rendering import Problem
from martelo.runtime.problems.typed_fields import typed_fields
from martelo.runtime.process.decoders import converter

FILE_NAME = "problems.toml"
SHARED = Path(__file__).with_name(FILE_NAME)
"""What any API, the live feed or the gateway can answer."""

CHALLENGE = 'Bearer realm="martelo"'
INVALID_TOKEN = f'{CHALLENGE}, error="invalid_token"'

Text = Annotated[str, msgspec.Meta(min_length=1)]
Status = Annotated[int, msgspec.Meta(ge=400, le=599)]
Faults = Mapping[type[Exception], str]
"""The slugs of exceptions that are not refusals, such as a store that does not answer."""

_SLUG = re.compile(r"[a-z]+(-[a-z]+)*", re.ASCII)
_SHARED_FAULTS: Faults = {AccountsUnavailable: "accounts-unavailable"}

log = structlog.get_logger(__name__)


class Languages(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text in both languages of the pages."""

    en: Text
    pt: Text


class ProblemType(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is fixed of a problem; `detail` names typed members in braces.

    `other_statuses` are those that it can have beside `status`, and `fields` its typed members.
    """

    status: Status
    title: Text
    detail: Text
    meaning: Languages
    remedy: Languages
    other_statuses: tuple[Status, ...] = ()
    fields: tuple[str, ...] = ()
    retry_after_s: int | None = None

    @property
    def statuses(self) -> tuple[int, ...]:
        """Every status that it can have."""
        return (self.status, *self.other_statuses)


ProblemTypes = Mapping[str, ProblemType]

_convert = converter(dict[str, ProblemType])


def read_types(path: Path) -> ProblemTypes:
    """Return the problem types of a file.

    Raises:
        ValueError: It is not TOML, or has an unknown key or a malformed slug.
    """
    types = _convert(tomllib.loads(path.read_text("utf-8")))
    malformed = [slug for slug in types if _SLUG.fullmatch(slug) is None]
    if malformed:
        raise ValueError(f"{path.name}: malformed slugs: {', '.join(malformed)}")
    return types


class ProblemTable:
    """The problem types of one context and the shared ones; makes every problem it answers."""

    def __init__(self, own: ProblemTypes, shared: ProblemTypes, faults: Faults) -> None:
        repeated = own.keys() & shared.keys()
        if repeated:
            raise ValueError(f"both shared and a context's own: {', '.join(sorted(repeated))}")
        self.own = own
        self.shared = shared
        self.types = {**shared, **own}
        self._faults = {**_SHARED_FAULTS, **faults}

    def problem(self, slug: str, *, status: int | None = None) -> Problem:
        """Return the problem of a slug; `status` is one of its others."""
        kind = self.types[slug]
        chosen = kind.status if status is None else status
        if chosen not in kind.statuses:
            raise ValueError(f"{slug} does not have status {chosen}")
        return Problem(slug, chosen, kind.title, kind.detail, headers=_headers(kind))

    def slug_of(self, error: Exception) -> str:
        """Return the slug of an exception; `internal-error` where the table has none."""
        if isinstance(error, Refusal):
            return error.slug if error.slug in self.types else Unforeseen.slug
        slugs = (slug for kind, slug in self._faults.items() if isinstance(error, kind))
        return next(slugs, Unforeseen.slug)

    def problem_of(self, error: Exception, **context: str) -> Problem:
        """Return the problem of an exception.

        One without a type is logged as unforeseen, with `context`, and answered as a fault.
        """
        slug = self.slug_of(error)
        if slug == Unforeseen.slug:
            log.error("unforeseen", **context, exc_info=error)
            return self.problem(slug)
        kind = self.types[slug]
        fields = _fields(kind, error)
        detail = kind.detail.format_map(fields)
        return Problem(slug, kind.status, kind.title, detail, fields, _headers(kind, error))

    def document(self) -> dict[str, Any]:
        """Return what `/problems.json` answers."""
        return {"problem_types": msgspec.to_builtins(self.types)}


def open_table(path: Path, faults: Faults) -> ProblemTable:
    """Return the table of a context, whose own types are in the file at `path`.

    Raises:
        ValueError: A file is malformed, or a slug appears in both.
    """
    return ProblemTable(read_types(path), read_types(SHARED), faults)


def _fields(kind: ProblemType, error: Exception) -> dict[str, Any]:
    if not (kind.fields and isinstance(error, Refusal)):
        return {}
    found = typed_fields(error)
    return {name: found[name] for name in kind.fields if name in found}


def _headers(kind: ProblemType, error: Exception | None = None) -> tuple[tuple[str, str], ...]:
    match error:
        case MethodNotAllowed(allowed=allowed):
            return (("Allow", ", ".join(sorted(allowed))),)
        case RateLimited(retry_after_s=retry_after_s):
            return (("Retry-After", str(retry_after_s)),)
        case Unauthenticated(had_proof=True):
            return (("WWW-Authenticate", INVALID_TOKEN),)
    if kind.status == HTTPStatus.UNAUTHORIZED:
        return (("WWW-Authenticate", CHALLENGE),)
    if kind.retry_after_s is not None:
        return (("Retry-After", str(kind.retry_after_s)),)
    return ()
