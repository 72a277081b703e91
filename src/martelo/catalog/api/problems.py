"""The problem table of the catalog's API."""

from pathlib import Path

from martelo.catalog.ports import ImagesUnavailable
from martelo.runtime.postgresql.connections import DatabaseUnavailable
from martelo.runtime.problems.table import FILE_NAME, open_table

PROBLEMS = open_table(
    Path(__file__).with_name(FILE_NAME),
    {DatabaseUnavailable: "catalog-unavailable", ImagesUnavailable: "images-unavailable"},
)
