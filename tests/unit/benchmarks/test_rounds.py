from collections.abc import Callable

from benchmarks.harness.rounds import Round, Scale, faults_of, interleave, judged

SCALE = Scale("test", rounds=3, round_s=0.0, floor_cpu_s=0.5)


def a_round(cpu_s: float = 1.0, fault: str | None = None) -> Round:
    return Round(operations=1000, wall_s=2.0, cpu_s=cpu_s, others={"store_s": 0.1}, fault=fault)


class TestRound:
    def test_tells_cost_and_rate(self) -> None:
        found = a_round()

        assert (found.cpu_us, found.per_s) == (1000.0, 500.0)
        assert found.other_us("store_s") == 100.0

    def test_without_operations_has_a_cost_still(self) -> None:
        assert Round(operations=0, wall_s=1.0, cpu_s=1.0).cpu_us == 1e6


class TestInterleave:
    def test_takes_turns_and_discards_the_first_of_each(self) -> None:
        ran: list[str] = []

        def subject(name: str) -> Callable[[], Round]:
            def run() -> Round:
                ran.append(name)
                return a_round(cpu_s=float(len(ran)))

            return run

        found = interleave({"a": subject("a"), "b": subject("b")}, SCALE)

        assert ran == ["a", "b"] * 4
        assert [each.cpu_s for each in found["a"]] == [3.0, 5.0, 7.0]

    def test_marks_rounds_below_the_floor_it_is_given(self) -> None:
        found = interleave({"a": lambda: a_round(cpu_s=0.1)}, SCALE, floor_cpu_s=0.05)

        assert faults_of(found["a"]) == []


class TestJudged:
    def test_says_that_a_round_burnt_too_little(self) -> None:
        assert judged(a_round(cpu_s=0.2), 0.5).fault == "used only 0.20 s of CPU"

    def test_keeps_the_fault_that_is_there(self) -> None:
        assert judged(a_round(cpu_s=0.2, fault="saturated"), 0.5).fault == "saturated"

    def test_leaves_a_good_round_alone(self) -> None:
        assert judged(a_round(), 0.5) == a_round()
