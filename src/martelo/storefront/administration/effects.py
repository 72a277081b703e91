"""Reports, e-mails and posts of finished auctions as administrators see them: one card each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext, ngettext

from martelo.storefront.clients.auctions import Json
from martelo.storefront.texts import error_texts
from martelo.storefront.texts.formatting import ENGLISH, format_dollars

PARKED = ("unknown", "dead")
_PROVIDERS = {
    "gemini": "Gemini",
    "openai": "OpenAI",
    "anthropic": "Anthropic",
    "ollama": "Ollama",
}


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A text as it was sent or would be; `recipient` is whose, `rows` the facts below a post.

    `language` is what it is written in; empty where that is the page's, or is not known.
    """

    recipient: str
    subject: str
    text: str
    rows: Sequence[tuple[str, str]]
    link: str
    footer: str
    dated: str
    language: str


@dataclass(frozen=True, kw_only=True)
class EffectCard:
    """A report, an e-mail or a post, and what became of it.

    `mark` is `done`, `kept`, `open`, `skipped`, `unknown` or `dead`; `trouble` is what the last
    attempt came to, `due` when the next one is.
    """

    id: str
    kind: str
    auction_id: str
    title: str
    mark: str
    state: str
    explanation: str
    created: str
    trouble: str
    due: str
    facts: Sequence[tuple[str, str]]
    sent: Sent | None
    decisions: Sequence[str]
    may_resend: bool
    may_settle: bool


def effect_card(effect: Json, reader_id: str) -> EffectCard:
    """Return the card of an effect of the API; `reader_id` is who looks."""
    state, channel = str(effect["state"]), str(effect.get("channel") or "")
    mark = _mark(state, channel)
    is_parked = state in PARKED
    return EffectCard(
        id=str(effect["id"]),
        kind=_kinds().get(str(effect["kind"]), str(effect["kind"])),
        auction_id=str(effect["auction_id"]),
        title=str(effect.get("lot_title", "")),
        mark=mark,
        state=_states().get((mark, channel)) or _states().get((state, ""), state),
        explanation=_explanations().get(state, ""),
        created=error_texts.moment(effect.get("created_at")),
        trouble="" if state == "done" else _note(effect),
        due=_due(effect),
        facts=list(_facts(effect)),
        sent=_sent(effect),
        decisions=[_decision(each, reader_id) for each in effect.get("interventions") or ()],
        may_resend=is_parked,
        may_settle=is_parked and effect["kind"] != "report",
    )


def _mark(state: str, channel: str) -> str:
    if state == "done":
        return "kept" if channel == "outbox" else "done"
    return state if state in {"skipped", *PARKED} else "open"


def _kinds() -> dict[str, str]:
    return {
        "report": gettext("Report"),
        "email_winner": gettext("E-mail to the winner"),
        "email_seller": gettext("E-mail to the seller"),
        "discord": gettext("Post on Discord"),
    }


def _states() -> dict[tuple[str, str], str]:
    return {
        ("kept", "outbox"): gettext("Stored here, not sent"),
        ("done", "site"): gettext("On the lot's page"),
        ("done", "mail"): gettext("Sent"),
        ("done", "discord"): gettext("Posted"),
        ("done", ""): gettext("Done"),
        ("pending", ""): gettext("Waiting its turn"),
        ("leased", ""): gettext("Under way"),
        ("retry", ""): gettext("Will be tried again"),
        ("skipped", ""): gettext("Not wanted"),
        ("unknown", ""): gettext("May have arrived"),
        ("dead", ""): gettext("Did not arrive"),
    }


def _explanations() -> dict[str, str]:
    return {
        "unknown": gettext(
            "It was sent, but no answer came. It is not sent again by itself, so that nobody gets "
            "it twice: look where it should be, and decide."
        ),
        "dead": gettext("It is not tried any more: mend the cause, then send it again."),
    }


def _due(effect: Json) -> str:
    if effect["state"] not in {"pending", "retry"}:
        return ""
    if effect.get("due_at") is None:
        return gettext("begins once the report is written")
    return gettext("next try {moment}").format(moment=error_texts.moment(effect["due_at"]))


def _note(effect: Json) -> str:
    """Return what the last attempt came to; other services' answers stay as they are."""
    note, texts = str(effect.get("note") or ""), _notes()
    reason = note.removeprefix("waits: ")
    head, joint, rest = reason.rpartition(": ")
    text = f"{head}{joint}{texts[rest]}" if rest in texts else reason
    return text if reason == note else gettext("waits: {why}").format(why=text)


def _notes() -> dict[str, str]:
    """Return what the agent itself says of attempts."""
    return {
        "the house does not post such an end": gettext("the house does not post such an end"),
        "the account is gone": gettext("the account is gone"),
        "the address cannot be written to": gettext("the address cannot be written to"),
        "the auction is not known": gettext("the auction is not known"),
        "writing took too long": gettext("writing took too long"),
        "a worker was lost while it was sending": gettext("a worker was lost while sending"),
        "the webhook is gone": gettext("the webhook is gone"),
        "too many posts": gettext("too many posts at once"),
        "no connection": gettext("no connection"),
        "no answer": gettext("no answer"),
    }


def _facts(effect: Json) -> Iterator[tuple[str, str]]:
    yield gettext("Attempts"), str(effect.get("attempts", 0))
    yield from _authorship(effect)
    if effect["state"] == "done" and effect.get("note"):
        yield gettext("Last answer"), _note(effect)
    if effect.get("forgotten_at"):
        yield gettext("Text forgotten"), error_texts.moment(effect["forgotten_at"])
    if effect.get("changed_at"):
        yield gettext("Last change"), error_texts.moment(effect["changed_at"])


def _authorship(effect: Json) -> Iterator[tuple[str, str]]:
    written: dict[str, Any] | None = effect.get("written_by")
    if written is None:
        return
    source = str(written.get("source", ""))
    failure = str(written.get("failure") or "")
    author = _sources().get(source, source)
    yield gettext("Written by"), f"{author} ({failure})" if failure else author
    provider = str(written.get("provider") or "template")
    if provider != "template":
        yield gettext("Provider"), _PROVIDERS.get(provider, provider)
    if written.get("model"):
        yield gettext("Model"), str(written["model"])
        tokens = gettext("{read} read, {written} written")
        yield (
            gettext("Tokens"),
            tokens.format(
                read=written.get("input_tokens", 0), written=written.get("output_tokens", 0)
            ),
        )
        yield gettext("Cost"), _cost(written.get("cost_micro_usd"))
        yield gettext("Time to write"), _seconds(float(written.get("seconds") or 0))
    refusals = [str(each) for each in written.get("refusals") or ()]
    if refusals:
        count = ngettext("{count} text", "{count} texts", len(refusals))
        rules = ", ".join(dict.fromkeys(refusals))
        yield gettext("Refused"), f"{count.format(count=len(refusals))}: {rules}"


def _sources() -> dict[str, str]:
    return {
        "model": gettext("AI"),
        "template": gettext("fixed template (no AI)"),
        "fallback": gettext("fixed template, since the AI failed"),
    }


def _cost(micro_usd: int | None) -> str:
    if micro_usd is None:
        return gettext("not known")
    return format_dollars(int(micro_usd), get_language() or "")


def _seconds(seconds: float) -> str:
    text = f"{seconds:.1f} s"
    return text if get_language() == ENGLISH else text.replace(".", ",")


def _sent(effect: Json) -> Sent | None:
    content: dict[str, Any] | None = effect.get("content")
    if content is None:
        return None
    recipients = {
        "email_winner": gettext("the winner of the lot"),
        "email_seller": gettext("the seller of the lot"),
    }
    return Sent(
        recipient=recipients.get(str(effect["kind"]), ""),
        subject=str(content.get("subject") or content.get("title") or ""),
        text=str(content.get("text", "")),
        rows=[(str(row["name"]), str(row["value"])) for row in content.get("rows") or ()],
        link=str(content.get("link", "")),
        footer=str(content.get("footer", "")),
        dated=error_texts.moment(content.get("dated_at")),
        language=language_of(effect),
    )


def language_of(effect: Json) -> str:
    """Return the language of an effect's text; empty where pages need not say it."""
    return error_texts.foreign(str((effect.get("written_by") or {}).get("language") or ""))


def _decision(intervention: Json, reader_id: str) -> str:
    texts = {
        "resend": gettext("Sent again by {who} on {moment}."),
        "settle": gettext("Said to have arrived by {who} on {moment}."),
    }
    by = str(intervention.get("account_id", ""))
    # Only the words are a pattern: what they are filled with is never read again.
    return texts.get(str(intervention.get("action")), "{who}, {moment}").format(
        who=gettext("you") if by == reader_id else by,
        moment=error_texts.moment(intervention.get("at")),
    )
