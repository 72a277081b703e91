"""Money and times in the reader's form: `R$ 1.234,56` or `R$1,234.56`, and back from what is typed.

`language` is a code of Django's `LANGUAGES`; everything but English is written as in Brazil.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from martelo.kernel.instants import EPOCH, format_instant, parse_instant
from martelo.kernel.money import format_amount, parse_amount

ENGLISH = "en"
NO_BREAK = "\u00a0"
BRASILIA_TIME = frozenset(
    {
        "America/Araguaina",
        "America/Bahia",
        "America/Belem",
        "America/Fortaleza",
        "America/Maceio",
        "America/Recife",
        "America/Santarem",
        "America/Sao_Paulo",
    }
)
"""The zones of Brazil that keep the time of its capital."""

_PLAIN = re.compile(r"([0-9]+)(?:[.,]([0-9]{1,2}))?", re.ASCII)
_GROUPED = {
    ".": re.compile(r"([0-9]{1,3}(?:\.[0-9]{3})+)(?:,([0-9]{1,2}))?", re.ASCII),
    ",": re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]{1,2}))?", re.ASCII),
}
_MONTHS = "jan fev mar abr mai jun jul ago set out nov dez".split()  # noqa: SIM905 - read as said
_ENGLISH_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()  # noqa: SIM905


def format_money(amount: str | None, language: str) -> str:
    """Return an amount of the API, as `1234.56`, as people write it; empty where there is none."""
    cents = _cents(amount)
    if cents is None:
        return ""
    number = f"{cents // 100:,}.{cents % 100:02d}"
    if language == ENGLISH:
        return f"R${number}"
    return f"R${NO_BREAK}{number.translate(str.maketrans(',.', '.,'))}"


def format_dollars(micro_usd: int, language: str) -> str:
    """Return millionths of a US dollar, to the last one: `US$ 0,00057` or `US$0.00057`."""
    whole, rest = divmod(micro_usd, 1_000_000)
    decimals = f"{rest:06d}".rstrip("0").ljust(2, "0")
    if language == ENGLISH:
        return f"US${whole}.{decimals}"
    return f"US${NO_BREAK}{whole},{decimals}"


def format_number(amount: str | None, language: str) -> str:
    """Return an amount of the API as it is written in a form's field: no currency, no grouping."""
    cents = _cents(amount)
    if cents is None:
        return ""
    return format_amount(cents) if language == ENGLISH else format_amount(cents).replace(".", ",")


def parse_money(typed: str, language: str) -> str | None:
    """Return what somebody typed as an amount of the API, or `None` where it is none.

    `1.234,56`, `1,234.56`, `1234.56`, `1234,5` and `R$ 1.234` all have one meaning. A single
    separator before exactly three digits groups thousands in the language that writes it so
    (`1.234` is 1234 in Portuguese, `1,234` in English); in the other it is refused, because it
    can be read in two ways.
    """
    text = re.sub(r"\s", "", typed).upper().removeprefix("R$")
    matched = _PLAIN.fullmatch(text) or _match_grouped(text, "," if language == ENGLISH else ".")
    if matched is None:
        return None
    whole, decimals = matched.groups(default="")
    digits = re.sub(r"[.,]", "", whole).lstrip("0") or "0"
    cents = parse_amount(f"{digits}.{decimals}" if decimals else digits)
    return None if cents is None else format_amount(cents)


def read_instant(text: str | None) -> datetime | None:
    """Return an instant of the API as an aware datetime in UTC."""
    at_ms = parse_instant(text or "")
    return None if at_ms is None else EPOCH + timedelta(milliseconds=at_ms)


def write_instant(at: datetime) -> str:
    """Return an aware datetime as an instant of the API."""
    return format_instant((at - EPOCH) // timedelta(milliseconds=1))


def format_moment(at: datetime, language: str, zone: tzinfo, *, now: datetime) -> str:
    """Return an instant in the reader's zone: day and hour, the year only if it is another."""
    local = at.astimezone(zone)
    is_this_year = local.year == now.astimezone(zone).year
    if language == ENGLISH:
        day = f"{local.day} {_ENGLISH_MONTHS[local.month - 1]}"
        return f"{day}{'' if is_this_year else f' {local.year}'}, {local:%H:%M}"
    day = f"{local.day} de {_MONTHS[local.month - 1]}."
    return f"{day}{'' if is_this_year else f' de {local.year}'}, {local:%H:%M}"


def format_zone(at: datetime, language: str, zone: tzinfo) -> str:
    """Return what a zone's time is called: `horário de Brasília`, else as `UTC-04:00` at `at`."""
    if str(zone) in BRASILIA_TIME:
        return "Brasília time" if language == ENGLISH else "horário de Brasília"
    return str(timezone(at.astimezone(zone).utcoffset() or timedelta(0)))


def format_left(left: timedelta) -> str:
    """Return a duration in its two largest units, alike in every language: `3 h 12 min`.

    `static/countdown.js` writes the same, so that a page does not jump when it takes over.
    """
    seconds = max(0, int(left.total_seconds()))
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if days:
        parts = f"{days} d {hours % 24} h"
    elif hours:
        parts = f"{hours} h {minutes % 60:02d} min"
    elif minutes:
        parts = f"{minutes} min {seconds % 60:02d} s"
    else:
        parts = f"{seconds} s"
    return parts.replace(" ", NO_BREAK)


def parse_local(typed: str, zone: tzinfo) -> datetime | None:
    """Return what an `input type=datetime-local` sent, in the reader's zone, as UTC."""
    try:
        local = datetime.fromisoformat(typed.strip())
        return local.replace(tzinfo=local.tzinfo or zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def format_local(at: datetime, zone: tzinfo) -> str:
    """Return an instant as the value of an `input type=datetime-local` in the reader's zone."""
    return f"{at.astimezone(zone):%Y-%m-%dT%H:%M}"


def _cents(amount: str | None) -> int | None:
    if amount == "0.00":
        return 0
    return None if amount is None else parse_amount(amount)


def _match_grouped(text: str, mark: str) -> re.Match[str] | None:
    for separator, pattern in _GROUPED.items():
        matched = pattern.fullmatch(text)
        if matched is not None:
            is_clear = separator == mark or matched[2] is not None or text.count(separator) > 1
            return matched if is_clear else None
    return None
