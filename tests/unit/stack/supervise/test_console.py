import io
import threading

from martelo.stack.supervise.console import TerminalOutput, format_line


class Stuck(io.StringIO):
    """A terminal that does not print until it is released."""

    def __init__(self) -> None:
        super().__init__()
        self.moving = threading.Event()

    def write(self, text: str) -> int:
        self.moving.wait(10)
        return super().write(text)


class TestSay:
    def test_prints_in_order(self) -> None:
        output = io.StringIO()
        console = TerminalOutput(output, colour=False)

        console.say("valkey", "one")
        console.say("valkey", "two")
        console.close()

        assert [line.split(" | ")[1] for line in output.getvalue().splitlines()] == ["one", "two"]

    def test_never_waits_for_the_terminal_and_says_what_it_left_out(self) -> None:
        output = Stuck()
        console = TerminalOutput(output, colour=False)

        for number in range(12_000):
            console.say("valkey", str(number))
        output.moving.set()
        console.close()

        assert "lines left out" in output.getvalue()


class TestFormatLine:
    def test_gives_a_name_one_colour(self) -> None:
        first, second = (format_line("gateway", text, colour=True) for text in ("a", "b"))

        assert first.startswith("\x1b[")
        assert first.split("a | ")[0] != ""
        assert first.partition("|")[0] == second.partition("|")[0]
