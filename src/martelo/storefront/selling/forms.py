"""Forms of sellers: a lot to offer, its texts and pictures, and why it is cancelled."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext, gettext_lazy, ngettext

from martelo.storefront.clients.auctions import Json
from martelo.storefront.lot_parts.category_field import CategoryField
from martelo.storefront.lot_parts.pictures import thumbnail_address
from martelo.storefront.web.form_keys import new_key, read_key
from martelo.storefront.web.forms import (
    ChoiceField,
    Form,
    LocalDateTimeField,
    MoneyField,
    MultilineField,
    bound_fields,
)

if TYPE_CHECKING:
    from martelo.storefront.web.forms import Files

TEXTS = ("title", "description", "category")
PRICES = ("starting_price", "reserve_price", "buy_now_price", "min_increment")
TIMES = ("starts_at", "duration_s", "ends_at", "soft_close_window_s", "soft_close_cap_s")
MAX_TITLE_LENGTH = 140
MAX_DESCRIPTION_LENGTH = 5000
MAX_REASON_LENGTH = 500
MAX_PICTURES = 12

MINUTE, HOUR, DAY = 60, 3600, 86400
DURATIONS = (5 * MINUTE, 15 * MINUTE, HOUR, 6 * HOUR, DAY, 3 * DAY, 7 * DAY, 14 * DAY, 30 * DAY)
DEFAULT_DURATION = 3 * DAY
WINDOWS = (30, MINUTE, 5 * MINUTE, 10 * MINUTE)
CAPS = (10 * MINUTE, HOUR, 3 * HOUR)

_IMAGE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_INVALID_TITLE = gettext_lazy("Write a title of 1 to 140 characters.")


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


class SecondsField(ChoiceField):
    """A length of time from a list; its value is seconds, `None` where none was chosen."""

    def clean(self, value: object) -> int | None:
        """Return the seconds."""
        chosen = super().clean(value)
        return int(chosen) if chosen else None


class PicturesInput(forms.FileInput):
    """Pictures to add, any number of them."""

    allow_multiple_selected = True


def _lengths(seconds: Sequence[int]) -> list[tuple[str, str]]:
    return [(str(each), length_text(each)) for each in seconds]


def _durations() -> list[tuple[str, str]]:
    return _lengths(DURATIONS)


def _windows() -> list[tuple[str, str]]:
    usual = ("", gettext("as usual: at least 2 minutes remain"))
    return [usual, *_lengths(WINDOWS), ("0", gettext("never: it ends on the second"))]


def _caps() -> list[tuple[str, str]]:
    return [("", gettext("as usual: 30 minutes more")), *_lengths(CAPS)]


def _start_hint() -> str:
    hints = gettext("Left empty, it starts at once."), gettext("Times are those of %(zone)s.")
    return " ".join(hints) % {"zone": timezone.get_current_timezone_name().replace("_", " ")}


class LotTextsForm(Form):
    """A lot's texts and pictures.

    `image_ids` are the pictures stored so far; `key` names the form, so that what is sent twice is
    done once.
    """

    marked_optional: ClassVar = frozenset({"description", "category"})
    api_fields: ClassVar = {"image_ids": "pictures"}

    title = forms.CharField(
        label=gettext_lazy("Title"),
        help_text=gettext_lazy("Say what it is in a few words, as “Carrot cake, serves twelve”."),
        max_length=MAX_TITLE_LENGTH,
        error_messages={"required": _INVALID_TITLE, "max_length": _INVALID_TITLE},
    )
    description = MultilineField(
        label=gettext_lazy("Description"),
        help_text=gettext_lazy("Ingredients, size, state, how and when it can be collected."),
        max_length=MAX_DESCRIPTION_LENGTH,
        required=False,
        error_messages={"max_length": gettext_lazy("Write at most 5000 characters.")},
    )
    category = CategoryField(none=gettext_lazy("No category"))
    pictures = forms.Field(
        label=gettext_lazy("Add pictures"),
        help_text=gettext_lazy(
            "Up to 12, as JPEG, PNG or WebP of at most 15 MB. The first one appears in the lists. "
            "Where and when they were taken is removed."
        ),
        required=False,
        widget=PicturesInput(attrs={"accept": "image/jpeg,image/png,image/webp", "multiple": True}),
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        files: "Files | None" = None,
        *,
        initial: Mapping[str, object] | None = None,
        image_ids: Sequence[str] = (),
    ) -> None:
        super().__init__(data, files, initial=initial)
        self.key = new_key() if data is None else read_key(data)
        self.image_ids = tuple(image_ids) if data is None else _read_image_ids(data)

    @property
    def texts(self) -> list[forms.BoundField]:
        """Return the fields of what the lot is."""
        return bound_fields(self, TEXTS)

    @property
    def thumbnails(self) -> list[tuple[str, str]]:
        """Return the id and the thumbnail's address of each picture stored so far."""
        return [(each, thumbnail_address(each)) for each in self.image_ids]

    def add_pictures(self, image_ids: Sequence[str]) -> None:
        """Add pictures that were stored."""
        self.image_ids = (*self.image_ids, *image_ids)

    def change(self) -> Json:
        """Return the change of texts and pictures that a valid form asks for."""
        texts = {name: self.cleaned_data[name] for name in TEXTS}
        category = texts["category"] or None
        return {**texts, "category": category, "image_ids": list(self.image_ids)}


class LotForm(LotTextsForm):
    """A lot to offer."""

    marked_optional: ClassVar = frozenset(
        {*LotTextsForm.marked_optional, *PRICES[1:], "starts_at", "ends_at"}
    )

    starting_price = MoneyField(
        label=gettext_lazy("Starting price"),
        help_text=gettext_lazy("The first bid may be exactly this."),
    )
    reserve_price = MoneyField(
        label=gettext_lazy("Reserve"),
        help_text=gettext_lazy("Below this it is not sold. Only whether it was met is shown."),
        required=False,
    )
    buy_now_price = MoneyField(
        label=gettext_lazy("Buy-now price"),
        help_text=gettext_lazy("Whoever pays this before the first bid has it at once."),
        required=False,
    )
    min_increment = MoneyField(
        label=gettext_lazy("Fixed step between bids"),
        help_text=gettext_lazy("Left empty, the step grows with the price."),
        required=False,
    )
    starts_at = LocalDateTimeField(
        label=gettext_lazy("Start"), help_text=lazy(_start_hint, str)(), required=False
    )
    duration_s = SecondsField(
        label=gettext_lazy("Lasts"), choices=_durations, initial=DEFAULT_DURATION, required=False
    )
    ends_at = LocalDateTimeField(
        label=gettext_lazy("Or ends exactly at"),
        help_text=gettext_lazy("If given, it counts instead of the length."),
        required=False,
    )
    soft_close_window_s = SecondsField(
        label=gettext_lazy("Late bids add time"),
        choices=_windows,
        help_text=gettext_lazy("A bid in the last moments moves the end, so nobody is caught out."),
        required=False,
    )
    soft_close_cap_s = SecondsField(
        label=gettext_lazy("In all at most"), choices=_caps, required=False
    )

    @property
    def prices(self) -> list[forms.BoundField]:
        """Return the fields of prices."""
        return bound_fields(self, PRICES)

    @property
    def times(self) -> list[forms.BoundField]:
        """Return the fields of start, end and soft close."""
        return bound_fields(self, TIMES)

    @property
    def typed(self) -> dict[str, str]:
        """Return what was typed, by field, without space around it."""
        values = {name: self[name].value() for name in (*TEXTS, *PRICES, *TIMES)}
        return {name: text for name, value in values.items() if (text := str(value or "").strip())}

    def reopened(self, *, has_new_key: bool = False) -> "LotForm":
        """Return the form with what was typed, unchecked, so that it can be changed."""
        form = LotForm(initial=self.typed, image_ids=self.image_ids)
        form.key = form.key if has_new_key else self.key
        return form

    def clean(self) -> None:
        """Check that the lot has an end."""
        has_end = bool(self["ends_at"].value()) or "duration_s" in self.errors
        if not has_end and self.cleaned_data.get("duration_s") is None:
            text = gettext("Choose how long the auction lasts, or when it ends.")
            self.add_error("ends_at", text)

    def draft(self) -> Json:
        """Return the draft for the API, without what is invalid or empty."""
        values = {name: self.cleaned_data.get(name) for name in (*TEXTS, *PRICES, *TIMES)}
        draft = {name: value for name, value in values.items() if value not in {"", None}}
        if "ends_at" in draft:
            # An end that was typed says more than a length that was left as it was.
            draft.pop("duration_s", None)
        if self.image_ids:
            draft["image_ids"] = list(self.image_ids)
        return draft


class CancelForm(Form):
    """Why a lot is cancelled; an administrator must give a reason."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Everyone can read it on the lot's page."),
        max_length=MAX_REASON_LENGTH,
        error_messages={
            "required": gettext_lazy("Give a reason of up to 500 characters."),
            "max_length": gettext_lazy("Give a reason of up to 500 characters."),
        },
    )

    def __init__(self, data: QueryDict | None = None, *, needs_reason: bool) -> None:
        super().__init__(data)
        self.key = new_key() if data is None else read_key(data)
        self.fields["reason"].required = needs_reason
        self.fields["reason"].widget.is_required = needs_reason
        self.marked_optional = frozenset() if needs_reason else frozenset({"reason"})  # type: ignore[misc]


def _read_image_ids(sent: QueryDict) -> tuple[str, ...]:
    """Return the pictures that a form holds, without those to be removed."""
    removed = set(sent.getlist("drop"))
    ids = [each for each in sent.getlist("image_id") if _IMAGE_ID.fullmatch(each)]
    return tuple(each for each in dict.fromkeys(ids) if each not in removed)[:MAX_PICTURES]
