import signal

import pytest

from martelo.agent.main import api as agent_api
from martelo.agent.main import worker as agent_worker
from martelo.auctions.main import api as auctions_api
from martelo.auctions.main import worker as auctions_worker
from martelo.catalog.main import api as catalog_api
from martelo.catalog.main import replica as catalog_replica
from martelo.images.main import api as images
from martelo.runtime.http import granian_server
from martelo.stack.topology import plan
from martelo.stack.topology.engines import MAX_CONNECTIONS, RESERVED_CONNECTIONS
from martelo.stack.topology.plan import (
    CONTEXTS,
    LARGEST_PLAN,
    MAX_WORKERS,
    ONE_OFFS,
    PROCESSES,
    find_process,
    make_plan,
    select,
)


class TestTheTopology:
    def test_names_are_unique(self) -> None:
        names = [*(process.name for process in PROCESSES), *(each.name for each in ONE_OFFS)]

        assert len(names) == len(set(names))

    def test_each_item_names_its_context(self) -> None:
        for context in CONTEXTS:
            assert {process.context for process in context.processes} == {context.name}
            assert {one_off.context for one_off in context.one_offs} <= {context.name}
            assert context.api in {"", *(process.name for process in context.processes)}

    def test_default_ports_are_unique_and_leave_room_to_move(self) -> None:
        ports = [port for process in LARGEST_PLAN for port in process.ports.values()]

        assert len(ports) == len(set(ports))
        assert all(1024 <= port < 32_000 for port in ports)

    def test_everything_needed_or_called_is_in_it(self) -> None:
        names = plan.everything()

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
            has_url = not {"DATABASE_URL", "DATABASE_READER_URL"}.isdisjoint(process.settings)
            assert has_url == ("postgresql" in process.calls and process.context != "")
            assert has_url == (process.pool_size > 0)

    def test_pools_are_those_of_the_code(self) -> None:
        pools = {process.name: process.pool_size for process in PROCESSES if process.pool_size}

        assert pools == {
            "agent-api": agent_api.POOL_SIZE,
            "agent-worker": agent_worker.POOL_SIZE,
            "auctions-api": auctions_api.POOL_SIZE,
            # Its leadership has a connection of its own.
            "auctions-worker": auctions_worker.POOL_SIZE + 1,
            "catalog-api": catalog_api.POOL_SIZE,
            "catalog-replica": catalog_replica.POOL_SIZE,
            "images-api": images.POOL_SIZE,
            # Django keeps a connection in each thread; one more sends e-mails.
            "storefront": granian_server.BLOCKING_THREADS + 1,
        }

    def test_those_who_end_their_own_children_are_asked_to(self) -> None:
        names = {p.name for p in PROCESSES if p.death_signal is signal.SIGTERM}

        apis = {"storefront", "auctions-api", "catalog-api", "catalog-replica", "images-api"}
        assert names == apis | {"agent-api", "gateway"}


class TestPlan:
    def test_is_the_topology_with_a_worker_of_the_auctions_api_for_each_core(self) -> None:
        planned = make_plan(None, cores=4)

        assert [process.name for process in planned] == [process.name for process in PROCESSES]
        several = {process.name: process.workers for process in planned if process.workers > 1}
        assert several == {"auctions-api": 4}

    def test_has_no_more_of_them_than_may_be_requested(self) -> None:
        process = find_process("auctions-api", make_plan(None, cores=96))

        assert process is not None
        assert process.workers == MAX_WORKERS

    def test_has_workers_of_what_forks_and_further_processes_of_the_rest(self) -> None:
        planned = make_plan(3, cores=2)

        several = {process.name: process.workers for process in planned if process.workers > 1}
        names = {p.name for p in PROCESSES if "http" in p.ports and "side" in p.ports}
        names -= {"gateway"}
        assert several == dict.fromkeys(names, 3)
        further = {p.name: (p.first, p.ports) for p in planned if p.first}
        assert further == {
            "auctions-live-2": ("auctions-live", {"http": 5042}),
            "auctions-live-3": ("auctions-live", {"http": 5043}),
            "auctions-socketio-2": ("auctions-socketio", {"http": 5062}),
            "auctions-socketio-3": ("auctions-socketio", {"http": 5063}),
        }

    def test_gives_further_processes_what_their_first_has(self) -> None:
        planned = make_plan(2, cores=2)
        first, further = (find_process(n, planned) for n in ("auctions-live", "auctions-live-2"))

        assert first is not None
        assert further is not None
        assert (further.settings, further.needs, further.calls) == (
            first.settings,
            first.needs,
            first.calls,
        )

    def test_has_the_gateway_lead_to_all_of_them_and_start_after_them(self) -> None:
        gateway = find_process("gateway", make_plan(2, cores=2))

        assert gateway is not None
        assert {"auctions-live", "auctions-live-2", "auctions-socketio-2"} <= set(gateway.calls)
        assert gateway.after == gateway.calls

    @pytest.mark.parametrize("workers", [None, *range(1, MAX_WORKERS + 1)])
    def test_wants_no_more_connections_than_the_server_has(self, workers: int | None) -> None:
        planned = make_plan(workers, cores=64)

        wanted = sum(process.pool_size * process.workers for process in planned)
        assert wanted <= MAX_CONNECTIONS - RESERVED_CONNECTIONS

    def test_keeps_the_promised_budget_on_two_cores(self) -> None:
        planned = make_plan(None, cores=2, without=plan.switched_off({}))

        budget_mb = sum(process.budget_mb for process in planned if not process.demo)
        assert budget_mb + plan.LAUNCHER_BUDGET_MB == 1020

    def test_allows_memory_for_each_worker_and_process(self) -> None:
        one, two = (sum(p.budget_mb for p in make_plan(count, cores=2)) for count in (1, 2))

        assert two - one == 60 + 30 + 50 + 50 + 50 + 50 + 75 + 75


class TestSwitches:
    def test_leave_out_what_is_not_switched_on(self) -> None:
        off = plan.switched_off({})

        assert off == {"catalog"} == plan.switched_off({"SHOP": "no"})
        names = plan.everything(make_plan(None, cores=2, without=off), without=off)
        assert not [name for name in names if name.startswith("catalog")]

    def test_run_what_is_switched_on(self) -> None:
        off = plan.switched_off({"SHOP": "yes"})

        assert off == frozenset()
        assert "catalog-migrate" in plan.everything(make_plan(None, cores=2), without=off)


class TestSelect:
    def test_brings_further_processes_with_their_first(self) -> None:
        selected = select(["auctions-live"], make_plan(3, cores=2))

        assert {"auctions-live", "auctions-live-2", "auctions-live-3"} <= selected
        assert "auctions-socketio-2" not in selected

    def test_brings_what_is_needed(self) -> None:
        assert select(["auctions-api"]) == {
            "auctions-api",
            "auctions-migrate",
            "postgresql",
            "valkey",
        }

    def test_brings_nothing_that_is_only_ordered_after(self) -> None:
        assert select(["gateway"]) == {"gateway"}
