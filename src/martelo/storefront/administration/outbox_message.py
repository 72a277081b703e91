"""Messages of the outbox as they would be sent, for administrators to look at."""

from dataclasses import dataclass
from typing import Any

import orjson
from django.utils.translation import gettext

from martelo.storefront.administration.effects import language_of
from martelo.storefront.clients.auctions import Json
from martelo.storefront.texts import error_texts

_IN_A_FRAME = '<!doctype html><base target="_blank">'
"""A link of the e-mail would open a window, which its frame may not: it does nothing."""


@dataclass(frozen=True, kw_only=True)
class OutboxEmail:
    """An e-mail with its envelope; a `…_trouble` says why something of it is not known."""

    is_email: bool = True
    sender: str
    sender_trouble: str
    recipient: str
    role: str
    recipient_trouble: str
    subject: str
    dated: str
    message_id: str
    text: str
    page: str
    """The HTML part, as the document of a frame."""
    source: str
    language: str
    """What it is written in; empty where that is the page's, or is not known."""


@dataclass(frozen=True, kw_only=True)
class OutboxPost:
    """A post; `payload` is the JSON that Discord would be given."""

    is_email: bool = False
    payload: str


def outbox_message(effect: Json) -> OutboxEmail | OutboxPost | None:
    """Return the message of an effect of the outbox; `None` once its text is forgotten."""
    message: dict[str, Any] | None = effect.get("message")
    if message is None:
        return None
    if message.get("type") == "post":
        payload = orjson.dumps(message.get("payload"), option=orjson.OPT_INDENT_2)
        return OutboxPost(payload=payload.decode())
    return _email(message, language_of(effect))


def _email(message: dict[str, Any], language: str) -> OutboxEmail:
    sender, recipient = message["sender"], message["recipient"]
    return OutboxEmail(
        sender=_named(sender),
        sender_trouble="" if sender.get("address") else gettext("MAIL_FROM is not set"),
        recipient=_named(recipient),
        role=_roles().get(str(recipient.get("role")), ""),
        recipient_trouble=_troubles().get(str(recipient.get("missing")), ""),
        subject=str(message.get("subject", "")),
        dated=error_texts.moment(message.get("dated_at")),
        message_id=str(message.get("message_id") or ""),
        text=str(message.get("text", "")),
        page=_IN_A_FRAME + str(message.get("html", "")),
        source=str(message.get("source") or ""),
        language=language,
    )


def _named(person: dict[str, Any]) -> str:
    name, address = str(person.get("name") or ""), str(person.get("address") or "")
    return f"{name} <{address}>".strip() if address else name


def _roles() -> dict[str, str]:
    return {
        "winner": gettext("the winner of the lot"),
        "seller": gettext("the seller of the lot"),
    }


def _troubles() -> dict[str, str]:
    return {
        "account-gone": gettext("The account is gone: this e-mail would not be sent."),
        "address-unwritable": gettext("No e-mail can be written to this address."),
        "accounts-unavailable": gettext("The address cannot be looked up right now."),
    }
