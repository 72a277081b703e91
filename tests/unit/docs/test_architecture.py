import re

from martelo.stack.topology import plan
from unit.docs.tables import DOCS, Row, codes, read_section, read_tables

MAP = DOCS / "architecture.md"
Arrows = set[tuple[str, str]]


def tables_under(heading: str) -> list[list[Row]]:
    return list(read_tables(read_section(MAP, heading)))


def drawn_from_topology() -> Arrows:
    return {(process.name, called) for process in plan.PROCESSES for called in process.calls}


def context_of(row: Row) -> str:
    return row["context"].strip("\N{EN DASH}")


class TestProcesses:
    def test_are_those_of_the_topology_with_context_ports_and_needs(self) -> None:
        written = {
            codes(row["process"])[0]: (context_of(row), row["ports"], tuple(codes(row["needs"])))
            for row in tables_under("## Processes and ports")[0]
        }

        assert written == {
            process.name: (
                process.context,
                ", ".join(f"{name} {number}" for name, number in process.ports.items()),
                process.needs,
            )
            for process in plan.PROCESSES
        }

    def test_one_offs_are_those_of_the_topology(self) -> None:
        written = {
            codes(row["one-off"])[0]: (context_of(row), tuple(codes(row["needs"])))
            for row in tables_under("## Processes and ports")[1]
        }

        assert written == {
            one_off.name: (one_off.context, one_off.needs) for one_off in plan.ONE_OFFS
        }

    def test_each_of_ours_is_described(self) -> None:
        described = re.findall(
            r"^\* `([a-z-]+)`", read_section(MAP, "## Processes and ports"), re.MULTILINE
        )

        assert sorted(described) == sorted(
            process.name for process in (*plan.APPLICATIONS, plan.GATEWAY)
        )


class TestContexts:
    def test_are_those_of_the_topology_and_the_stack(self) -> None:
        written = {codes(row["context"])[0] for row in tables_under("## Contexts")[0]}

        # A context's identity is that of the data it owns: accounts, for the storefront.
        names = {name for each in plan.CONTEXTS for name in (each.name, each.identity)}
        assert written == names | {"stack"}


class TestArrows:
    def test_of_the_table_are_those_of_the_topology(self) -> None:
        written = {
            (codes(row["from"])[0], called)
            for row in tables_under("## Who calls whom")[0]
            for called in codes(row["to"])
        }

        assert written == drawn_from_topology()

    def test_of_the_diagram_are_those_of_the_topology(self) -> None:
        section = read_section(MAP, "## Who calls whom")
        drawn = re.findall(r"^\s+([a-z-]+) --> ([a-z-]+)$", section, re.MULTILINE)

        assert len(drawn) == len(set(drawn))
        assert set(drawn) == drawn_from_topology()
