"""The problem table of auctions: every transport answers from it."""

from pathlib import Path

from martelo.auctions.ports.failures import (
    ImagesUnavailable,
    OutcomeUnknown,
    RecordUnavailable,
    StoreFull,
    StoreUnavailable,
)
from martelo.runtime.problems.table import FILE_NAME, open_table

PROBLEMS = open_table(
    Path(__file__).with_name(FILE_NAME),
    {
        OutcomeUnknown: "outcome-unknown",
        StoreUnavailable: "store-unavailable",
        StoreFull: "store-full",
        RecordUnavailable: "record-unavailable",
        ImagesUnavailable: "images-unavailable",
    },
)
