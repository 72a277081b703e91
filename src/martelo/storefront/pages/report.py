"""The report of a finished lot, as its page shows it."""

import re
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext

from martelo.storefront import words
from martelo.storefront.auctions_client import Answer, Json
from martelo.storefront.formatting import read_instant
from martelo.storefront.pages.description import describe

JUST_ENDED = timedelta(minutes=3)
"""For so long a report that is not there yet is said to be on its way."""

_BY_MODEL = re.compile(r"IA: (.+)")
_INSTEAD_OF_MODEL = re.compile(r"modelo fixo \(IA falhou: (.+)\)")


@dataclass(frozen=True, kw_only=True)
class LotReport:
    """A report; while it `is_coming`, the word that it is being written."""

    is_coming: bool = False
    title: str = ""
    summary: str = ""
    label: str = ""
    written: str = ""


def lot_report(answer: Answer) -> LotReport | None:
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
        label=label_text(str(told.get("label", ""))),
        written=words.moment(str(told.get("written_at", ""))),
    )


def label_text(label: str) -> str:
    """Return in the reader's words who wrote a text; the agent says it in Portuguese."""
    if label == "modelo fixo (sem IA)":
        return gettext("fixed template (no AI)")
    if found := _BY_MODEL.fullmatch(label):
        return gettext("AI: {model}").format(model=found[1])
    if found := _INSTEAD_OF_MODEL.fullmatch(label):
        return gettext("fixed template (the AI failed: {why})").format(why=found[1])
    return label


def has_just_ended(lot: Json) -> bool:
    """Tell whether an auction that is over, as the API tells it, ended lately."""
    now = read_instant(lot.get("server_time"))
    closed_at = read_instant((lot.get("result") or {}).get("closed_at"))
    return now is not None and closed_at is not None and now - closed_at < JUST_ENDED
