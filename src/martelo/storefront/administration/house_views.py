"""The house's settings: how its texts speak, whom its e-mails are from, and what it posts."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from django.contrib import messages
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from martelo.accounts.details import MAX_NAME_LENGTH
from martelo.accounts.house import ENDS, HouseChange, change_house, read_house
from martelo.accounts.models import HouseSettings
from martelo.kernel.ids import AccountId
from martelo.kernel.refusal import InvalidInput
from martelo.storefront.sessions.sessions import Session
from martelo.storefront.texts.field_texts import explain_fault
from martelo.storefront.web.access import administrators_only
from martelo.storefront.web.fields import Field
from martelo.storefront.web.safe_paths import see_other

ADDRESS = "/administracao/casa"

Faults = Mapping[str, str]

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class HouseViews:
    """The views of the house's settings."""

    @administrators_only
    def show(self, request: HttpRequest, _session: Session) -> HttpResponse:
        """Show the settings."""
        house = read_house()
        return _page(request, _change_of(house), {})

    @administrators_only
    def change(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Change the settings."""
        wanted = _read_change(request.POST)
        by = AccountId(session.person.account_id)
        try:
            change_house(wanted, by)
        except InvalidInput as error:
            # In the accounts' words a `name` is a person's; here each field has its own label.
            faults = {
                each.field: explain_fault("", each.code, each.bounds) for each in error.errors
            }
            return _page(request, wanted, faults, HTTPStatus.BAD_REQUEST)
        except (OperationalError, InterfaceError) as error:
            log.warning("house-unavailable", reason=type(error).__name__)
            down = gettext("The settings cannot be kept right now. Try again soon.")
            return _page(request, wanted, {"": down}, HTTPStatus.SERVICE_UNAVAILABLE)
        log.info(
            "house-changed",
            account_id=by,
            language=wanted.language,
            tone=wanted.tone,
            winner_naming=wanted.winner_naming,
            posts=wanted.posts,
        )
        messages.success(
            request, gettext("The house's settings were changed. New texts follow them.")
        )
        return see_other(ADDRESS)


def _change_of(house: HouseSettings) -> HouseChange:
    return HouseChange(
        name=house.name,
        sender_name=house.sender_name,
        language=house.language,
        tone=house.tone,
        winner_naming=house.winner_naming,
        posts=tuple(house.posts),
    )


def _read_change(typed: Mapping[str, str]) -> HouseChange:
    return HouseChange(
        name=typed.get("name", ""),
        sender_name=typed.get("sender_name", ""),
        language=typed.get("language", ""),
        tone=typed.get("tone", ""),
        winner_naming=typed.get("winner_naming", ""),
        posts=tuple(end for end in ENDS if typed.get(_post_field(end))),
    )


def _page(
    request: HttpRequest, house: HouseChange, faults: Faults, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    checked = gettext("Please check the fields marked below.") if faults else ""
    facts = {
        "names": _name_fields(house, faults),
        "texts": _text_fields(house, faults),
        "posts": _post_fields(house),
        "trouble": faults.get("") or checked,
    }
    return render(request, "administration/house.html", facts, status=status)


def _name_fields(house: HouseChange, faults: Faults) -> list[Field]:
    return [
        Field(
            name="name",
            label=gettext("Name of the house"),
            value=house.name[:MAX_NAME_LENGTH],
            fault=faults.get("name", ""),
            longest=MAX_NAME_LENGTH,
            is_required=True,
        ),
        Field(
            name="sender_name",
            label=gettext("Sender of the e-mails"),
            value=house.sender_name[:MAX_NAME_LENGTH],
            hint=gettext("The name that people see in their inbox."),
            fault=faults.get("sender_name", ""),
            longest=MAX_NAME_LENGTH,
            is_required=True,
        ),
    ]


def _text_fields(house: HouseChange, faults: Faults) -> list[Field]:
    return [
        Field(
            name="language",
            label=gettext("Language of the texts"),
            kind="select",
            value=house.language,
            choices=[("pt-BR", "Português"), ("en", "English")],
            fault=faults.get("language", ""),
        ),
        Field(
            name="tone",
            label=gettext("Tone"),
            kind="select",
            value=house.tone,
            choices=[("warm", gettext("Warm")), ("plain", gettext("Plain"))],
            fault=faults.get("tone", ""),
        ),
        Field(
            name="winner_naming",
            label=gettext("How public texts name the winner"),
            kind="select",
            value=house.winner_naming,
            choices=[
                ("first_and_initial", gettext("First name and initial: Ana S.")),
                ("masked", gettext("Masked: A***a")),
                ("whole", gettext("Whole name: Ana Souza")),
            ],
            hint=gettext(
                "In the report and in posts. Seller and winner see the whole name anyway."
            ),
            fault=faults.get("winner_naming", ""),
        ),
    ]


def _post_fields(house: HouseChange) -> list[Field]:
    labels = {
        "sold": gettext("Lots that were sold"),
        "unsold": gettext("Lots that were not sold"),
        "cancelled": gettext("Auctions that were cancelled"),
    }
    return [
        Field(
            name=_post_field(end),
            label=labels[end],
            kind="checkbox",
            value="1" if end in house.posts else "",
        )
        for end in ENDS
    ]


def _post_field(end: str) -> str:
    return f"posts_{end}"
