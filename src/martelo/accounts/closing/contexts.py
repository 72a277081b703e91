"""What closing an account needs of the other contexts."""

from collections.abc import Mapping
from typing import Any, Protocol

Data = Mapping[str, Any]


class OtherContexts(Protocol):
    """The other contexts, each with its part of a person's data."""

    def read(self, account_id: str) -> Mapping[str, Data]:
        """Return what each context holds of a person, `obligations` among it, by its name.

        Raises:
            ContextsUnavailable: One does not answer.
        """
        ...

    def erase(self, account_id: str) -> bool:
        """Erase a person in every context; return whether that is done, or has to be repeated."""
        ...


class NoContexts:
    """Accounts alone, without other contexts."""

    def read(self, account_id: str) -> Mapping[str, Data]:  # noqa: ARG002 - the port's
        """Return nothing."""
        return {}

    def erase(self, account_id: str) -> bool:  # noqa: ARG002 - the port's
        """Have nothing to do."""
        return True
