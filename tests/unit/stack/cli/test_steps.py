import io
import sys
import threading
from collections.abc import Callable

from martelo.stack.cli.progress import Progress
from martelo.stack.cli.steps import LANES, Say, Step, run_commands, run_in_lanes


def saying(line: str, *, passes: bool = True) -> Callable[[Say], bool]:
    def run(say: Say) -> bool:
        say(line)
        return passes

    return run


class TestRunInLanes:
    def test_returns_of_each_step_whether_it_passed(self) -> None:
        stream = io.StringIO()
        steps = [Step("types", saying("one fault", passes=False)), Step("tests", saying("fine"))]

        results = run_in_lanes(steps, Progress(stream))

        assert {name: each.has_passed for name, each in results.items()} == {
            "types": False,
            "tests": True,
        }
        assert results["types"].last_lines == ("one fault",)
        lines = stream.getvalue().splitlines()
        assert {"types | one fault", "tests | fine"} <= set(lines)
        [verdict] = [line for line in lines if line.startswith("types | == FAILED")]
        assert verdict.endswith(" s")

    def test_runs_as_many_at_once_as_there_are_lanes(self) -> None:
        everybody = threading.Barrier(LANES)

        def meet(_: Say) -> bool:
            everybody.wait(timeout=60)
            return True

        steps = [Step(str(number), meet) for number in range(LANES)]
        results = run_in_lanes(steps, Progress(io.StringIO()))

        assert all(result.has_passed for result in results.values())


class TestRunCommands:
    def test_stops_at_the_first_that_fails(self) -> None:
        lines: list[str] = []
        program = "import sys; print(sys.argv[1]); sys.exit(sys.argv[1] == 'second')"
        words = ("first", "second", "third")

        passed = run_commands(
            [[sys.executable, "-c", program, word] for word in words], {}, lines.append
        )

        assert not passed
        assert lines == ["first", "second"]
