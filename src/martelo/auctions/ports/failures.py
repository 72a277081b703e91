"""How the stores behind the ports fail."""


class StoreUnavailable(Exception):  # noqa: N818 - a state, named as the design names it
    """The store did not answer, and nothing was changed."""


class StoreFull(Exception):  # noqa: N818 - the same
    """What memory the store has left is for the auctions it holds; nothing was changed."""


class OutcomeUnknown(Exception):  # noqa: N818 - the same
    """A change was sent and its answer lost: it may have happened."""


Failure = OutcomeUnknown | StoreUnavailable


class RecordUnavailable(Exception):  # noqa: N818 - a state, named as the design names it
    """The record did not answer; the call may be repeated."""


class ImagesUnavailable(Exception):  # noqa: N818 - the same
    """The owners of pictures cannot be read now."""


class StaleEdit(Exception):  # noqa: N818 - not a fault of the caller
    """An edit was based on an older state of the auction."""


class LedgerGap(Exception):  # noqa: N818 - says what was found
    """The lines to archive do not follow what is archived."""
