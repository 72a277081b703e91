"""Records of the agent, written where its API reads them.

An agent's worker that runs meanwhile finds nothing to do: an end is known before it comes, and
nothing written here is due.
"""

import secrets
from dataclasses import replace

import msgspec
from msgspec import structs

from browser.house import NAMES, House
from fakes.ends import LETTER, POST, sold
from martelo.agent.adapters.effects.frozen_codec import encode_frozen
from martelo.agent.domain.frozen import Frozen
from martelo.contracts.finished import Person

TITLE = "Bolo de casamento vendido por R$ 900,00"
SUMMARY = "O **bolo** foi para Bruno L.\n\n## Como foi\n\n- um lance só"
LABEL = "modelo fixo (sem IA)"


def record_end(house: House, lot: str) -> None:
    """Record the end that comes next; its report is not written."""
    event_id = f"{lot}:{house.read(lot)['seq'] + 1}"
    event = msgspec.json.encode(sold(lot)).decode()
    _write(
        house,
        "INSERT INTO report (event_id, auction_id, event) VALUES (%s, %s, %s)",
        (event_id, lot, event),
    )


def write_report(house: House, lot: str, title: str = TITLE, summary: str = SUMMARY) -> None:
    """Write the report of an end that was recorded."""
    _write(
        house,
        "UPDATE report SET title = %s, summary = %s, label = %s, source = 'template',"
        " language = 'pt-BR', written_at = now() WHERE auction_id = %s",
        (title, summary, LABEL, lot),
    )


def store_effects(
    house: House,
    title: str = "Relógio de parede",
    note: str = "451 later",
    html: str = LETTER.html,
) -> str:
    """Store an e-mail and a post unsent, another e-mail dead and another post unclear.

    They are of two ends of one auction that Bruno won, which is of no lot of the house; return
    its id. `html` is what the e-mails hold.
    """
    auction = f"07-{secrets.token_hex(6)}"
    for number, (mail, post, channel) in enumerate(
        [("done", "done", "outbox"), ("dead", "unknown", None)]
    ):
        event_id = f"{auction}:{number}"
        bruno = Person(house.account_id("bruno"), NAMES["bruno"])
        end = structs.replace(sold(auction, title=title), event_id=event_id, winner=bruno)
        _write(
            house,
            "INSERT INTO report (event_id, auction_id, event) VALUES (%s, %s, %s)",
            (event_id, auction, msgspec.json.encode(end).decode()),
        )
        frozen: list[tuple[str, str, Frozen]] = [
            ("email_winner", mail, replace(LETTER, html=html)),
            ("discord", post, POST),
        ]
        for kind, state, content in frozen:
            _write(
                house,
                "INSERT INTO effect (event_id, auction_id, kind, state, frozen, channel, note,"
                " label, source, attempts) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'template', 1)",
                (event_id, auction, kind, state, encode_frozen(content), channel, note, LABEL),
            )
    return auction


def _write(house: House, statement: str, values: tuple[object, ...]) -> None:
    with house.stack.connect("agent", "agent") as connection:
        connection.execute(statement.encode(), values)
