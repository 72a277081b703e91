import json
from pathlib import Path

import pytest

from martelo.auctions.domain.auction import Texts
from martelo.auctions.domain.refusals import (
    InvalidAmount,
    InvalidAuction,
    InvalidReason,
)
from martelo.auctions.wire.requests import (
    fingerprint,
    parse_bid,
    parse_draft,
    parse_edit,
    parse_empty,
    parse_reason,
)
from martelo.kernel.refusal import InvalidInput
from one_lines import BAD_LINES

VECTORS = Path(__file__).parents[3] / "conformance" / "auctions" / "auction-vectors.json"
AMOUNTS = json.loads(VECTORS.read_text("utf-8"))["amounts"]
NESTED = b'{"auction_id": "x", "amount": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"


class TestParseBid:
    @pytest.mark.parametrize("vector", AMOUNTS, ids=lambda vector: vector["json"])
    def test_reads_amounts_from_their_text(self, vector: dict[str, object]) -> None:
        body = f'{{"auction_id": "x", "amount": {vector["json"]}}}'.encode()

        if vector["cents"] is None:
            with pytest.raises(InvalidAmount) as refused:
                parse_bid(body)
            assert [fault.field for fault in refused.value.errors] == ["amount"]
        else:
            assert parse_bid(body).amount_cents == vector["cents"]

    @pytest.mark.parametrize("token", [b"1e309", b"1.0e2", b'"1\\u0030"', b'"1\\n"', b"false"])
    def test_refuses_other_ways_to_write_a_number(self, token: bytes) -> None:
        with pytest.raises(InvalidAmount):
            parse_bid(b'{"auction_id": "x", "amount": ' + token + b"}")

    @pytest.mark.parametrize(
        "body",
        [
            *(b"", b"null", b"[]", b"{", b'{"auction_id": "x"', b"NaN", b"\xff", b'{"a": NaN}'),
            *(b'{"auction_id": "x", "amount": Infinity}', b'{"auction_id": "x", "amount": -}'),
            NESTED,
        ],
    )
    def test_refuses_what_is_no_object(self, body: bytes) -> None:
        with pytest.raises(InvalidInput):
            parse_bid(body)

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            (b'{"amount": 1}', "auction_id"),
            (b'{"auction_id": 7, "amount": 1}', "auction_id"),
            (b'{"auction_id": "x", "max_amout": 1}', "max_amout"),
        ],
    )
    def test_names_the_field_at_fault(self, body: bytes, field: str) -> None:
        with pytest.raises(InvalidInput) as refused:
            parse_bid(body)

        assert [fault.field for fault in refused.value.errors] == [field]

    def test_asks_for_an_amount_or_a_ceiling(self) -> None:
        with pytest.raises(InvalidAmount):
            parse_bid(b'{"auction_id": "x", "amount": null}')


class TestParseDraft:
    def test_reads_every_field(self) -> None:
        body = {
            "title": " Bolo ",
            "description": "de fub\u0061\u0301",
            "starting_price": "10.00",
            "duration_s": 60,
            "starts_at": "1970-01-01T00:00:01Z",
            "min_increment": 1,
            "reserve_price": "20.5",
            "buy_now_price": "30",
            "soft_close_window_s": 0,
            "soft_close_cap_s": 5,
            "category": "bolos",
            "image_ids": ["a", "b"],
            "product_id": 7,
        }

        draft, faults = parse_draft(json.dumps(body).encode())

        assert faults == []
        assert (draft.title, draft.description) == ("Bolo", "de fubá")
        assert (draft.starting_cents, draft.reserve_cents, draft.buy_now_cents) == (
            *(1_000, 2_050, 3_000),
        )
        assert (draft.starts_at_ms, draft.duration_ms) == (1_000, 60_000)
        assert (draft.image_ids, draft.product_id) == (("a", "b"), "7")

    def test_names_every_field_at_fault(self) -> None:
        body = b"""{"title": 5, "starting_price": "1,5", "ends_at": "amanh", "duration_s": 1.5,
            "image_ids": "a", "category": "Bolos!", "soft_close_window_s": true, "tilte": "x"}"""

        _, faults = parse_draft(body)

        assert {fault.field for fault in faults} == {
            *("title", "starting_price", "ends_at", "duration_s", "image_ids", "category"),
            *("soft_close_window_s", "tilte"),
        }

    def test_misses_a_starting_price(self) -> None:
        assert [fault.field for fault in parse_draft(b'{"title": "x"}')[1]] == ["starting_price"]


class TestParseEdit:
    def test_replaces_only_what_is_named(self) -> None:
        change = parse_edit(b'{"title": "Torta", "category": null}')

        changed = change(Texts("Bolo", "de fub\u00e1", "bolos", ("a",)))

        assert changed == Texts("Torta", "de fubá", None, ("a",))

    @pytest.mark.parametrize("body", [b"{}", b'{"starting_price": "1"}', b'{"title": 1}'])
    def test_refuses_what_cannot_be_changed(self, body: bytes) -> None:
        with pytest.raises(InvalidAuction):
            parse_edit(body)


class TestParseReason:
    def test_reads_a_reason(self) -> None:
        assert parse_reason(b'{"reason": " chuva "}', is_required=True) == "chuva"

    def test_may_lack_for_the_seller(self) -> None:
        assert parse_reason(b"{}", is_required=False) == ""

    @pytest.mark.parametrize(
        "body", [b"{}", b'{"reason": ""}', b'{"reason": 5}', b'{"reason": "' + b"x" * 501 + b'"}']
    )
    def test_is_asked_of_an_admin(self, body: bytes) -> None:
        with pytest.raises(InvalidReason):
            parse_reason(body, is_required=True)

    @pytest.mark.parametrize("reason", BAD_LINES)
    def test_refuses_one_that_misleads(self, reason: str) -> None:
        with pytest.raises((InvalidReason, InvalidInput)):
            parse_reason(json.dumps({"reason": reason}).encode(), is_required=False)


class TestParseEmpty:
    def test_takes_no_members(self) -> None:
        parse_empty(b"{}")

        with pytest.raises(InvalidInput):
            parse_empty(b'{"price": 1}')


class TestFingerprint:
    def test_does_not_depend_on_the_order_of_members(self) -> None:
        assert fingerprint(b'{"a": 1, "b": "x"}') == fingerprint(b'{ "b": "x",\n"a": 1 }')

    def test_tells_values_apart(self) -> None:
        assert fingerprint(b'{"a": 1}') != fingerprint(b'{"a": 2}')
