"""Money, instants and counts as people read them."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

from martelo.agent.domain.facts import Language
from martelo.kernel.instants import EPOCH, LAST_MS

ZONE = "America/Sao_Paulo"
_MONTHS = {
    Language.PORTUGUESE: re.findall(
        r"\w+",
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    ),
    Language.ENGLISH: re.findall(
        r"\w+",
        "January February March April May June July August September October November December",
    ),
}
_NOUNS = {
    Language.PORTUGUESE: {
        "bid": ("lance", "lances"),
        "bidder": ("participante", "participantes"),
        "time": ("vez", "vezes"),
    },
    Language.ENGLISH: {
        "bid": ("bid", "bids"),
        "bidder": ("participant", "participants"),
        "time": ("time", "times"),
    },
}


def format_money(cents: int, language: Language) -> str:
    """Return an amount, as `R$ 1.234,56` or `BRL 1,234.56`."""
    english = f"{cents // 100:,}.{cents % 100:02d}"
    if language is Language.ENGLISH:
        return f"BRL {english}"
    return f"R$ {english.translate(str.maketrans(',.', '.,'))}"


def format_instant(at_ms: int, language: Language) -> str:
    """Return an instant in São Paulo, to the minute, with the time zone's name."""
    zone = "Brasília time" if language is Language.ENGLISH else "horário de Brasília"
    return f"{format_minute(at_ms, language)} ({zone})"


def format_minute(at_ms: int, language: Language) -> str:
    """Return an instant in São Paulo, to the minute, without the time zone's name."""
    at = (EPOCH + timedelta(milliseconds=min(max(at_ms, 0), LAST_MS))).astimezone(ZoneInfo(ZONE))
    month = _MONTHS[language][at.month - 1]
    if language is Language.ENGLISH:
        return f"{at.day} {month} {at.year} at {at:%H:%M}"
    return f"{at.day} de {month} de {at.year} às {at:%Hh%M}"


def format_bids(count: int, language: Language) -> str:
    """Return how many bids, as `12 lances`."""
    return _counted(count, "bid", language)


def format_bidders(count: int, language: Language) -> str:
    """Return how many people bid, as `4 participantes`."""
    return _counted(count, "bidder", language)


def format_times(count: int, language: Language) -> str:
    """Return how often, as `2 vezes`."""
    return _counted(count, "time", language)


def _counted(count: int, noun: str, language: Language) -> str:
    one, many = _NOUNS[language][noun]
    return f"{count} {one if count == 1 else many}"
