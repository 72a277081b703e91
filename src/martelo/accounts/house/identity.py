"""Who runs the house, and how it looks: what visitors may know before they trade."""

import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from typing import Final

from stdnum.br import cnpj, cpf

from martelo.accounts.details import clean_email
from martelo.accounts.house.colours import accent_faults
from martelo.accounts.models import HouseLogo, HouseSettings
from martelo.kernel.email_addresses import is_email_address
from martelo.kernel.field_codes import FieldCode
from martelo.kernel.ids import AccountId
from martelo.kernel.one_line import clean_line, line_faults
from martelo.kernel.refusal import FieldError, refuse_faults

AUCTIONEER: Final = "auctioneer"
CONDUCTORS: Final = ("seller", "charity", AUCTIONEER)
"""Who conducts a sale. Only an official auctioneer may be called one (Decree 21,981 of 1932)."""

MAX_LENGTHS: Final = {
    "tagline": 120,
    "contact_phone": 40,
    "postal_address": 300,
    "legal_name": 160,
    "auctioneer_registration": 80,
}


@dataclass(frozen=True, slots=True)
class Identity:
    """Who runs the house; empty texts are not given.

    `accent` is a colour as `#8a2f1d`, `tax_id` a CPF or CNPJ, `conducted_by` one of `CONDUCTORS`.
    """

    tagline: str
    accent: str
    contact_email: str
    contact_phone: str
    postal_address: str
    legal_name: str
    tax_id: str
    conducted_by: str
    auctioneer_registration: str


def change_identity(identity: Identity, by: AccountId) -> HouseSettings:
    """Store who runs the house; the caller checks that `by` is an administrator.

    Raises:
        InvalidInput: A part breaks its rule.
    """
    cleaned = _clean(identity)
    refuse_faults(*_faults(cleaned))
    return _update(asdict(cleaned), by)


def change_logo(content: bytes, digest: str, by: AccountId) -> HouseSettings:
    """Store a logo, encoded by the images API; `digest` is the SHA-256 of its content."""
    HouseLogo.objects.update_or_create(id=1, defaults={"content": content})
    return _update({"logo_digest": digest}, by)


def remove_logo(by: AccountId) -> HouseSettings:
    """Show the house's name alone again; pages that were opened before still find the picture."""
    return _update({"logo_digest": ""}, by)


def read_logo() -> bytes | None:
    """Return the logo, a WebP picture."""
    logo = HouseLogo.objects.filter(id=1).first()
    return None if logo is None else bytes(logo.content)


def format_tax_id(tax_id: str) -> str:
    """Return a CPF or CNPJ with its usual punctuation."""
    return str(cpf.format(tax_id) if cpf.is_valid(tax_id) else cnpj.format(tax_id))


def imprint(house: HouseSettings) -> list[str]:
    """Return who runs the house and how it is reached, as the lines below its e-mails."""
    lines = (
        legal_line(house),
        house.postal_address,
        " · ".join(filter(None, (house.contact_email, house.contact_phone))),
    )
    return [line for line in lines if line]


def legal_line(house: HouseSettings) -> str:
    """Return the name and the tax id of who runs the house, in one line."""
    tax_id = format_tax_id(house.tax_id) if house.tax_id else ""
    return " · ".join(filter(None, (house.legal_name, tax_id)))


def _update(changed: dict[str, object], by: AccountId) -> HouseSettings:
    house, _ = HouseSettings.objects.update_or_create(
        id=1, defaults={**changed, "changed_by": uuid.UUID(by)}
    )
    return house


def _clean(identity: Identity) -> Identity:
    texts = {each.name: clean_line(getattr(identity, each.name)) for each in fields(identity)}
    tax_id = texts["tax_id"]
    if tax_id:
        texts["tax_id"] = str(cpf.compact(tax_id) if cpf.is_valid(tax_id) else cnpj.compact(tax_id))
    texts["accent"] = texts["accent"].lower()
    texts["contact_email"] = clean_email(texts["contact_email"])
    return Identity(**texts)


def _faults(identity: Identity) -> Iterator[FieldError]:
    for field, maximum in MAX_LENGTHS.items():
        if text := getattr(identity, field):
            yield from line_faults(field, text, maximum)
    if identity.accent:
        yield from accent_faults("accent", identity.accent)
    if identity.contact_email and not is_email_address(identity.contact_email):
        yield FieldError("contact_email", FieldCode.NOT_AN_EMAIL)
    if identity.tax_id and not (cpf.is_valid(identity.tax_id) or cnpj.is_valid(identity.tax_id)):
        yield FieldError("tax_id", FieldCode.NOT_A_TAX_ID)
    if identity.conducted_by not in CONDUCTORS:
        yield FieldError("conducted_by", FieldCode.NOT_A_CHOICE, {"choices": CONDUCTORS})
    if identity.conducted_by == AUCTIONEER:
        for field in ("legal_name", "auctioneer_registration"):
            if not getattr(identity, field):
                yield FieldError(field, FieldCode.REQUIRED)
