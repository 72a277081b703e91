import pytest

from martelo.stack.errors import StackError
from martelo.stack.topology.gateway_limits import LIMITS, MAX, Limit, read_limits

CLASS = 60
"""People behind one address, as in a school or an office."""


class TestReadLimits:
    def test_lets_a_class_open_pages_and_sign_in_at_once(self) -> None:
        values = {name: int(value) for name, value in read_limits({}).items()}

        assert values["MARTELO_STREAMS_AT_ONCE"] >= 3 * CLASS
        assert values["MARTELO_REQUESTS_AT_ONCE"] >= 3 * CLASS
        assert values["MARTELO_PAGES_PER_SECOND_BURST"] >= 2 * CLASS
        assert values["MARTELO_PASSWORDS_PER_SECOND_BURST"] >= CLASS

    def test_takes_what_is_set_and_scales_its_burst(self) -> None:
        values = read_limits({"MARTELO_PAGES_PER_SECOND": "7", "MARTELO_READS_PER_SECOND": ""})

        assert values["MARTELO_PAGES_PER_SECOND"] == "7"
        assert values["MARTELO_PAGES_PER_SECOND_BURST"] == "64"
        assert values["MARTELO_READS_PER_SECOND"] == "100"

    @pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.variable)
    @pytest.mark.parametrize("text", ["0", "-1", "1.5", "many", "²", str(MAX + 1)])
    def test_refuses_what_is_not_a_number(self, limit: Limit, text: str) -> None:

        with pytest.raises(StackError, match=limit.variable):
            read_limits({limit.variable: text})
