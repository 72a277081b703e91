"""What a house should say before it opens to the public."""

from collections.abc import Iterator

from martelo.accounts.models import HouseSettings

DEFAULT_NAME = "Martelo"


def missing_parts(house: HouseSettings, *, sends_mail: bool) -> Iterator[str]:
    """Yield what is missing, by the settings' names."""
    if house.name == DEFAULT_NAME:
        yield "name"
    for part in ("legal_name", "tax_id", "postal_address", "contact_email"):
        if not getattr(house, part):
            yield part
    if house.terms_version == 0:
        yield "terms"
    if not sends_mail:
        yield "mail"
