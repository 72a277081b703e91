import orjson

from martelo.auctions.domain.auction import Status
from martelo.auctions.domain.refusals import AuctionEnded, BidTooLow
from martelo.auctions.wire.problems import PROBLEMS
from martelo.auctions.wire.requests import parse_edit
from martelo.kernel.refusal import Refusal
from martelo.runtime.problems.typed_fields import MAX_FIELD_ERRORS, typed_fields


class TestTypedFields:
    def test_are_named_without_their_unit(self) -> None:
        assert typed_fields(BidTooLow(15_250, None)) == {
            "minimum_bid": "152.50",
            "current_price": None,
        }
        assert typed_fields(AuctionEnded(Status.SOLD, 0)) == {
            "auction_status": "sold",
            "ends_at": "1970-01-01T00:00:00.000Z",
        }

    def test_are_none_of_a_refusal_without_fields(self) -> None:
        assert typed_fields(Refusal()) == {}

    def test_are_the_first_errors_of_many(self) -> None:
        body = orjson.dumps({f"f{number}" * 3: 1 for number in range(5_000)})[: 64 * 1024]
        body = body[: body.rindex(b",")] + b"}"
        try:
            parse_edit(body)
        except Refusal as refusal:
            problem = PROBLEMS.problem_of(refusal)

        assert len(problem.fields["errors"]) == MAX_FIELD_ERRORS
        assert len(problem.render("r")) < 4_096
        assert problem.fields["errors"][0] == {
            "field": "f0f0f0",
            "code": "unknown_field",
            "message": "unknown field",
        }
