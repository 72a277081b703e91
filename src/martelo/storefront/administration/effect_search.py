"""Which effects the console lists: what its address says."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext

from martelo.storefront.web.links import Tab, with_query

ADDRESS = "/administracao/agente"
LIST_SIZE = "20"
MAX_AUCTION_ID_LENGTH = 64
STATES = {
    "parked": "unknown,dead",
    "open": "pending,leased,retry",
    "done": "done",
    "skipped": "skipped",
}
"""What a list can be limited to, and the states of the API that it means."""

_CURSOR = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)


@dataclass(frozen=True)
class EffectSearch:
    """Which effects are listed; every value is one that the API accepts."""

    state: str
    auction: str
    cursor: str

    def query(self) -> dict[str, str]:
        """Return the parameters of `GET /api/agent/effects`."""
        return {
            "state": STATES.get(self.state, ""),
            "auction": self.auction,
            "cursor": self.cursor,
            "limit": LIST_SIZE,
        }

    def address(self, **changed: str) -> str:
        """Return the address of the list's first page, with some values changed."""
        return with_query(ADDRESS, {"auction": self.auction, "state": self.state, **changed})


def read_effect_search(query: Mapping[str, str]) -> EffectSearch:
    """Return what a query string asks for; the address of a lot's page names its auction too."""
    state = query.get("state", "")
    typed = query.get("auction", "").replace("\0", "").strip().rstrip("/")
    return EffectSearch(
        state=state if state in STATES else "",
        auction=typed.rpartition("/")[2][:MAX_AUCTION_ID_LENGTH],
        cursor=read_cursor(query),
    )


def read_cursor(query: Mapping[str, str]) -> str:
    """Return where a list shall begin; empty for its first page."""
    cursor = query.get("cursor", "")
    return cursor if _CURSOR.fullmatch(cursor) else ""


def effect_tabs(search: EffectSearch) -> list[Tab]:
    """Return the links to the list in each group of states."""
    labels = {
        "": gettext("All"),
        "parked": gettext("Waiting for you"),
        "open": gettext("Under way"),
        "done": gettext("Done"),
        "skipped": gettext("Not wanted"),
    }
    return [
        Tab(label, search.address(state=state), is_current=state == search.state)
        for state, label in labels.items()
    ]
