import re

import pytest

from martelo.stack.engines.gateway import PLACE, TEMPLATE, refuse_absent, render
from martelo.stack.errors import StackError
from martelo.stack.topology import plan

TEXT = TEMPLATE.read_text(encoding="utf-8")


class TestRender:
    def test_leaves_the_servers_own_variables_alone(self) -> None:
        assert render("$uri ${PORT}", {"PORT": "80"}) == "$uri 80"

    def test_names_unset_values(self) -> None:
        with pytest.raises(StackError, match="ONE, TWO"):
            render("${TWO} ${ONE} ${TWO}", {})


class TestTheTemplate:
    def test_writes_its_own_variables_without_brackets(self) -> None:
        places = re.findall(r"\$\{[^}]*\}", TEXT)

        assert all(PLACE.fullmatch(place) for place in places)

    def test_sends_no_change_twice(self) -> None:
        general, _, locations = TEXT.partition("    server {")

        assert re.findall(r"^ +proxy_next_upstream (.*);", general, re.MULTILINE) == ["off"]
        # Without `non_idempotent`, what was sent and is not a GET is not sent again.
        tried = re.findall(
            r"proxy_next_upstream (.*);\n +proxy_pass http://(.*);", locations, re.MULTILINE
        )
        assert tried == [
            *[("error", "auctions_live")] * 2,
            ("error", "$socketio"),
            ("error timeout http_502 http_503", "$catalog"),
        ]
        # Where the method chooses, what is not a GET has one server alone.
        [chosen] = re.findall(r"map \$request_method \$catalog \{([^}]*)\}", general)
        assert chosen.split() == [
            "default",
            "catalog_api;",
            *("GET", "catalog_read;"),
            *("HEAD", "catalog_read;"),
        ]
        [alone] = re.findall(r"upstream catalog_api \{([^}]*\}[^}]*)\}", general)
        assert alone.count("server ") == 1
        assert locations.count("proxy_next_upstream") == len(tried)

    def test_logs_no_query(self) -> None:
        log_format = TEXT.partition("log_format")[2].partition(";")[0]

        assert "$request_uri" not in log_format
        assert "$args" not in log_format
        assert "$request " not in log_format


class TestRefuseAbsent:
    def test_leaves_no_way_to_any_process(self) -> None:
        template = TEMPLATE.read_text("utf-8")
        behind = [process.name for process in plan.PROCESSES if process.context]

        refused = refuse_absent(template, behind)

        assert "proxy_pass http://" not in refused
        assert refused.count("return 503;") == template.count("proxy_pass http://")

    def test_answers_404_where_the_house_does_not_have_them(self) -> None:
        assert refuse_absent("proxy_pass http://images_api;", ["images-api"], status=404) == (
            "return 404;"
        )

    def test_leaves_the_others_alone(self) -> None:
        settings = "proxy_pass http://agent_api;\nproxy_pass http://images_api/openapi.json;\n"

        assert refuse_absent(settings, ["images-api"]) == (
            "proxy_pass http://agent_api;\nreturn 503;\n"
        )
