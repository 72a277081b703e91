"""Any exception as the problem that a socket answers with."""

import structlog

from martelo.auctions.wire.problems import describe
from martelo.runtime.problems.common import UNFORESEEN, Problem, common_problem

log = structlog.get_logger(__name__)


def problem_of(error: Exception) -> Problem:
    """Return the problem of `error`; what nobody foresaw is logged."""
    problem = describe(error) or common_problem(error)
    if problem is None:
        log.error("unforeseen", exc_info=error)
        problem = UNFORESEEN
    return problem
