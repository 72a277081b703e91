import json

from martelo.runtime.problems.rendering import Problem

PROBLEM = Problem("bid-too-low", 409, "Too low", "Bid more.", {"minimum_bid": "152.50"})


class TestProblem:
    def test_has_the_members_of_rfc_9457_and_its_own(self) -> None:
        assert PROBLEM.body("req-1") == {
            "type": "/problems/bid-too-low",
            "title": "Too low",
            "status": 409,
            "detail": "Bid more.",
            "instance": "req-1",
            "minimum_bid": "152.50",
        }

    def test_is_rendered_as_json(self) -> None:
        assert json.loads(PROBLEM.render("req-1")) == PROBLEM.body("req-1")
