import threading

from martelo.runtime.worker.loops import FIRST_BACKOFF_S, SILENT_S, Loop, Loops


class Steps:
    """Raises the given errors, one per step; `None`: no error."""

    def __init__(self, *faults: Exception | None) -> None:
        self.faults = list(faults)

    def __call__(self) -> float:
        fault = self.faults.pop(0)
        if fault is not None:
            raise fault
        return 7.0


class TestTakeStep:
    def test_returns_the_pause_of_the_step(self) -> None:
        assert Loop("a", Steps(None)).take_step() == 7.0

    def test_pauses_longer_with_each_failure_up_to_a_bound(self) -> None:
        loop = Loop("a", Steps(*[ValueError("x")] * 5, None, KeyError("y")), backoff_s=1.0)

        pauses = [loop.take_step() for _ in range(7)]

        assert pauses == [FIRST_BACKOFF_S, 0.4, 0.8, 1.0, 1.0, 7.0, FIRST_BACKOFF_S]


class TestIsReady:
    def test_holds_from_the_first_good_step_until_one_fails(self) -> None:
        loop = Loop("a", Steps(None, ValueError("x"), None))
        seen = [loop.is_ready()]

        for _ in range(3):
            loop.take_step()
            seen.append(loop.is_ready())

        assert seen == [False, True, False, True]

    def test_holds_through_the_pause_that_a_step_asked_for(self) -> None:
        now_s = [100.0]
        loop = Loop("a", lambda: 60.0, clock=lambda: now_s[0])
        loop.take_step()

        now_s[0] += 60.0 + SILENT_S - 1
        paused = loop.is_ready()
        now_s[0] += 1
        silent = loop.is_ready()

        assert (paused, silent) == (True, False)


class TestLoops:
    def test_run_each_until_asked_to_stop(self) -> None:
        stopping = threading.Event()
        taken: list[str] = []

        def step() -> float:
            taken.append(threading.current_thread().name)
            if len(set(taken)) == 2:
                stopping.set()
            return 0.0

        loops = Loops([Loop("a", step), Loop("b", step)])
        loops.run(stopping)

        assert set(taken) == {"a", "b"}
        assert loops.not_ready() == []
        assert loops.stuck() == []
