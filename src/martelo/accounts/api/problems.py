"""The problem table of the accounts API and the pages."""

from pathlib import Path

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError

from martelo.accounts.sessions import SessionsUnavailable
from martelo.runtime.problems.table import FILE_NAME, open_table

PROBLEMS = open_table(
    Path(__file__).with_name(FILE_NAME),
    {
        RequestDataTooBig: "too-large",
        OperationalError: "unavailable",
        InterfaceError: "unavailable",
        SessionsUnavailable: "unavailable",
    },
)
