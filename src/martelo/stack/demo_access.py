"""Whether others could sign in with the demo's published password."""

from martelo.kernel.web_addresses import is_local, is_loopback
from martelo.stack.errors import StackError
from martelo.stack.settings import Settings

ENTRANTS = ("admin@example.com", "ana@example.com", "bruno@example.com", "carla@example.com")
"""Who can sign in with the published password; the first is an administrator."""

PASSWORD = "martelo-demo"  # noqa: S105 - published on purpose


def is_open_to_others(settings: Settings, listen: str) -> bool:
    """Return whether people on other machines are to reach the house."""
    if not is_loopback(listen):
        return True
    return settings.public_url is not None and not is_local(settings.public_url)


def require_closed_demo(*, with_demo: bool, is_open: bool, is_wanted: bool) -> None:
    """Refuse to offer the demo to other machines, unless it is wanted.

    Raises:
        StackError: Others would be let in.
    """
    if with_demo and is_open and not is_wanted:
        raise StackError(
            f"Other machines could reach this house, and {describe_entrants()}. "
            "Add --no-demo to start without the demo, or --open-demo if this is what you want."
        )


def describe_entrants() -> str:
    """Return who can enter a house with the demo."""
    administrator, *people = ENTRANTS
    return (
        f"the published password {PASSWORD} lets anyone sign in as {administrator}, "
        f"an administrator, or as {', '.join(people)}"
    )
