"""The problem table of the agent's API."""

from pathlib import Path

from martelo.agent.ports.contexts import ContextUnavailable
from martelo.runtime.postgresql.connections import DatabaseUnavailable
from martelo.runtime.problems.table import FILE_NAME, open_table

PROBLEMS = open_table(
    Path(__file__).with_name(FILE_NAME),
    {ContextUnavailable: "recipient-unavailable", DatabaseUnavailable: "agent-unavailable"},
)
