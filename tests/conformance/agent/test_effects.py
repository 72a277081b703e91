from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from conformance.agent.conftest import LEASE_S, SEND_BUDGET_S, Effects
from fakes.ends import LETTER, POST, REPORT, WRITTEN, sold, unsold
from martelo.agent.domain.effects import State, Transition
from martelo.agent.domain.frozen import Frozen
from martelo.agent.domain.texts import Kind
from martelo.agent.ports.effects import Claimed, DeliveryChannel
from martelo.contracts.finished import nameless

LABEL = "modelo fixo (sem IA)"
DAY = timedelta(days=1)
LATER = Transition(State.RETRY, 60)


def claim_one(effects: Effects, kind: Kind) -> Claimed:
    """Claim all that is due and return the one of a kind."""
    (found,) = [each for each in effects.store.claim(100) if each.kind is kind]
    return found


class TestAddEnds:
    def test_stores_every_effect_of_an_end_once_however_often_it_is_added(
        self, effects: Effects
    ) -> None:
        end = sold()

        added = [effects.store.add_ends([end, end]) for _ in range(5)]

        assert added == [1, 0, 0, 0, 0]
        assert effects.states() == dict.fromkeys(Kind, State.PENDING)

    def test_gives_other_ends_no_mail_to_a_winner(self, effects: Effects) -> None:
        effects.store.add_ends([unsold()])

        assert set(effects.states()) == {Kind.REPORT, Kind.EMAIL_SELLER, Kind.DISCORD}

    def test_takes_nothing(self, effects: Effects) -> None:
        assert effects.store.add_ends([]) == 0

    def test_survives_many_who_tell_the_same_at_once(self, effects: Effects) -> None:
        ends = [sold() for _ in range(20)]

        with ThreadPoolExecutor(4) as threads:
            added = list(threads.map(effects.store.add_ends, [ends, ends[::-1], ends, ends[::-1]]))

        assert sum(added) == 20
        assert len(effects.store.claim(1_000)) == 60


class TestClaim:
    def test_tells_the_end_and_counts_the_attempt(self, effects: Effects) -> None:
        end = sold()
        effects.store.add_ends([end])

        claimed = effects.store.claim(10)

        assert [each.kind for each in claimed] == [Kind.REPORT, Kind.EMAIL_WINNER, Kind.DISCORD]
        assert all(each.end == nameless(end) for each in claimed)
        assert {(each.attempts, each.was_in_flight, each.frozen) for each in claimed} == {
            (1, False, None)
        }

    def test_gives_nobody_else_what_is_claimed(self, effects: Effects) -> None:
        effects.store.add_ends([sold()])

        assert len(effects.store.claim(2)) == 2
        assert len(effects.store.claim(10)) == 1
        assert effects.store.claim(10) == []

    def test_shares_the_work_without_giving_anything_twice(self, effects: Effects) -> None:
        effects.store.add_ends([sold() for _ in range(40)])

        with ThreadPoolExecutor(6) as threads:
            batches = list(threads.map(effects.store.claim, [20] * 6))

        claims = [each.claim.id for batch in batches for each in batch]
        assert len(claims) == len(set(claims)) == 120

    def test_gives_it_again_when_the_lease_is_over(self, effects: Effects) -> None:
        effects.store.add_ends([sold()])
        first = claim_one(effects, Kind.DISCORD)

        effects.pass_time(LEASE_S - 1)
        assert effects.store.claim(10) == []
        effects.pass_time(2)
        again = claim_one(effects, Kind.DISCORD)

        assert again.claim.id == first.claim.id
        assert again.claim.token != first.claim.token
        assert again.attempts == 2

    def test_says_that_sending_had_begun(self, effects: Effects) -> None:
        effects.store.add_ends([sold()])
        assert effects.store.begin(claim_one(effects, Kind.DISCORD).claim)

        effects.pass_time(LEASE_S + 1)

        assert claim_one(effects, Kind.DISCORD).was_in_flight
        assert not any(each.was_in_flight for each in effects.store.claim(10))

    def test_leaves_the_sellers_mail_until_the_report_is_there(self, effects: Effects) -> None:
        effects.store.add_ends([sold()])
        report = claim_one(effects, Kind.REPORT)
        effects.pass_time(LEASE_S - 1)
        assert effects.states()[Kind.EMAIL_SELLER] is State.PENDING

        assert effects.store.publish(report.claim, REPORT, WRITTEN, LABEL)
        (mail,) = effects.store.claim(10)

        assert (mail.kind, mail.report) == (Kind.EMAIL_SELLER, REPORT)
        assert effects.states()[Kind.REPORT] is State.DONE


class TestFreeze:
    @pytest.mark.parametrize(
        ("kind", "frozen"), [(Kind.EMAIL_WINNER, LETTER), (Kind.DISCORD, POST)]
    )
    def test_is_read_as_it_was_written(self, effects: Effects, kind: Kind, frozen: Frozen) -> None:
        effects.store.add_ends([sold()])
        first = claim_one(effects, kind)
        assert effects.store.freeze(first.claim, frozen, WRITTEN, LABEL)
        effects.store.finish(first.claim, LATER, "451 later", None)

        effects.pass_time(61)

        assert claim_one(effects, kind).frozen == frozen


class TestBegin:
    def test_demands_that_the_lease_lasts_for_the_sending(self, effects: Effects) -> None:
        effects.store.add_ends([sold()])
        claimed = claim_one(effects, Kind.DISCORD)

        effects.pass_time(LEASE_S - SEND_BUDGET_S + 1)

        assert not effects.store.begin(claimed.claim)


class TestTheToken:
    def test_is_demanded_by_everything_that_is_written(self, effects: Effects) -> None:
        effects.store.add_ends([sold()])
        late = {each.kind: each.claim for each in effects.store.claim(10)}
        effects.pass_time(LEASE_S + 1)
        held = {each.kind: each for each in effects.store.claim(10)}

        assert not effects.store.freeze(late[Kind.DISCORD], POST, WRITTEN, LABEL)
        assert not effects.store.begin(late[Kind.DISCORD])
        assert not effects.store.finish(
            late[Kind.DISCORD], Transition(State.DONE), "", DeliveryChannel.DISCORD
        )
        assert not effects.store.give_back(late[Kind.DISCORD])
        assert not effects.store.publish(late[Kind.REPORT], REPORT, WRITTEN, LABEL)
        assert effects.states()[Kind.DISCORD] is State.LEASED
        assert effects.store.finish(
            held[Kind.DISCORD].claim, Transition(State.DONE), "", DeliveryChannel.DISCORD
        )
        assert effects.states()[Kind.DISCORD] is State.DONE


class TestFinish:
    @pytest.mark.parametrize("state", [State.DONE, State.SKIPPED, State.UNKNOWN, State.DEAD])
    def test_ends_it_for_good(self, effects: Effects, state: State) -> None:
        effects.store.add_ends([sold()])
        claimed = claim_one(effects, Kind.DISCORD)
        effects.store.begin(claimed.claim)

        effects.store.finish(claimed.claim, Transition(state), "so it was", DeliveryChannel.DISCORD)
        effects.pass_time(10 * LEASE_S)

        assert Kind.DISCORD not in {each.kind for each in effects.store.claim(10)}
        assert effects.states()[Kind.DISCORD] is state

    def test_has_it_tried_again_in_time(self, effects: Effects) -> None:
        effects.store.add_ends([sold()])
        claimed = claim_one(effects, Kind.DISCORD)
        effects.store.begin(claimed.claim)
        effects.store.finish(claimed.claim, LATER, "", None)

        effects.pass_time(59)
        assert effects.store.claim(10) == []
        effects.pass_time(2)
        again = claim_one(effects, Kind.DISCORD)

        assert (again.attempts, again.was_in_flight) == (2, False)

    def test_does_not_count_what_was_postponed(self, effects: Effects) -> None:
        effects.store.add_ends([sold()])
        claimed = claim_one(effects, Kind.DISCORD)
        effects.store.finish(claimed.claim, Transition(State.RETRY, 1, counts=False), "", None)

        effects.pass_time(2)

        assert claim_one(effects, Kind.DISCORD).attempts == 1


class TestGiveBack:
    def test_lets_another_have_it_at_once(self, effects: Effects) -> None:
        effects.store.add_ends([sold()])
        claimed = claim_one(effects, Kind.DISCORD)

        assert effects.store.give_back(claimed.claim)

        assert effects.states()[Kind.DISCORD] is State.PENDING
        assert claim_one(effects, Kind.DISCORD).attempts == 1


class TestCensus:
    def test_counts_by_kind_and_state(self, effects: Effects) -> None:
        effects.store.add_ends([sold(), unsold()])
        effects.store.claim(1)
        effects.pass_time(30)

        counts = effects.store.count_open()

        assert counts.counts[Kind.REPORT, State.LEASED] == 1
        assert counts.counts[Kind.EMAIL_SELLER, State.PENDING] == 2
        assert sum(counts.counts.values()) == 7
        assert 30 <= counts.oldest_open_s < 40

    def test_leaves_out_what_is_final(self, effects: Effects) -> None:
        effects.store.add_ends([sold()])
        claimed = {each.kind: each.claim for each in effects.store.claim(10)}
        effects.store.publish(claimed[Kind.REPORT], REPORT, WRITTEN, LABEL)
        effects.store.finish(claimed[Kind.DISCORD], Transition(State.SKIPPED), "", None)
        effects.store.finish(claimed[Kind.EMAIL_WINNER], Transition(State.DEAD), "", None)

        assert effects.store.count_open().counts == {
            (Kind.EMAIL_WINNER, State.DEAD): 1,
            (Kind.EMAIL_SELLER, State.PENDING): 1,
        }
        assert effects.store.count_final() == {
            (Kind.REPORT, State.DONE): 1,
            (Kind.DISCORD, State.SKIPPED): 1,
        }

    def test_does_not_take_what_is_parked_to_be_open(self, effects: Effects) -> None:
        effects.store.add_ends([unsold()])
        for claimed in effects.store.claim(10):
            effects.store.finish(claimed.claim, Transition(State.DEAD), "", None)
        effects.pass_time(30)

        # The seller's e-mail waits for a report that does not come.
        counts = effects.store.count_open()
        assert counts.counts[Kind.DISCORD, State.DEAD] == 1
        assert 30 <= counts.oldest_open_s < 40

    def test_knows_of_no_oldest_where_nothing_is_open(self, effects: Effects) -> None:
        assert effects.store.count_open().oldest_open_s == 0


class TestForget:
    def end(self, effects: Effects, mail: State, post: State) -> None:
        effects.store.add_ends([sold()])
        claimed = {each.kind: each.claim for each in effects.store.claim(10)}
        effects.store.publish(claimed[Kind.REPORT], REPORT, WRITTEN, LABEL)
        effects.store.freeze(claimed[Kind.EMAIL_WINNER], LETTER, WRITTEN, LABEL)
        effects.store.finish(
            claimed[Kind.EMAIL_WINNER], Transition(mail), "", DeliveryChannel.OUTBOX
        )
        effects.store.freeze(claimed[Kind.DISCORD], POST, WRITTEN, LABEL)
        effects.store.finish(claimed[Kind.DISCORD], Transition(post), "", None)

    def test_takes_the_texts_of_what_is_final_for_long_enough(self, effects: Effects) -> None:
        self.end(effects, State.DONE, State.SKIPPED)
        effects.pass_time(DAY.total_seconds() - 60)
        assert effects.store.forget(DAY, 100) == 0
        effects.pass_time(120)
        states = effects.states()

        assert effects.store.forget(DAY, 100) == 2
        assert effects.store.forget(DAY, 100) == 0

        assert effects.texts() == {
            "report": True,
            "email_winner": False,
            "email_seller": False,
            "discord": False,
        }
        assert effects.states() == states

    @pytest.mark.parametrize("state", [State.UNKNOWN, State.DEAD])
    def test_leaves_what_may_be_sent_again(self, effects: Effects, state: State) -> None:
        self.end(effects, state, state)
        effects.pass_time(10 * DAY.total_seconds())

        assert effects.store.forget(DAY, 100) == 0

    def test_takes_no_more_than_is_asked_for(self, effects: Effects) -> None:
        for _ in range(3):
            self.end(effects, State.DONE, State.DONE)
        effects.pass_time(2 * DAY.total_seconds())

        assert [effects.store.forget(DAY, 4) for _ in range(3)] == [4, 2, 0]

    def test_is_shared_by_many(self, effects: Effects) -> None:
        for _ in range(10):
            self.end(effects, State.DONE, State.DONE)
        effects.pass_time(2 * DAY.total_seconds())

        with ThreadPoolExecutor(4) as threads:
            forgotten = list(threads.map(lambda _: effects.store.forget(DAY, 5), range(8)))

        assert sum(forgotten) + effects.store.forget(DAY, 100) == 20
