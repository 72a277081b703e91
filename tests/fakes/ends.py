"""Announced ends of auctions, and texts about them."""

import itertools

from martelo.agent.domain.facts import Language
from martelo.agent.domain.frozen import Letter, Post, PostRow
from martelo.agent.domain.texts import Report
from martelo.agent.ports.writing import TextSource, Written
from martelo.contracts.finished import AuctionFinished, Person

ANA = Person("a0000000-0000-4000-8000-000000000001", "Ana Conceição")
BRUNO = Person("b0000000-0000-4000-8000-000000000002", "Bruno Lima")
REPORT = Report("Relógio vendido", "O **relógio** foi vendido.")
WRITTEN = Written(REPORT, TextSource.TEMPLATE, Language.PORTUGUESE)
LETTER = Letter("Parabéns", "Olá, Bruno.\n", "<p>Olá, Bruno.</p>", 1_769_860_800_000)
POST = Post(
    "Arrematado", "Relógio de parede", "http://localhost:8080/x", (PostRow("Item", "R"),), "f"
)

_numbers = itertools.count(1)


def sold(auction_id: str | None = None, *, title: str = "Relógio de parede") -> AuctionFinished:
    """Return the end of an auction that sold."""
    auction_id = auction_id or f"07-{next(_numbers):013d}"
    return AuctionFinished(
        event_id=f"{auction_id}:9",
        auction_id=auction_id,
        status="sold",
        title=title,
        final_price="150.00",
        currency="BRL",
        winner=BRUNO,
        seller=ANA,
        bid_count=4,
        sold_by="bid",
        closed_at="2026-01-31T12:00:00.250Z",
    )


def unsold(auction_id: str | None = None) -> AuctionFinished:
    """Return the end of an auction without a winner."""
    auction_id = auction_id or f"07-{next(_numbers):013d}"
    return AuctionFinished(
        event_id=f"{auction_id}:2",
        auction_id=auction_id,
        status="unsold",
        title="Vaso",
        final_price=None,
        currency="BRL",
        winner=None,
        seller=ANA,
        bid_count=0,
        sold_by=None,
        closed_at="2026-01-31T12:00:00.250Z",
    )
