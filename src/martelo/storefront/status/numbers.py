"""The numbers of the live store as administrators read them: a label and a text each."""

from collections.abc import Iterator

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext

from martelo.storefront.clients.house_numbers import DiskRoom, Numbers, StoreMemory


def describe(numbers: Numbers) -> Iterator[tuple[str, str]]:
    """Yield each number's label and text."""
    memory, replicas = numbers.memory, numbers.replicas
    log, writable, unknown = numbers.is_log_written, numbers.is_writable, numbers.unknown_outcomes
    yield gettext("Memory of the store in use"), _unknown() if memory is None else _used(memory)
    yield (
        gettext("Log of the store"),
        _either(log, gettext("written"), gettext("cannot be written")),
    )
    yield gettext("Writes to the store"), _either(writable, gettext("accepted"), gettext("refused"))
    yield gettext("Connected replicas"), _unknown() if replicas is None else str(replicas)
    yield (
        gettext("Changes answered without a known outcome, since the start"),
        _unknown() if unknown is None else str(unknown),
    )
    for disk in numbers.disks:
        yield gettext("Free disk for %(folder)s") % {"folder": disk.folder}, _room(disk)


def _used(memory: StoreMemory) -> str:
    used = filesizeformat(memory.used_bytes)
    if not memory.max_bytes:
        return gettext("%(used)s, without a bound") % {"used": used}
    return gettext("%(used)s of %(bound)s (%(share)s)") % {
        "used": used,
        "bound": filesizeformat(memory.max_bytes),
        "share": _percent(memory.used_bytes / memory.max_bytes),
    }


def _room(disk: DiskRoom) -> str:
    return gettext("%(size)s (%(share)s), inodes %(inodes)s") % {
        "size": filesizeformat(disk.free_bytes),
        "share": _percent(disk.free_ratio),
        "inodes": _percent(disk.free_inodes_ratio),
    }


def _either(value: bool | None, true: str, false: str) -> str:  # noqa: FBT001 - a reading
    if value is None:
        return _unknown()
    return true if value else false


def _percent(ratio: float) -> str:
    return f"{ratio:.0%}"


def _unknown() -> str:
    return gettext("unknown")
