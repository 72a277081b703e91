"""The bids of benchmarks: several people, rising amounts, one key each."""

from collections.abc import Iterator, Sequence

from martelo.auctions.domain.auction import Person
from martelo.auctions.domain.bidding import Bid
from martelo.auctions.domain.creating import Draft
from martelo.kernel.ids import AccountId, AuctionId

PEOPLE = tuple(
    Person(AccountId(f"00000000-0000-4000-8000-{number:012d}"), name)
    for number, name in enumerate(
        (
            "Bruno Araújo",
            "Carla Dias",
            "Davi Lima",
            "Érica Nunes",
            "Fábio Reis",
            "Gil",
            "Íris",
            "Jô",
        )
    )
)
STEP_CENTS = 100_00
"""Above any step of the increment table, so every bid is high enough."""

LOT = Draft("Relógio de parede", "De 1930", 100_00, duration_ms=3_600_000)
HOT_LOT = Draft("Bolo", "", 100, duration_ms=3_600_000, min_increment_cents=1)
"""Allows thousands of bids within the twelve digits of an amount."""


def rising_bids(auction_ids: Sequence[AuctionId], count: int) -> Iterator[tuple[AuctionId, Bid]]:
    """Yield bids on all auctions in turn; all are accepted if they arrive about in order."""
    for number in range(count):
        lap, place = divmod(number, len(auction_ids))
        # The next bidder on a lot is another person, since the leader would outbid himself.
        person = PEOPLE[(lap + place) % len(PEOPLE)]
        bid = Bid(person, amount_cents=(lap + 1) * STEP_CENTS, key=f"k{number:09d}")
        yield auction_ids[place], bid
