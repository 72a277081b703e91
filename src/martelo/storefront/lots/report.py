"""The report of a finished lot, as its page shows it."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext

from martelo.storefront.clients.auctions import ApiResponse, Json
from martelo.storefront.lot_parts.description import describe
from martelo.storefront.texts import error_texts
from martelo.storefront.texts.formatting import read_instant

JUST_ENDED = timedelta(minutes=3)
"""For so long a report that is not there yet is said to be on its way."""


@dataclass(frozen=True, kw_only=True)
class LotReport:
    """A report; while it `is_coming`, the word that it is being written."""

    is_coming: bool = False
    title: str = ""
    summary: str = ""
    language: str = ""
    """What title and summary are written in; empty where that is the page's own language."""
    author: str = ""
    written: str = ""


def lot_report(answer: ApiResponse) -> LotReport | None:
    """Return what the agent's answer tells of a report; nothing where it does not know.

    Whoever wrote it, it is not trusted: the summary goes through the renderer of descriptions.
    """
    if answer.slug == "report-not-ready":
        return LotReport(is_coming=True)
    if not answer.is_good:
        return None
    told = answer.body
    return LotReport(
        title=str(told.get("title", "")),
        summary=describe(str(told.get("summary", ""))),
        language=error_texts.foreign(str(told.get("language", ""))),
        author=_author(told),
        written=error_texts.zoned_moment(str(told.get("created_at", ""))),
    )


def _author(told: Json) -> str:
    """Return in the reader's words who wrote a report; of an unknown source, in the agent's."""
    match told.get("source"), told.get("model"):
        case "model", str() as model:
            return gettext("AI: {model}").format(model=model)
        case "template", _:
            return gettext("fixed template (no AI)")
        case "fallback", _:
            return gettext("fixed template, since the AI failed")
        case _:
            return str(told.get("label", ""))


def has_just_ended(lot: Json) -> bool:
    """Tell whether an auction that is over, as the API tells it, ended lately."""
    now = read_instant(lot.get("server_time"))
    closed_at = read_instant((lot.get("result") or {}).get("closed_at"))
    return now is not None and closed_at is not None and now - closed_at < JUST_ENDED
