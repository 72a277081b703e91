"""The templates in English."""

from collections.abc import Callable, Mapping

from martelo.agent.domain.facts import Status
from martelo.agent.domain.guarding.cleaning import CleanFacts
from martelo.agent.domain.templates.phrases import Phrases, ended
from martelo.agent.domain.texts import Kind

Piece = tuple[str, list[str]]
"""A title or subject, and paragraphs; empty ones are left out."""

_BELOW = "The next steps and the whole report are just below."


def _sold_report(_facts: CleanFacts, said: Phrases) -> Piece:
    return f"Sold: {said.item} for {said.value}", [
        _sold_opening(said),
        _sold_course(said),
        _times(said),
        "Thank you to everyone who took part." if said.is_warm else "",
    ]


def _sold_opening(said: Phrases) -> str:
    gavel = "Going, going, gone! " if said.is_warm else ""
    how = ", at the buy now price" if said.is_bought_now else ""
    verb = "bought" if said.is_bought_now else "won"
    return f"{gavel}{said.winner} {verb} the lot {said.item} for **{said.value}**{how}."


def _sold_course(said: Phrases) -> str:
    if said.is_bought_now:
        bidding = f"with {said.bids}" if said.has_bids else "without bidding"
        return f"The starting price was {said.starting}, and the auction ended {bidding}."
    sentences = [
        f"The lot drew {said.bids} from {said.bidders}, from a starting price of {said.starting}."
    ]
    if said.first_bid and said.last_bid:
        sentences.append(
            f"The first bid, by {said.first_bid[0]}, was {said.first_bid[1]}; the last, by"
            f" {said.last_bid[0]}, reached {said.last_bid[1]}."
        )
    if said.is_reserve_met:
        sentences.append("The reserve price was met.")
    return " ".join(sentences)


def _times(said: Phrases) -> str:
    course = f"The auction opened on {said.opened} and ended on {said.closed}."
    if said.extended is None:
        return course
    return f"{course} The end was moved {said.extended} by late bids."


def _unsold_report(_facts: CleanFacts, said: Phrases) -> Piece:
    return f"Not sold: {said.item}", [
        _unsold_why(said, f"The lot {said.item}"),
        _times(said),
        "Perhaps next time?" if said.is_warm else "",
    ]


def _unsold_why(said: Phrases, lot: str) -> str:
    if not said.has_bids:
        return f"{lot} drew no bids and was not sold. The starting price was {said.starting}."
    highest = f" The last bid was {said.last_bid[1]}." if said.last_bid else ""
    return (
        f"{lot} drew {said.bids} from {said.bidders}, but the reserve price was not met and the lot"
        f" was not sold.{highest}"
    )


def _cancelled_report(facts: CleanFacts, said: Phrases) -> Piece:
    return f"Cancelled: {said.item}", [
        f"The auction of the lot {said.item} was cancelled {_by(facts)}.",
        ended(f"The stated reason: {said.reason}") if said.reason else "No reason was stated.",
        f"Until then the lot had {said.bids} from {said.bidders}." if said.has_bids else "",
        _times(said),
    ]


def _by(facts: CleanFacts) -> str:
    return "by the seller" if facts.cancelled_by_seller else "by the administration of the house"


def _winner_email(_facts: CleanFacts, said: Phrases) -> Piece:
    subject = (
        f"Congratulations! {said.item} is yours" if said.is_warm else f"You have won {said.item}"
    )
    return subject, [
        f"Hello {said.winner}!" if said.is_warm else f"Dear {said.winner},",
        _won(said),
        "The next steps for payment are just below.",
        _farewell(said, "Thank you for taking part, and enjoy it!"),
    ]


def _won(said: Phrases) -> str:
    joy = "Congratulations! " if said.is_warm else ""
    if said.is_bought_now:
        return f"{joy}You bought the lot {said.item} for {said.value}, at the buy now price."
    return (
        f"{joy}You won the lot {said.item} for {said.value}, in an auction with {said.bids} from"
        f" {said.bidders}."
    )


def _sold_email(_facts: CleanFacts, said: Phrases) -> Piece:
    news = "Good news! " if said.is_warm else ""
    verb = "bought" if said.is_bought_now else "won"
    how = ", at the buy now price" if said.is_bought_now else ""
    return f"Your lot {said.item} was sold", [
        _greeting(said),
        f"{news}{said.winner} {verb} your lot {said.item} for {said.value}{how}.",
        _BELOW,
        _farewell(said, "Thank you for selling with us!"),
    ]


def _unsold_email(_facts: CleanFacts, said: Phrases) -> Piece:
    return f"Your lot {said.item} was not sold", [
        _greeting(said),
        f"Your lot {said.item} was not sold: {_unsold_reason(said)}.",
        _BELOW,
        _farewell(said, "Good luck next time!"),
    ]


def _unsold_reason(said: Phrases) -> str:
    if not said.has_bids:
        return "it drew no bids"
    if said.last_bid is None:
        return "the reserve price was not met"
    return f"the last bid, {said.last_bid[1]}, did not meet the reserve price"


def _cancelled_email(facts: CleanFacts, said: Phrases) -> Piece:
    lot = f"the auction of your lot {said.item}"
    is_own = facts.cancelled_by_seller
    who = f"You cancelled {lot}" if is_own else f"The administration of the house cancelled {lot}"
    return f"The auction of {said.item} was cancelled", [
        _greeting(said),
        ended(
            f"{who}, for this reason: {said.reason}"
            if said.reason
            else f"{who}, without stating a reason"
        ),
        _BELOW,
        _farewell(said, "Until next time!"),
    ]


def _greeting(said: Phrases) -> str:
    return f"Hello {said.seller}!" if said.is_warm else f"Dear {said.seller},"


def _farewell(said: Phrases, warm: str) -> str:
    team = f"The {said.house} team"
    return f"{warm}\n{team}" if said.is_warm else f"Yours sincerely,\n{team}"


def _sold_post(_facts: CleanFacts, said: Phrases) -> Piece:
    verb = "bought" if said.is_bought_now else "won"
    course = "" if said.is_bought_now else f"The lot drew {said.bids} from {said.bidders}."
    if said.is_warm:
        gavel = "Going, going, gone!"
        return f"🔨 Sold: {said.item}", [
            f"{gavel} {said.winner} {verb} {said.item} for {said.value}! {course}".strip(),
            "Congratulations! 🎉",
        ]
    return f"Sold: {said.item}", [
        f"{said.winner} {verb} {said.item} for {said.value}. {course}".strip()
    ]


def _unsold_post(_facts: CleanFacts, said: Phrases) -> Piece:
    return f"Not sold: {said.item}", [_unsold_why(said, f"The lot {said.item}")]


def _cancelled_post(facts: CleanFacts, said: Phrases) -> Piece:
    return f"Cancelled: {said.item}", [
        f"The auction of the lot {said.item} was cancelled {_by(facts)}."
    ]


PIECES: Mapping[tuple[Kind, Status], Callable[[CleanFacts, Phrases], Piece]] = {
    (Kind.REPORT, Status.SOLD): _sold_report,
    (Kind.REPORT, Status.UNSOLD): _unsold_report,
    (Kind.REPORT, Status.CANCELLED): _cancelled_report,
    (Kind.EMAIL_WINNER, Status.SOLD): _winner_email,
    (Kind.EMAIL_SELLER, Status.SOLD): _sold_email,
    (Kind.EMAIL_SELLER, Status.UNSOLD): _unsold_email,
    (Kind.EMAIL_SELLER, Status.CANCELLED): _cancelled_email,
    (Kind.DISCORD, Status.SOLD): _sold_post,
    (Kind.DISCORD, Status.UNSOLD): _unsold_post,
    (Kind.DISCORD, Status.CANCELLED): _cancelled_post,
}
