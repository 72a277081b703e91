"""The house's settings: read by services, changed by administrators."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from martelo.accounts import details
from martelo.accounts.models import HouseSettings
from martelo.accounts.roles import WHO_MAY_SELL
from martelo.kernel.field_codes import FieldCode
from martelo.kernel.ids import AccountId
from martelo.kernel.one_line import clean_line
from martelo.kernel.refusal import FieldError, InvalidInput

LANGUAGES = ("pt-BR", "en")
TONES = ("warm", "plain")
WINNER_NAMINGS = ("first_and_initial", "masked", "whole")
ENDS = ("sold", "unsold", "cancelled")


@dataclass(frozen=True, slots=True)
class HouseChange:
    """All settings as an administrator wants them.

    `posts` are the ends of auctions that are posted; `winner_naming` is how public texts name a
    winner; the e-mails come from `sender_name`; `who_may_sell` is one of `WHO_MAY_SELL`.
    """

    name: str
    sender_name: str
    language: str
    tone: str
    winner_naming: str
    posts: tuple[str, ...]
    who_may_sell: str


def read_house() -> HouseSettings:
    """Return the settings; the defaults where nobody changed any."""
    return HouseSettings.objects.filter(id=1).first() or HouseSettings()


def change_house(change: HouseChange, by: AccountId) -> HouseSettings:
    """Store the settings; the caller checks that `by` is an administrator.

    Raises:
        InvalidInput: A setting breaks its rule.
    """
    name, sender_name = clean_line(change.name), clean_line(change.sender_name)
    faults = (
        *details.name_faults("name", name),
        *details.name_faults("sender_name", sender_name),
        *_choice_faults("language", [change.language], LANGUAGES),
        *_choice_faults("tone", [change.tone], TONES),
        *_choice_faults("winner_naming", [change.winner_naming], WINNER_NAMINGS),
        *_choice_faults("posts", change.posts, ENDS),
        *_choice_faults("who_may_sell", [change.who_may_sell], WHO_MAY_SELL),
    )
    if faults:
        raise InvalidInput(faults)
    house, _ = HouseSettings.objects.update_or_create(
        id=1,
        defaults={
            "name": name,
            "sender_name": sender_name,
            "language": change.language,
            "tone": change.tone,
            "winner_naming": change.winner_naming,
            "posts": [end for end in ENDS if end in change.posts],
            "who_may_sell": change.who_may_sell,
            "changed_by": uuid.UUID(by),
        },
    )
    return house


def _choice_faults(
    field: str, chosen: Iterable[str], known: tuple[str, ...]
) -> Iterable[FieldError]:
    if not set(chosen) <= set(known):
        yield FieldError(field, FieldCode.NOT_A_CHOICE, {"choices": known})
