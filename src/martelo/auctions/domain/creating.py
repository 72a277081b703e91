"""The draft of an auction and its bounds, as in `auctions_create` (auction rules, section 2)."""

from collections.abc import Iterator
from dataclasses import dataclass

from martelo.auctions.domain.auction import Person, Terms, Texts
from martelo.auctions.domain.entries import Created
from martelo.auctions.domain.increments import TABLE, fixed_step
from martelo.auctions.domain.refusals import InvalidAuction
from martelo.kernel.field_codes import FieldCode
from martelo.kernel.ids import AuctionId
from martelo.kernel.one_line import character_faults, line_faults
from martelo.kernel.refusal import FieldError

SECOND_MS = 1_000
DAY_MS = 86_400_000
MIN_DURATION_MS = 5 * SECOND_MS
MAX_DURATION_MS = 90 * DAY_MS
LATEST_START_MS = 90 * DAY_MS
DURATION_BOUNDS = {
    "min_seconds": MIN_DURATION_MS // SECOND_MS,
    "max_days": MAX_DURATION_MS // DAY_MS,
}
SHORT_AUCTION_MS = 20 * 60 * SECOND_MS
DEFAULT_WINDOW_S = 120
DEFAULT_CAP_S = 1_800
MAX_WINDOW_S = 3_600
MAX_CAP_S = 86_400
MAX_TITLE = 140
MAX_DESCRIPTION = 5_000
MAX_IMAGES = 12
DESCRIPTION_CONTROLS = frozenset("\n\r\t")


@dataclass(frozen=True, slots=True)
class Draft:
    """A requested auction; absent is `None`, amounts in centavos, instants in Unix ms."""

    title: str
    description: str
    starting_cents: int
    ends_at_ms: int | None = None
    duration_ms: int | None = None
    starts_at_ms: int | None = None
    min_increment_cents: int | None = None
    reserve_cents: int | None = None
    buy_now_cents: int | None = None
    soft_close_window_s: int | None = None
    soft_close_cap_s: int | None = None
    category: str | None = None
    image_ids: tuple[str, ...] = ()
    product_id: str | None = None


def faults_of(draft: Draft, now_ms: int) -> list[FieldError]:
    """Return every fault of `draft`, if created at `now_ms`."""
    return [*_text_faults(draft), *_price_faults(draft), *_time_faults(draft, now_ms)]


def default_window_s(duration_ms: int) -> int:
    """Return the soft-close window where none is given: a tenth of a short auction's duration."""
    if duration_ms < SHORT_AUCTION_MS:
        return duration_ms // (10 * SECOND_MS)
    return DEFAULT_WINDOW_S


def create(
    auction_id: AuctionId, seller: Person, draft: Draft, now_ms: int, *, fingerprint: str = ""
) -> Created:
    """Return the creation of `draft` by `seller`.

    Raises:
        InvalidAuction: Naming every field out of bounds.
    """
    faults = faults_of(draft, now_ms)
    if faults:
        raise InvalidAuction(errors=tuple(faults))
    starts_at_ms = max(draft.starts_at_ms or now_ms, now_ms)
    ends_at_ms = draft.ends_at_ms or starts_at_ms + (draft.duration_ms or 0)
    window_s, cap_s = draft.soft_close_window_s, draft.soft_close_cap_s
    if window_s is None:
        window_s = default_window_s(ends_at_ms - starts_at_ms)
    step_cents = draft.min_increment_cents
    return Created(
        seq=1,
        at_ms=now_ms,
        auction_id=auction_id,
        texts=texts_of(draft),
        terms=Terms(
            seller_id=seller.account_id,
            starting_cents=draft.starting_cents,
            bands=TABLE if step_cents is None else fixed_step(step_cents),
            created_at_ms=now_ms,
            starts_at_ms=starts_at_ms,
            first_ends_at_ms=ends_at_ms,
            window_ms=window_s * SECOND_MS,
            cap_ms=(DEFAULT_CAP_S if cap_s is None else cap_s) * SECOND_MS,
            min_increment_cents=step_cents,
            reserve_cents=draft.reserve_cents,
            buy_now_cents=draft.buy_now_cents,
            product_id=draft.product_id,
        ),
        fingerprint=fingerprint,
    )


def texts_of(draft: Draft) -> Texts:
    """Return the texts of `draft`."""
    return Texts(draft.title, draft.description, draft.category, draft.image_ids)


def text_faults(texts: Texts) -> Iterator[FieldError]:
    """Yield the faults of normalised `texts`, whether at the creation or in an edit."""
    yield from line_faults("title", texts.title, MAX_TITLE)
    if len(texts.description) > MAX_DESCRIPTION:
        yield FieldError("description", FieldCode.TOO_LONG, {"max": MAX_DESCRIPTION})
    yield from character_faults("description", texts.description, DESCRIPTION_CONTROLS)
    if len(texts.image_ids) > MAX_IMAGES:
        yield FieldError("image_ids", FieldCode.TOO_MANY, {"max": MAX_IMAGES})


def _text_faults(draft: Draft) -> Iterator[FieldError]:
    yield from text_faults(texts_of(draft))


def _price_faults(draft: Draft) -> Iterator[FieldError]:
    reserve_cents, buy_now_cents = draft.reserve_cents, draft.buy_now_cents
    if reserve_cents is not None and reserve_cents < draft.starting_cents:
        yield FieldError("reserve_price", FieldCode.RESERVE_PRICE_TOO_LOW)
    if buy_now_cents is not None and (
        buy_now_cents <= draft.starting_cents or buy_now_cents < (reserve_cents or 0)
    ):
        yield FieldError("buy_now_price", FieldCode.BUY_NOW_PRICE_TOO_LOW)


def _time_faults(draft: Draft, now_ms: int) -> Iterator[FieldError]:
    starts_at_ms = max(draft.starts_at_ms or now_ms, now_ms)
    if starts_at_ms > now_ms + LATEST_START_MS:
        yield FieldError(
            "starts_at", FieldCode.TOO_FAR_AHEAD, {"max_days": LATEST_START_MS // DAY_MS}
        )
    if (draft.ends_at_ms is None) == (draft.duration_ms is None):
        bounds = {"fields": ["ends_at", "duration_s"]}
        yield FieldError("ends_at", FieldCode.EXACTLY_ONE_REQUIRED, bounds)
    else:
        field = "duration_s" if draft.ends_at_ms is None else "ends_at"
        ends_at_ms = draft.ends_at_ms or starts_at_ms + (draft.duration_ms or 0)
        if not MIN_DURATION_MS <= ends_at_ms - starts_at_ms <= MAX_DURATION_MS:
            yield FieldError(field, FieldCode.DURATION_OUT_OF_RANGE, DURATION_BOUNDS)
    if not 0 <= (draft.soft_close_window_s or 0) <= MAX_WINDOW_S:
        yield FieldError(
            "soft_close_window_s", FieldCode.OUT_OF_RANGE, {"min": 0, "max": MAX_WINDOW_S}
        )
    if not 0 <= (draft.soft_close_cap_s or 0) <= MAX_CAP_S:
        yield FieldError("soft_close_cap_s", FieldCode.OUT_OF_RANGE, {"min": 0, "max": MAX_CAP_S})
