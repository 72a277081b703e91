import argparse
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from pydantic_settings import BaseSettings

import martelo
from martelo.runtime.process.commands import Command
from martelo.runtime.process.settings import ProcessSettings
from martelo.stack.cli.parser import build_parser
from martelo.stack.ports import variable_of
from martelo.stack.settings import port_defaults
from martelo.stack.topology import plan
from martelo.stack.topology.process import OneOff, Process
from unit.docs.tables import DOCS, Row, codes, read_section, read_tables

OPERATIONS = DOCS / "operations.md"
REQUIRED, ABSENT, EMPTY = "required", "absent", "empty"

CONTEXTS = sorted(path.parts[-3] for path in Path(martelo.__path__[0]).glob("*/main/__main__.py"))


def command_of(context: str, argument: str) -> Command[Any]:
    command: Command[Any] = import_module(
        f"martelo.{context}.main.{argument.replace('-', '_')}"
    ).COMMAND
    return command


def commands() -> Iterator[Command[Any]]:
    for context in CONTEXTS:
        for argument in import_module(f"martelo.{context}.main.__main__").NAMES:
            yield command_of(context, argument)


READERS: dict[str, type[ProcessSettings]] = {
    command.name: command.settings
    for command in commands()
    if command.settings is not ProcessSettings
}
"""Which settings each process or one-off with settings of its own loads."""

GROUPS = {
    "all": set(READERS),
    "auctions": {name for name in READERS if name.startswith("auctions-")} - {"auctions-asyncapi"},
}
"""What a word of the table covers."""

Readings = set[tuple[str, str, str]]
"""Variable, default, reader."""


def table_under(heading: str, number: int = 0) -> list[Row]:
    return list(read_tables(read_section(OPERATIONS, heading)))[number]


def written_readings() -> Readings:
    return {
        (codes(row["variable"])[0], row["default"].strip("`"), reader)
        for row in table_under("### Of the processes")
        for reader in readers_of(row["read by"])
    }


def readers_of(cell: str) -> set[str]:
    """Return the readers a cell names: `all`, `auctions` for that context's, or each by name."""
    words = set(re.sub("`[^`]*`", "", cell).replace(",", " ").split())
    return set(codes(cell)).union(*(GROUPS[word] for word in words))


def read_readings() -> Iterator[tuple[str, str, str]]:
    for reader, settings in READERS.items():
        for name, field in settings.model_fields.items():
            default = REQUIRED if field.is_required() else field.default
            variable = variable_of_field(settings, name)
            shown = ABSENT if default is None else str(default) or EMPTY
            yield variable, shown, reader


def variable_of_field(settings: type[ProcessSettings], name: str) -> str:
    alias = settings.model_fields[name].validation_alias
    return alias if isinstance(alias, str) else name.upper()


def described_commands() -> dict[str, argparse.ArgumentParser]:
    for action in build_parser()._actions:  # noqa: SLF001 - argparse has no other way to ask
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - the same
            return dict(action.choices)
    return {}


def options_of(command: str) -> set[str]:
    actions = described_commands()[command]._actions  # noqa: SLF001 - the same
    return {
        option
        for action in actions
        for option in action.option_strings
        if action.help != argparse.SUPPRESS
    }


class TestSettings:
    def test_of_processes_are_described_with_default_and_reader(self) -> None:
        assert written_readings() == set(read_readings())

    @pytest.mark.parametrize("context", CONTEXTS)
    def test_leave_no_class_out(self, context: str) -> None:
        declared = {
            each
            for each in vars(import_module(f"martelo.{context}.settings")).values()
            if isinstance(each, type) and issubclass(each, BaseSettings)
        }
        read = {base for settings in READERS.values() for base in settings.__mro__}

        assert declared <= read

    @pytest.mark.parametrize("item", plan.ITEMS, ids=lambda i: i.name)
    def test_are_those_that_the_topology_names(self, item: Process | OneOff) -> None:
        settings = command_of(item.context, item.argument).settings
        read = {variable_of_field(settings, name) for name in settings.model_fields}

        assert set(item.settings) == read
        assert len(item.settings) == len(read)


class TestPorts:
    def test_are_those_of_the_launcher(self) -> None:
        written = {
            codes(row["variable"])[0]: int(row["default"]) for row in table_under("## Ports")
        }

        assert written == {variable_of(name): number for name, number in port_defaults().items()}


class TestCommands:
    def test_are_those_of_the_launcher(self) -> None:
        written = {codes(row["command"])[0] for row in table_under("## Commands")}

        assert written == set(described_commands())

    def test_options_of_up_are_those_of_the_launcher(self) -> None:
        written = {codes(row["option"])[0] for row in table_under("## Commands", 1)}

        assert written == options_of("up") - {"-h", "--help", "--data"}
