"""Closing an account: what keeps it open, and erasing its names."""

from martelo.auctions.domain.auction import Status
from martelo.auctions.domain.refusals import OpenObligations
from martelo.auctions.ports.live_store import AuctionStore
from martelo.auctions.ports.people import Obligation, Part, People
from martelo.kernel.ids import AccountId


def erase_person(store: AuctionStore, people: People, account_id: AccountId) -> None:
    """Erase a person's names; the account bids and sells no more. It may be repeated.

    Raises:
        OpenObligations: The person sells an open auction, or leads in one; nothing was erased.
        RecordUnavailable, StoreUnavailable, OutcomeUnknown: Some names are left.
    """
    left = obligations_of(store, people, account_id)
    if left:
        raise OpenObligations([each.as_item() for each in left])
    live = [place for place in people.places(account_id) if place.is_live]
    store.erase_names([(place.auction_id, place.number) for place in live])
    people.erase_names(account_id)


def obligations_of(store: AuctionStore, people: People, account_id: AccountId) -> list[Obligation]:
    """Return the open auctions that a person sells, or leads in."""
    readings = store.read_many(people.open_lots(account_id))
    found: list[Obligation] = []
    for auction_id, reading in readings.items():
        auction = reading.auction
        if auction.status is not Status.OPEN:
            continue
        if auction.terms.seller_id == account_id:
            found.append(Obligation(auction_id, Part.SELLS))
        elif auction.lead is not None and auction.lead.account_id == account_id:
            found.append(Obligation(auction_id, Part.LEADS))
    return found
