import signal

from martelo.stack import topology
from martelo.stack.topology import ONE_OFFS, PROCESSES, select


class TestTheTable:
    def test_names_are_unique(self) -> None:
        names = [item.name for item in (*PROCESSES, *ONE_OFFS)]

        assert len(names) == len(set(names))

    def test_default_ports_are_unique_and_leave_room_to_move(self) -> None:
        ports = [port for process in PROCESSES for port in process.ports.values()]

        assert len(ports) == len(set(ports))
        assert all(1024 <= port < 32_000 for port in ports)

    def test_whatever_is_needed_or_called_is_in_it(self) -> None:
        names = topology.everything()

        for process in PROCESSES:
            assert set(process.needs) | set(process.after) | set(process.calls) <= names
        for one_off in ONE_OFFS:
            assert set(one_off.needs) <= names

    def test_nothing_waits_for_itself(self) -> None:
        waits = {p.name: (*p.needs, *p.after) for p in PROCESSES}
        waits |= {one_off.name: one_off.needs for one_off in ONE_OFFS}

        started: set[str] = set()
        while ready := {n for n, w in waits.items() if set(w) <= started} - started:
            started |= ready

        assert started == set(waits)

    def test_whoever_has_a_database_url_calls_postgresql(self) -> None:
        for process in PROCESSES:
            has_url = "DATABASE_URL" in process.settings
            assert has_url == ("postgresql" in process.calls and process.context != "")
            assert has_url == (process.pool_size > 0)

    def test_pools_fit_the_server(self) -> None:
        assert sum(process.pool_size for process in PROCESSES) <= 60 - 10

    def test_those_who_end_their_own_children_are_asked_to(self) -> None:
        asked = {p.name for p in PROCESSES if p.death_signal is signal.SIGTERM}

        assert asked == {"storefront", "auctions-api", "images-api", "agent-api", "gateway"}


class TestSelect:
    def test_brings_what_is_needed(self) -> None:
        assert select(["auctions-api"]) == {
            "auctions-api",
            "auctions-migrate",
            "postgresql",
            "valkey",
        }

    def test_brings_nothing_that_is_only_ordered_after(self) -> None:
        assert select(["gateway"]) == {"gateway"}
