"""Memory: what one large piece of work takes is given back to the system when it ends."""

import ctypes

_M_MMAP_THRESHOLD = -3
_MIB = 1024 * 1024


def give_back_large_blocks() -> None:
    """Have every block of a mebibyte or more mapped, and unmapped when it is freed.

    glibc raises that limit by itself once a large block was freed, and from then on they stay with
    the process: measured, 80 MB after four password hashings of 19 MiB at once. Other C libraries
    have no such function and need none.
    """
    try:
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _MIB)
    except (AttributeError, OSError):
        return
