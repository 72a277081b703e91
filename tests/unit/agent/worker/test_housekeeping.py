from datetime import timedelta

from prometheus_client import CollectorRegistry

from fakes.ends import LETTER, WRITTEN, sold
from fakes.memory_effects import MemoryEffects
from martelo.agent.domain.effects import State, Transition
from martelo.agent.domain.texts import Kind
from martelo.agent.ports.effects import DeliveryChannel
from martelo.agent.worker.housekeeping import BATCH, Housekeeper
from martelo.agent.worker.metrics import WorkerMetrics

RETENTION = timedelta(days=90)


def keep_mails(number: int) -> MemoryEffects:
    """Return a store with so many e-mails that are done."""
    store = MemoryEffects()
    store.add_ends([sold() for _ in range(number)])
    for each in store.claim(number * 4):
        if each.kind is Kind.EMAIL_WINNER:
            store.freeze(each.claim, LETTER, WRITTEN, "x")
            store.finish(each.claim, Transition(State.DONE), "", DeliveryChannel.OUTBOX)
    return store


class TestHousekeeper:
    def test_counts_what_is_final(self) -> None:
        store, registry = keep_mails(3), CollectorRegistry()

        assert Housekeeper(store, RETENTION, WorkerMetrics(registry)).step() > 0

        labels = {"kind": "email_winner", "state": "done"}
        assert registry.get_sample_value("martelo_agent_effects", labels) == 3

    def test_goes_on_at_once_while_there_is_more_to_forget(self) -> None:
        store = keep_mails(BATCH + 1)
        store.now_s += RETENTION.total_seconds() + 1
        housekeeper = Housekeeper(store, RETENTION, WorkerMetrics(CollectorRegistry()))

        assert housekeeper.step() == 0
        assert housekeeper.step() > 0

        assert not any(row.frozen for row in store.rows.values())
