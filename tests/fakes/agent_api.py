"""agent-api's answers as the storefront reads them, for `FakeHttp` to give."""

from typing import Any

LOT = "07-6k9m2v4t8q1xz"


def report(**changed: object) -> dict[str, Any]:
    """Return a report."""
    return {
        "auction_id": LOT,
        "source": "model",
        "model": "gemini-2.5-flash",
        "label": "IA: gemini-2.5-flash",
        "language": "pt-BR",
        "title": "Bolo de cenoura vendido",
        "summary": "Foi para **Bruno L.** por R$ 1.234,50.",
        "created_at": "2026-01-31T12:00:04.000Z",
        **changed,
    }


def effect(**changed: object) -> dict[str, Any]:
    """Return an e-mail that was sent, written by a model."""
    return {
        "id": 12,
        "event_id": f"{LOT}:9",
        "auction_id": LOT,
        "lot_title": "Bolo de cenoura",
        "kind": "email_winner",
        "state": "done",
        "attempts": 1,
        "in_flight": False,
        "due_at": None,
        "channel": "mail",
        "note": None,
        "label": "IA: gemini-2.5-flash",
        "written_by": {
            "source": "model",
            "language": "pt-BR",
            "provider": "gemini",
            "model": "gemini-2.5-flash",
            "failure": None,
            "input_tokens": 900,
            "output_tokens": 120,
            "cost_micro_usd": 570,
            "seconds": 1.5,
            "refusals": ["amount", "link", "amount"],
        },
        "content": {
            "subject": "Parabéns!",
            "text": "Olá, Bruno.\n\nO bolo é seu.",
            "dated_at": "2026-01-31T12:00:04.000Z",
        },
        "forgotten_at": None,
        "interventions": [],
        "created_at": "2026-01-31T12:00:01.000Z",
        "changed_at": "2026-01-31T12:00:05.000Z",
        **changed,
    }


def post(**changed: object) -> dict[str, Any]:
    """Return a post that nobody knows to have arrived, written by a template."""
    written = {**effect()["written_by"], "source": "template", "provider": "template"}
    written |= {"model": None, "refusals": []}
    content = {
        "title": "Arrematado",
        "text": "O bolo foi para Bruno L.",
        "link": f"http://localhost:8080/leiloes/{LOT}",
        "rows": [{"name": "Valor", "value": "R$ 1.234,50"}],
        "footer": "modelo fixo (sem IA)",
    }
    unclear = {"state": "unknown", "channel": None, "note": "ReadTimeout"}
    return effect(
        **{"id": 13, "kind": "discord", "written_by": written, "content": content}
        | unclear
        | changed
    )


def outbox_email(**changed: object) -> dict[str, Any]:
    """Return an e-mail of the outbox, as it would be sent."""
    message = {
        "type": "email",
        "sender": {"name": "Casa", "address": "casa@leiloes.example"},
        "recipient": {
            "role": "winner",
            "account_id": "b0000000-0000-4000-8000-000000000002",
            "name": "Bruno Lima",
            "address": "bruno@example.com",
            "missing": None,
        },
        "subject": "Parabéns!",
        "dated_at": "2026-01-31T12:00:04.000Z",
        "message_id": "<0123@leiloes.example>",
        "text": "Olá, Bruno.\n\nO bolo é seu.",
        "html": "<p>Olá, <b>Bruno</b>.</p>",
        "source": "Subject: =?utf-8?q?Parab=C3=A9ns!?=\r\n\r\nO bolo",
    }
    return effect(channel="outbox", message={**message, **changed})


def outbox_post(**changed: object) -> dict[str, Any]:
    """Return a post of the outbox, as Discord would be given it."""
    payload = {"allowed_mentions": {"parse": []}, "embeds": [{"title": "Arrematado"}]}
    message = {"type": "post", "payload": payload}
    return post(state="done", channel="outbox", message={**message, **changed})
