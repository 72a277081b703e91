import re

import pytest

from martelo.stack.engines.gateway import PLACE, TEMPLATE, render
from martelo.stack.errors import StackError

TEXT = TEMPLATE.read_text(encoding="utf-8")


class TestRender:
    def test_leaves_the_servers_own_variables_alone(self) -> None:
        assert render("$uri ${PORT}", {"PORT": "80"}) == "$uri 80"

    def test_names_what_nobody_sets(self) -> None:
        with pytest.raises(StackError, match="ONE, TWO"):
            render("${TWO} ${ONE} ${TWO}", {})


class TestTheTemplate:
    def test_writes_its_own_variables_without_brackets(self) -> None:
        places = re.findall(r"\$\{[^}]*\}", TEXT)

        assert all(PLACE.fullmatch(place) for place in places)

    def test_sends_no_change_twice(self) -> None:
        assert "proxy_next_upstream off;" in TEXT
        assert TEXT.count("proxy_next_upstream") == 1

    def test_logs_no_query(self) -> None:
        log_format = TEXT.partition("log_format")[2].partition(";")[0]

        assert "$request_uri" not in log_format
        assert "$args" not in log_format
        assert "$request " not in log_format
