"""The report of a finished lot, as its page shows it."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext

from martelo.storefront.clients.auctions import ApiResponse, Json
from martelo.storefront.lot_parts.description import describe
from martelo.storefront.texts import error_texts
from martelo.storefront.texts.formatting import read_instant

JUST_ENDED = timedelta(minutes=3)
"""For so long the page says of a missing report that it is being written."""


@dataclass(frozen=True, kw_only=True)
class LotReport:
    """A report; `is_coming` while it is being written."""

    is_coming: bool = False
    title: str = ""
    summary: str = ""
    language: str = ""
    """What title and summary are written in; empty where that is the page's own language."""
    author: str = ""
    written: str = ""


def lot_report(answer: ApiResponse) -> LotReport | None:
    """Return the report of the agent's answer; `None` where it has none.

    Whoever wrote it, it is not trusted: the summary goes through the renderer of descriptions.
    """
    if answer.slug == "report-not-ready":
        return LotReport(is_coming=True)
    if not answer.is_good:
        return None
    report = answer.body
    return LotReport(
        title=str(report.get("title", "")),
        summary=describe(str(report.get("summary", ""))),
        language=error_texts.foreign(str(report.get("language", ""))),
        author=_author(report),
        written=error_texts.zoned_moment(str(report.get("created_at", ""))),
    )


def _author(report: Json) -> str:
    """Return who wrote a report; of an unknown source, in the agent's words."""
    match report.get("source"), report.get("model"):
        case "model", str() as model:
            return gettext("AI: {model}").format(model=model)
        case "template", _:
            return gettext("fixed template (no AI)")
        case "fallback", _:
            return gettext("fixed template, since the AI failed")
        case _:
            return str(report.get("label", ""))


def has_just_ended(lot: Json) -> bool:
    """Return whether an auction that is over ended recently."""
    now = read_instant(lot.get("server_time"))
    closed_at = read_instant((lot.get("result") or {}).get("closed_at"))
    return now is not None and closed_at is not None and now - closed_at < JUST_ENDED
