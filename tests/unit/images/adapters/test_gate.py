import threading

import pytest

from martelo.images.adapters.gate import Gate
from martelo.images.ports import Busy


class TestPlace:
    def test_gives_a_place_back_whatever_happens_inside(self) -> None:
        gate = Gate(running=1, waiting=0, patience_s=0.01)

        for _ in range(3):
            with pytest.raises(KeyError), gate.place():
                raise KeyError

        with gate.place():
            pass

    def test_refuses_who_would_wait_behind_too_many(self) -> None:
        gate = Gate(running=1, waiting=0, patience_s=60)

        with gate.place(), pytest.raises(Busy), gate.place():
            pass

    def test_refuses_who_waited_in_vain(self) -> None:
        gate = Gate(running=1, waiting=1, patience_s=0.01)

        with gate.place(), pytest.raises(Busy), gate.place():
            pass

        with gate.place():
            pass

    def test_lets_in_who_waits_once_a_place_is_free(self) -> None:
        gate, entered = Gate(running=1, waiting=1, patience_s=60), threading.Event()

        def enter() -> None:
            with gate.place():
                entered.set()

        waiting = threading.Thread(target=enter)
        with gate.place():
            waiting.start()
            assert not entered.is_set()
        waiting.join(timeout=10)

        assert entered.is_set()
