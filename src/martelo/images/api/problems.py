"""The problem table of the images API."""

from pathlib import Path

from martelo.images.ports import Busy
from martelo.runtime.postgresql.connections import DatabaseUnavailable
from martelo.runtime.problems.table import FILE_NAME, open_table

PROBLEMS = open_table(
    Path(__file__).with_name(FILE_NAME),
    {Busy: "images-busy", DatabaseUnavailable: "images-unavailable"},
)
