"""Facts from a hostile seller, winner or administrator, for property tests."""

from hypothesis import strategies as st

from martelo.agent.domain.facts import Facts, House, Language, Naming, PublicBid, Status, Tone
from martelo.kernel.ids import AuctionId
from martelo.kernel.money import MAX_CENTS

PIECES = st.sampled_from(
    [
        "Bolo",
        "de",
        "cenoura",
        " ",
        " ",
        "…",
        "...",
        "R$ 10,00",
        "R$ 850,00",
        "20",
        "vinte reais",
        "não",
        "por",
        "for",
        "para",
        "o",
        "de",
        "foi",
        "BRL",
        "próximos passos para o pagamento",
        "cancelado",
        "vendido",
        "Parabens",
        "Leilao",
        "Martelo",
        "lances",
        "pix",
        "@here",
        "<@1>",
        "<#42>",
        "<t:0:R>",
        "https://mal.example/x",
        "mal.example",
        "a.b",
        "[x](http://y.z)",
        "{vencedor}",
        "{0.__class__}",
        "**",
        "`",
        "|",
        "# ",
        "“",
        "”",
        '"',
        "»",
        "\u2028",
        "\r\n",
        "\u200b",
        "\u202e",
        "\U000e0041",
        "e\u0301",
        "\u0301" * 9,
        "ª",
        "nº",
        "½",
        "²",
        "\u1d41",
        "Ａ",
        "漢字",
        "שלום",
        "👩‍👩‍👧",
        "👍🏽",
        "🇧🇷🇵🇹",
        "\ue001",
        "\ud800",
        "-",
        "'",
        ".",
        "!",
        "S.",
        "+55 11 98765-4321",
        "2010-2020",
        "&lt;",
        "data:text/html,x",
    ]
)
TEXTS = st.one_of(
    st.lists(PIECES, max_size=30).map("".join),
    st.text(max_size=200),
    st.text(alphabet=st.characters(categories=["L", "M", "N", "P", "S", "Z", "C"]), max_size=60),
)
CENTS = st.one_of(st.integers(1, 100_000), st.integers(1, MAX_CENTS))
INSTANTS = st.integers(0, 4_102_444_800_000)
COUNTS = st.integers(0, 1_000)
BIDS = st.builds(
    PublicBid,
    number=st.integers(1, 99),
    shown=st.one_of(TEXTS, st.sampled_from(["A***a", "B***", "***"])),
    amount_cents=CENTS,
    at_ms=INSTANTS,
    automatic=st.booleans(),
)
HOUSES = st.builds(
    House,
    name=TEXTS,
    language=st.sampled_from(Language),
    tone=st.sampled_from(Tone),
    naming=st.sampled_from(Naming),
)


@st.composite
def hostile_facts(draw: st.DrawFn) -> Facts:
    """Draw facts with possible numbers and arbitrary texts."""
    status = draw(st.sampled_from(Status))
    is_sold = status is Status.SOLD
    sold_by = draw(st.sampled_from(["bid", "buy_now"])) if is_sold else None
    bids = () if sold_by == "buy_now" else tuple(draw(st.lists(BIDS, max_size=4)))
    if sold_by == "bid" and not bids:
        bids = (draw(BIDS),)
    unseen = draw(st.just(0) | COUNTS) if bids else 0
    return Facts(
        auction_id=AuctionId("07-6k9m2v4t8q1xz"),
        status=status,
        title=draw(TEXTS),
        description=draw(TEXTS),
        seller_name=draw(TEXTS),
        starting_cents=draw(CENTS),
        created_at_ms=draw(INSTANTS),
        starts_at_ms=draw(INSTANTS),
        ends_at_ms=draw(INSTANTS),
        closed_at_ms=draw(INSTANTS),
        bid_count=len(bids) + unseen,
        bidder_count=min(1, len(bids)) + (draw(COUNTS) if bids else 0),
        reserve_met=draw(st.sampled_from([None, True])) if is_sold else None,
        sold_by=sold_by,
        final_cents=draw(CENTS) if is_sold else None,
        winner_name=draw(TEXTS) if is_sold else None,
        winner_shown=draw(TEXTS) if is_sold else None,
        cancelled_by_seller=draw(st.booleans()) if status is Status.CANCELLED else None,
        reason=draw(st.none() | TEXTS) if status is Status.CANCELLED else None,
        extensions=draw(COUNTS),
        bids=bids,
        house=draw(HOUSES),
    )
