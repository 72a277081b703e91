"""The rules of API keys: what they allow, and how long they last."""

from collections.abc import Iterable, Sequence

from martelo.kernel.field_codes import FieldCode
from martelo.kernel.refusal import FieldError

SCOPES = ("read", "bid", "buy", "sell")
"""What an API key can be limited to."""

MAX_KEY_DAYS = 365
"""The longest lifetime that an API key can be given, in days; it can also be unlimited."""


def scope_faults(scopes: Sequence[str]) -> Iterable[FieldError]:
    """Yield what is wrong with the requested scopes of a key."""
    if not scopes:
        yield FieldError("scopes", FieldCode.TOO_FEW, {"min": 1})
    if len(set(scopes)) != len(scopes):
        yield FieldError("scopes", FieldCode.DUPLICATE_VALUES)
    if not set(scopes) <= set(SCOPES):
        yield FieldError("scopes", FieldCode.NOT_A_CHOICE, {"choices": SCOPES})


def key_days_faults(days: int | None) -> Iterable[FieldError]:
    """Yield what is wrong with the lifetime of a key, in days; `None` is unlimited."""
    if days is not None and not 1 <= days <= MAX_KEY_DAYS:
        bounds = {"min": 1, "max": MAX_KEY_DAYS}
        yield FieldError("expires_in_days", FieldCode.OUT_OF_RANGE, bounds)
