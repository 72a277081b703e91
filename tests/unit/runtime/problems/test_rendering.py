import json

from martelo.runtime.problems.rendering import problem_body, render_problem


class TestProblemBody:
    def test_has_the_members_of_rfc_9457_and_its_own(self) -> None:
        body = problem_body(
            "bid-too-low", "Too low", 409, "Bid more.", "req-1", minimum_bid="152.50"
        )

        assert body == {
            "type": "/problems/bid-too-low",
            "title": "Too low",
            "status": 409,
            "detail": "Bid more.",
            "instance": "req-1",
            "minimum_bid": "152.50",
        }


class TestRenderProblem:
    def test_writes_json(self) -> None:
        body = problem_body("not-found", "Não há", 404, "", "req-1")

        assert json.loads(render_problem(body)) == body
