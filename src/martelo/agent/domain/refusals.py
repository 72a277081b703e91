"""Every "no" that readers of reports and administrators can meet."""

from dataclasses import dataclass
from typing import ClassVar

from martelo.kernel.refusal import Refusal


@dataclass(eq=True)
class ReportNotReady(Refusal):
    """There is no report: the auction goes on, has just ended, or does not exist."""

    slug: ClassVar[str] = "report-not-ready"


@dataclass(eq=True)
class EffectNotFound(Refusal):
    """No such effect."""

    slug: ClassVar[str] = "effect-not-found"


@dataclass(eq=True)
class EffectNotParked(Refusal):
    """The effect is not parked, so nobody has to decide about it."""

    slug: ClassVar[str] = "effect-not-parked"
    effect_state: str


@dataclass(eq=True)
class MessageNotKept(Refusal):
    """There is no such e-mail in the outbox, or its text is forgotten."""

    slug: ClassVar[str] = "message-not-kept"


@dataclass(eq=True)
class RecipientGone(Refusal):
    """The account that an e-mail is to is gone, so it would not be sent."""

    slug: ClassVar[str] = "recipient-gone"


@dataclass(eq=True)
class AdministratorsOnly(Refusal):
    """The caller is no administrator."""

    slug: ClassVar[str] = "administrators-only"
