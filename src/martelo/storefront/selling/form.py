"""The seller's form: what was typed, as fields to show again and as a draft for the API."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from django.http import QueryDict
from django.utils.translation import gettext, ngettext

from martelo.storefront.clients.auctions import Json
from martelo.storefront.lots.categories import categories
from martelo.storefront.texts.formatting import parse_local, parse_money, write_instant
from martelo.storefront.web.fields import Field

TEXTS = ("title", "description", "category")
PRICES = ("starting_price", "reserve_price", "buy_now_price", "min_increment")
TIMES = ("starts_at", "ends_at")
SECONDS = ("duration_s", "soft_close_window_s", "soft_close_cap_s")
NAMES = (*TEXTS, *PRICES, *TIMES, *SECONDS)
MAX_TITLE_LENGTH = 140
MAX_DESCRIPTION_LENGTH = 5000
MAX_PICTURES = 12

MINUTE, HOUR, DAY = 60, 3600, 86400
DURATIONS = (5 * MINUTE, 15 * MINUTE, HOUR, 6 * HOUR, DAY, 3 * DAY, 7 * DAY, 14 * DAY, 30 * DAY)
USUAL = {"duration_s": str(3 * DAY)}

_KEY = re.compile(r"[A-Za-z0-9_-]{16,40}", re.ASCII)
_IMAGE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


@dataclass(frozen=True)
class LotForm:
    """What a seller typed; `key` names this form, so that sending it twice makes one lot."""

    typed: Mapping[str, str]
    image_ids: tuple[str, ...]
    key: str


def new_form(usual: Mapping[str, str] = USUAL) -> LotForm:
    """Return an empty form under a new key."""
    return LotForm(dict(usual), (), secrets.token_urlsafe(24))


def read_form(sent: QueryDict) -> LotForm:
    """Return the form that was sent; pictures whose removal was asked for are gone."""
    typed = {name: sent.get(name, "").replace("\r\n", "\n").strip() for name in NAMES}
    dropped = set(sent.getlist("drop"))
    ids = [each for each in sent.getlist("image_id") if _IMAGE_ID.fullmatch(each)]
    key = sent.get("key", "")
    return LotForm(
        typed={name: text for name, text in typed.items() if text},
        image_ids=tuple(each for each in dict.fromkeys(ids) if each not in dropped)[:MAX_PICTURES],
        key=key if _KEY.fullmatch(key) else secrets.token_urlsafe(24),
    )


def with_pictures(form: LotForm, image_ids: Sequence[str]) -> LotForm:
    """Return the form with more pictures."""
    return replace(form, image_ids=(*form.image_ids, *image_ids))


def read_draft(form: LotForm, language: str, zone: tzinfo) -> tuple[Json, dict[str, str]]:
    """Return the draft for the API, and what is wrong with each field, in words."""
    faults: dict[str, str] = {}
    draft: Json = {name: form.typed[name] for name in TEXTS if name in form.typed}
    if "title" not in draft:
        faults["title"] = gettext("Write a title of 1 to 140 characters.")
    if "starting_price" not in form.typed:
        faults["starting_price"] = gettext("Write an amount above zero, as 150 or 150,00.")
    _read_prices(form, language, draft, faults)
    _read_times(form, zone, draft, faults)
    for name in SECONDS:
        if form.typed.get(name, "").isdecimal():
            draft[name] = int(form.typed[name][:9])
    if "ends_at" in form.typed:
        # An end that was typed says more than a length that was merely left standing.
        draft.pop("duration_s", None)
    elif "duration_s" not in draft:
        faults["ends_at"] = gettext("Choose how long the auction lasts, or when it ends.")
    if form.image_ids:
        draft["image_ids"] = list(form.image_ids)
    return draft, faults


def read_change(form: LotForm) -> Json:
    """Return the change of texts and pictures for the API."""
    return {
        "title": form.typed.get("title", ""),
        "description": form.typed.get("description", ""),
        "category": form.typed.get("category"),
        "image_ids": list(form.image_ids),
    }


def text_fields(form: LotForm, faults: Mapping[str, str]) -> list[Field]:
    """Return the fields of what the lot is."""
    none = gettext("No category")
    optional = gettext("optional")
    fields = [
        Field(
            name="title",
            label=gettext("Title"),
            hint=gettext("Say what it is in a few words, as “Carrot cake, serves twelve”."),
            longest=MAX_TITLE_LENGTH,
            is_required=True,
        ),
        Field(
            name="description",
            label=gettext("Description"),
            kind="textarea",
            hint=gettext("Ingredients, size, state, how and when it can be collected."),
            longest=MAX_DESCRIPTION_LENGTH,
            optional=optional,
        ),
        Field(
            name="category",
            label=gettext("Category"),
            kind="select",
            choices=[("", none), *categories().items()],
            optional=optional,
        ),
    ]
    return _filled(fields, form, faults)


def price_fields(form: LotForm, faults: Mapping[str, str]) -> list[Field]:
    """Return the fields of prices."""
    optional = gettext("optional")
    fields = [
        Field(
            name="starting_price",
            label=gettext("Starting price"),
            kind="money",
            hint=gettext("The first bid may be exactly this."),
            is_required=True,
        ),
        Field(
            name="reserve_price",
            label=gettext("Reserve"),
            kind="money",
            hint=gettext("Below this it is not sold. Only whether it was met is shown."),
            optional=optional,
        ),
        Field(
            name="buy_now_price",
            label=gettext("Buy-now price"),
            kind="money",
            hint=gettext("Whoever pays this before the first bid has it at once."),
            optional=optional,
        ),
        Field(
            name="min_increment",
            label=gettext("Fixed step between bids"),
            kind="money",
            hint=gettext("Left empty, the step grows with the price."),
            optional=optional,
        ),
    ]
    return _filled(fields, form, faults)


def time_fields(form: LotForm, faults: Mapping[str, str], zone: str) -> list[Field]:
    """Return the fields of start, end and soft close; `zone` is what their times are told in."""
    optional = gettext("optional")
    told = gettext("Told in the time of %(zone)s.") % {"zone": zone.replace("_", " ")}
    fields = [
        Field(
            name="starts_at",
            label=gettext("Start"),
            kind="datetime-local",
            hint=gettext("Left empty, it starts at once.") + " " + told,
            optional=optional,
        ),
        Field(
            name="duration_s",
            label=gettext("Lasts"),
            kind="select",
            choices=[(str(seconds), length_text(seconds)) for seconds in DURATIONS],
        ),
        Field(
            name="ends_at",
            label=gettext("Or ends exactly at"),
            kind="datetime-local",
            hint=gettext("If given, it counts instead of the length."),
            optional=optional,
        ),
        Field(
            name="soft_close_window_s",
            label=gettext("Late bids add time"),
            kind="select",
            hint=gettext("A bid in the last moments moves the end, so nobody is caught out."),
            choices=[
                ("", gettext("as usual: at least 2 minutes remain")),
                *((str(each), length_text(each)) for each in (30, 60, 300, 600)),
                ("0", gettext("never: it ends on the second")),
            ],
        ),
        Field(
            name="soft_close_cap_s",
            label=gettext("In all at most"),
            kind="select",
            choices=[
                ("", gettext("as usual: 30 minutes more")),
                *((str(each), length_text(each)) for each in (600, HOUR, 3 * HOUR)),
            ],
        ),
    ]
    return _filled(fields, form, faults)


def length_text(seconds: int) -> str:
    """Return a round length of time in words."""
    if seconds >= DAY:
        count = seconds // DAY
        text = ngettext("%(count)d day", "%(count)d days", count)
    elif seconds >= HOUR:
        count = seconds // HOUR
        text = ngettext("%(count)d hour", "%(count)d hours", count)
    elif seconds >= MINUTE:
        count = seconds // MINUTE
        text = ngettext("%(count)d minute", "%(count)d minutes", count)
    else:
        count = seconds
        text = ngettext("%(count)d second", "%(count)d seconds", count)
    return text % {"count": count}


def _filled(fields: Sequence[Field], form: LotForm, faults: Mapping[str, str]) -> list[Field]:
    return [
        replace(field, value=form.typed.get(field.name, ""), fault=faults.get(field.name, ""))
        for field in fields
    ]


def _read_prices(form: LotForm, language: str, draft: Json, faults: dict[str, str]) -> None:
    for name in PRICES:
        if name not in form.typed:
            continue
        amount = parse_money(form.typed[name], language)
        if amount is None:
            faults[name] = gettext("Write an amount above zero, as 150 or 150,00.")
        else:
            draft[name] = amount


def _read_times(form: LotForm, zone: tzinfo, draft: Json, faults: dict[str, str]) -> None:
    for name in TIMES:
        if name not in form.typed:
            continue
        at: datetime | None = parse_local(form.typed[name], zone)
        if at is None:
            faults[name] = gettext("Choose a day and a time.")
        else:
            draft[name] = write_instant(at)
