from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from martelo.agent.domain.effects import (
    FIRST_BACKOFF_S,
    INACTIVE,
    MAX_ATTEMPTS,
    MAX_BACKOFF_S,
    PARKED,
    DeliveryOutcome,
    State,
    Transition,
    backoff_s,
    kinds_of,
    may_resend,
    may_settle,
    transition_after,
    waits_for_report,
)
from martelo.agent.domain.facts import Status
from martelo.agent.domain.texts import Kind

CHANCES = st.floats(min_value=0, max_value=1)
EMAILS = (Kind.EMAIL_WINNER, Kind.EMAIL_SELLER)
REPEATABLE = (Kind.REPORT, *EMAILS)


class TestKindsOf:
    def test_gives_a_sale_all_four_with_the_report_first(self) -> None:
        assert kinds_of(Status.SOLD) == (
            Kind.REPORT,
            Kind.EMAIL_WINNER,
            Kind.EMAIL_SELLER,
            Kind.DISCORD,
        )

    @pytest.mark.parametrize("status", [Status.UNSOLD, Status.CANCELLED])
    def test_gives_other_ends_no_winner(self, status: Status) -> None:
        assert kinds_of(status) == (Kind.REPORT, Kind.EMAIL_SELLER, Kind.DISCORD)

    def test_only_the_mail_that_carries_the_report_waits_for_it(self) -> None:
        assert [kind for kind in Kind if waits_for_report(kind)] == [Kind.EMAIL_SELLER]


class TestTransitionAfter:
    @pytest.mark.parametrize("kind", Kind)
    @pytest.mark.parametrize("attempts", range(1, MAX_ATTEMPTS + 2))
    @pytest.mark.parametrize(
        ("outcome", "state"),
        [
            (DeliveryOutcome.DONE, State.DONE),
            (DeliveryOutcome.SKIPPED, State.SKIPPED),
            (DeliveryOutcome.NEVER, State.DEAD),
        ],
    )
    def test_ends_what_is_certain(
        self, kind: Kind, attempts: int, outcome: DeliveryOutcome, state: State
    ) -> None:
        assert transition_after(kind, outcome, attempts, chance=0.5) == Transition(state)

    @pytest.mark.parametrize("attempts", range(1, MAX_ATTEMPTS + 2))
    def test_never_repeats_a_post_that_maybe_happened(self, attempts: int) -> None:
        assert transition_after(
            Kind.DISCORD, DeliveryOutcome.MAYBE, attempts, chance=0
        ) == Transition(State.UNKNOWN)

    @pytest.mark.parametrize("kind", REPEATABLE)
    @pytest.mark.parametrize("attempts", range(1, MAX_ATTEMPTS))
    def test_repeats_everything_else_that_maybe_happened(self, kind: Kind, attempts: int) -> None:
        assert (
            transition_after(kind, DeliveryOutcome.MAYBE, attempts, chance=0).state is State.RETRY
        )

    @pytest.mark.parametrize("kind", Kind)
    @pytest.mark.parametrize("attempts", range(1, MAX_ATTEMPTS))
    def test_tries_again_what_surely_did_not_happen(self, kind: Kind, attempts: int) -> None:
        following = transition_after(kind, DeliveryOutcome.NOT_SENT, attempts, chance=0)

        assert following == Transition(State.RETRY, backoff_s(attempts, 0))

    @pytest.mark.parametrize("kind", REPEATABLE)
    @pytest.mark.parametrize("outcome", [DeliveryOutcome.NOT_SENT, DeliveryOutcome.MAYBE])
    @pytest.mark.parametrize("attempts", [MAX_ATTEMPTS, MAX_ATTEMPTS + 1])
    def test_gives_up_after_eight_attempts(
        self, kind: Kind, outcome: DeliveryOutcome, attempts: int
    ) -> None:
        assert transition_after(kind, outcome, attempts, chance=0) == Transition(State.DEAD)

    @pytest.mark.parametrize("kind", Kind)
    @pytest.mark.parametrize("attempts", range(1, MAX_ATTEMPTS + 2))
    def test_does_not_count_what_was_not_tried(self, kind: Kind, attempts: int) -> None:
        following = transition_after(kind, DeliveryOutcome.POSTPONED, attempts, chance=0)

        assert (following.state, following.counts) == (State.RETRY, False)

    def test_waits_as_long_as_the_other_side_asks(self) -> None:
        for outcome in (DeliveryOutcome.POSTPONED, DeliveryOutcome.NOT_SENT):
            following = transition_after(Kind.DISCORD, outcome, 1, chance=0, wait_s=77)
            assert following.wait_s == 77

    @given(st.sampled_from(Kind), st.sampled_from(DeliveryOutcome), st.integers(1, 20), CHANCES)
    def test_is_due_again_where_it_is_not_over_and_only_there(
        self, kind: Kind, outcome: DeliveryOutcome, attempts: int, chance: float
    ) -> None:
        following = transition_after(kind, outcome, attempts, chance=chance)

        assert (following.wait_s is None) == (following.state in INACTIVE)
        assert following.state is not State.LEASED


class TestBackoff:
    def test_doubles_up_to_five_minutes(self) -> None:
        pauses = [backoff_s(attempts, 0) for attempts in range(1, 12)]

        assert pauses[0] == FIRST_BACKOFF_S
        assert all(b == min(2 * a, MAX_BACKOFF_S) for a, b in pairwise(pauses))

    @given(st.integers(1, 50), CHANCES)
    def test_is_spread_over_its_upper_half(self, attempts: int, chance: float) -> None:
        whole = backoff_s(attempts, 0)

        assert whole / 2 <= backoff_s(attempts, chance) <= whole


class TestAPersonsWord:
    @pytest.mark.parametrize("state", State)
    def test_counts_for_what_is_parked_only(self, state: State) -> None:
        assert may_resend(state) == (state in PARKED)
        for kind in (*EMAILS, Kind.DISCORD):
            assert may_settle(kind, state) == (state in PARKED)

    @pytest.mark.parametrize("state", State)
    def test_cannot_put_a_report_on_the_page(self, state: State) -> None:
        assert not may_settle(Kind.REPORT, state)
