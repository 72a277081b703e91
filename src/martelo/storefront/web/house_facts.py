"""The house as every page shows it: its name, logo, colours, and who runs it."""

from dataclasses import dataclass

from django.utils.translation import gettext

from martelo.accounts.house.identity import AUCTIONEER, legal_line
from martelo.accounts.models import HouseSettings

STYLE_PATH = "/casa/cores.css"
LOGO_PATH = "/casa/logo.webp"
DIGEST_LENGTH = 12
"""So much of a logo's digest is in its address."""


@dataclass(frozen=True, slots=True)
class HouseFacts:
    """What pages show of the house; addresses and texts are empty where there is nothing.

    `legal` is who runs it, in one line; `terms_version` is 0 where the house has no terms.
    """

    name: str
    tagline: str
    logo: str
    style: str
    legal: str
    postal_address: str
    contact_email: str
    contact_phone: str
    conductor: str
    terms_version: int


def facts_of(house: HouseSettings) -> HouseFacts:
    """Return what pages show of a house, in the active language."""
    return HouseFacts(
        name=house.name,
        tagline=house.tagline,
        # An address that changes with what it leads to can be cached for good.
        logo=f"{LOGO_PATH}?v={house.logo_digest[:DIGEST_LENGTH]}" if house.logo_digest else "",
        style=f"{STYLE_PATH}?v={house.accent[1:]}" if house.accent else "",
        legal=legal_line(house),
        postal_address=house.postal_address,
        contact_email=house.contact_email,
        contact_phone=house.contact_phone,
        conductor=_conductor(house),
        terms_version=house.terms_version,
    )


def _conductor(house: HouseSettings) -> str:
    if house.conducted_by == AUCTIONEER:
        text = gettext("Sales conducted by the official auctioneer %(name)s, %(registration)s.")
        return text % {"name": house.legal_name, "registration": house.auctioneer_registration}
    if house.conducted_by == "charity":
        name = house.legal_name or house.name
        return gettext("Sales held by %(name)s for a charitable cause.") % {"name": name}
    return gettext("Each seller conducts the sale of their own lots.")
