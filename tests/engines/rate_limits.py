"""What a rate limit lets through, counted on a machine of any speed."""

import time
from collections.abc import Callable

from martelo.runtime.http.client import HttpResponse

MAX_REQUESTS = 200


def ask_until_refused(
    ask: Callable[[int], HttpResponse], *, burst: int, per_minute: float
) -> list[HttpResponse]:
    """Call `ask` with 0, 1, … until a 429 and return all answers, the 429 last.

    Checks that `burst` passed, and no more beyond it than were earned meanwhile.
    """
    began, answers = time.monotonic(), [ask(0)]
    while answers[-1].status != 429:
        assert len(answers) < MAX_REQUESTS, "nothing is limited"
        answers.append(ask(len(answers)))
    earned = (time.monotonic() - began) * per_minute / 60
    assert burst <= len(answers) - 1 <= burst + earned
    return answers
