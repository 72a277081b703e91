"""What clients read: the JSON of `docs/api/`, from domain values."""

from typing import Any

from martelo.agent.domain.frozen import Frozen, Letter, Post
from martelo.agent.ports.console import Authorship, EffectView, PublishedReport
from martelo.agent.ports.contexts import Contact
from martelo.agent.ports.people import StoredText
from martelo.agent.use_cases.outbox import ContactMissing, OutboxEntry, OutboxMail, OutboxPost
from martelo.kernel.instants import format_instant

Json = dict[str, Any]


def report(published: PublishedReport) -> Json:
    """Return a report as the lot's page shows it; `summary` is Markdown and not to be trusted."""
    return {
        "auction_id": published.auction_id,
        "source": published.source.value,
        "model": published.model,
        "label": published.label,
        "language": published.language.value,
        "title": published.report.title,
        "summary": published.report.summary,
        "created_at": format_instant(published.written_at_ms),
    }


def effect(view: EffectView) -> Json:
    """Return an effect as administrators see it."""
    return {
        "id": view.id,
        "event_id": view.event_id,
        "auction_id": view.auction_id,
        "lot_title": view.lot_title,
        "kind": view.kind.value,
        "state": view.state.value,
        "attempts": view.attempts,
        "in_flight": view.in_flight,
        "due_at": _instant(view.due_at_ms),
        "channel": view.channel.value if view.channel else None,
        "note": view.note,
        "label": view.label,
        "written_by": _authorship(view.authorship),
        "content": _content(view.frozen),
        "forgotten_at": _instant(view.forgotten_at_ms),
        "interventions": [
            {"action": made.action, "account_id": made.account_id, "at": _instant(made.at_ms)}
            for made in view.interventions
        ],
        "created_at": _instant(view.created_at_ms),
        "changed_at": _instant(view.changed_at_ms),
    }


def stored_text(stored: StoredText) -> Json:
    """Return a text of a person's export."""
    return {
        "auction_id": stored.auction_id,
        "kind": stored.kind.value,
        "created_at": format_instant(stored.created_at_ms),
        "content": _content(stored.frozen),
    }


def kept(shown: OutboxEntry) -> Json:
    """Return an effect of the outbox, with its message as it would be sent."""
    return {**effect(shown.effect), "message": _message(shown.message)}


def _message(message: OutboxMail | OutboxPost | None) -> Json | None:
    match message:
        case None:
            return None
        case OutboxPost():
            return {"type": "post", "payload": message.payload}
        case OutboxMail():
            return _mail(message)


def _mail(mail: OutboxMail) -> Json:
    composed, letter = mail.composed, mail.letter
    return {
        "type": "email",
        "sender": {"name": mail.sender_name, "address": mail.sender_address},
        "recipient": _recipient(mail),
        "subject": letter.subject,
        "dated_at": format_instant(letter.dated_at_ms),
        "message_id": composed.message_id if composed else None,
        "text": letter.text,
        "html": letter.html,
        "source": composed.raw.decode("ascii") if composed else None,
    }


def _recipient(mail: OutboxMail) -> Json:
    contact = mail.contact
    return {
        "role": mail.recipient.role.value,
        "account_id": mail.recipient.account_id,
        "name": contact.name if isinstance(contact, Contact) else None,
        "address": contact.email if isinstance(contact, Contact) else None,
        "missing": contact.value if isinstance(contact, ContactMissing) else None,
    }


def _instant(at_ms: int | None) -> str | None:
    return None if at_ms is None else format_instant(at_ms)


def _authorship(authorship: Authorship | None) -> Json | None:
    if authorship is None:
        return None
    return {
        "source": authorship.source.value,
        "language": authorship.language.value if authorship.language else None,
        "provider": authorship.provider,
        "model": authorship.model,
        "failure": authorship.failure,
        "input_tokens": authorship.input_tokens,
        "output_tokens": authorship.output_tokens,
        "cost_micro_usd": authorship.cost_micro_usd,
        "seconds": authorship.seconds,
        "refusals": list(authorship.refusals),
    }


def _content(frozen: Frozen | None) -> Json | None:
    """Return what is frozen; of an e-mail its text, since its HTML says the same."""
    match frozen:
        case None:
            return None
        case Letter():
            dated_at = format_instant(frozen.dated_at_ms)
            return {"subject": frozen.subject, "text": frozen.text, "dated_at": dated_at}
        case Post():
            rows = [{"name": row.name, "value": row.value} for row in frozen.rows]
            return {
                "title": frozen.title,
                "text": frozen.description,
                "link": frozen.link,
                "rows": rows,
                "footer": frozen.footer,
            }
        case _:
            return {"title": frozen.title, "text": frozen.summary}
