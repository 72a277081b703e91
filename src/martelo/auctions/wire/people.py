"""What the auctions hold of one person, as JSON."""

from collections.abc import Sequence

from martelo.auctions.domain.entries import BidPlaced, Closed, Raised
from martelo.auctions.ports.people import Act, Held, Obligation
from martelo.auctions.wire import answers
from martelo.kernel.ids import AccountId
from martelo.kernel.instants import format_instant


def export(account_id: AccountId, held: Held, obligations: Sequence[Obligation]) -> answers.Json:
    """Return the export of a person."""
    return {
        "account_id": account_id,
        "names": list(held.names),
        "auctions": [answers.full_auction(reading, reader=account_id) for reading in held.lots],
        "wins": [answers.full_auction(reading, reader=account_id) for reading in held.wins],
        "bids": [_act(act) for act in held.acts],
        "obligations": [each.as_item() for each in obligations],
    }


def _act(act: Act) -> answers.Json:
    auction_id, entry = act.auction_id, act.entry
    view: answers.Json = {"auction_id": auction_id, "at": format_instant(entry.at_ms)}
    match entry:
        case BidPlaced():
            return view | {
                "kind": "bid",
                "bid_id": answers.bid_id(auction_id, entry.seq),
                "number": entry.number,
                "amount": answers.optional_amount(entry.amount_cents),
                "max_amount": answers.optional_amount(entry.max_cents),
            }
        case Raised():
            return view | {
                "kind": "raise",
                "bid_id": answers.bid_id(auction_id, entry.seq, entry.sub),
                "number": entry.number,
                "amount": None,
                "max_amount": answers.optional_amount(entry.max_cents),
            }
        case Closed(buyer=buyer) if buyer is not None:
            return view | {
                "kind": "purchase",
                "bid_id": answers.bid_id(auction_id, entry.seq),
                "number": buyer.number,
                "amount": answers.optional_amount(buyer.price_cents),
                "max_amount": None,
            }
        case _:
            raise ValueError(f"{auction_id}: no act of a person")
