"""What a lot's page says, once for the server and for the script: it is sent along as data.

Places to fill are in curly brackets.
"""

from django.utils.translation import gettext


def lot_texts() -> dict[str, str]:
    """Return the texts in the active language."""
    return {
        "label_starting": gettext("Starting price"),
        "label_current": gettext("Current bid"),
        "label_sold": gettext("Sold for"),
        "label_highest": gettext("Highest bid"),
        "bids_none": gettext("no bids yet"),
        "bids_one": gettext("1 bid"),
        "bids_many": gettext("{count} bids"),
        "viewers_one": gettext("1 person watching"),
        "viewers_many": gettext("{count} people watching"),
        "reserve_met": gettext("Reserve met"),
        "reserve_not_met": gettext("Reserve not met"),
        "ends_in": gettext("Ends in"),
        "starts_in": gettext("Starts in"),
        "ended": gettext("Ended on"),
        "was_to_end": gettext("Was to end"),
        "closing": gettext("The gavel is falling…"),
        "urgent": gettext("Last minute"),
        "extended": gettext("Extended: {time} more"),
        "leading": gettext("You lead"),
        "leading_more": gettext(
            "Nobody has to be outbid now: just wait, or leave an automatic bid above the price."
        ),
        "leading_unmet": gettext(
            "But the reserve is not met: as it stands, the lot will not be sold. Leave a higher "
            "automatic bid."
        ),
        "ceiling": gettext("Your ceiling is {amount}; only you see it."),
        "outbid": gettext("You were outbid"),
        "outbid_more": gettext("Bid {amount} or more to come back."),
        "won": gettext("You won!"),
        "won_more": gettext("The lot is yours for {amount}. The seller now sees your name."),
        "lost": gettext("Not yours this time"),
        "lost_more": gettext("The lot went to somebody else."),
        "sold": gettext("Sold"),
        "sold_more": gettext("{name} bought it for {amount}."),
        "sold_at_once": gettext("{name} bought it at once for {amount}."),
        "unsold": gettext("Not sold"),
        "unsold_bids": gettext("The bids did not reach the reserve."),
        "unsold_none": gettext("Nobody bid."),
        "cancelled": gettext("Cancelled"),
        "cancelled_more": gettext("Reason: {reason}"),
        "scheduled": gettext("Coming soon"),
        "scheduled_more": gettext("Bids open on {moment}."),
        "least": gettext("{amount} or more"),
        "least_raise": gettext("Above {amount}, your ceiling until now"),
        "least_ceiling": gettext("Above {amount}, the price now"),
        "automatic_bid": gettext("Automatic bid"),
        "raise_ceiling": gettext("Raise your ceiling"),
        "number": gettext("no. {number}"),
        "closed_account": gettext("closed account"),
        "own": gettext("you"),
        "automatic": gettext("automatic"),
        "live": gettext("Live"),
        "connecting": gettext("Connecting…"),
        "reconnecting": gettext("Reconnecting… meanwhile we look every 5 seconds."),
        "offline": gettext("No connection: what you see may be out of date. We keep trying."),
        "edited": gettext("The seller changed this lot. Load the page again to see it."),
        "sending": gettext("Sending…"),
        "accepted_leading": gettext("Your bid counts: you lead at {amount}."),
        "accepted_outbid": gettext(
            "Your bid counts, but an automatic bid outbid it at once: the price is {amount}."
        ),
        "accepted_raise": gettext("Your ceiling is now {amount}."),
        "confirm": gettext("Confirm {amount}"),
        "unknown": gettext(
            "We cannot tell yet whether this went through. Press the button again: it counts once."
        ),
        "retrying": gettext("No answer yet. Asking again; your bid counts once."),
        "say_price": gettext("Current bid {amount}, {bids}."),
        "say_urgent": gettext("Less than a minute left."),
        "say_extended": gettext("The end moved: {time} left."),
        "say_voided": gettext("An administrator voided the bids of bidder {number}: {reason}"),
        "voided": gettext("Your bids were voided"),
        "voided_more": gettext("An administrator voided your bids on this lot; others may bid on."),
        "void": gettext("voided"),
        "say_report": gettext("The report of this auction is there, below the result."),
    }
