"""The refusals of reports and of administrators' requests."""

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
    """The effect is not parked, so there is nothing to decide."""

    slug: ClassVar[str] = "effect-not-parked"
    effect_state: str


@dataclass(eq=True)
class MessageNotKept(Refusal):
    """There is no such e-mail in the outbox, or its text is erased."""

    slug: ClassVar[str] = "message-not-kept"


@dataclass(eq=True)
class RecipientGone(Refusal):
    """The recipient's account no longer exists, so the e-mail would not be sent."""

    slug: ClassVar[str] = "recipient-gone"


@dataclass(eq=True)
class AddressUnwritable(Refusal):
    """No e-mail can be written to the recipient's address, which is from before today's rule."""

    slug: ClassVar[str] = "address-unwritable"
