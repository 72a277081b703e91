"""Message catalogues: compiled from their `.po` files when a process starts.

Django reads binary `.mo` files. They are built artefacts, so none is kept in the repository, and
no build step can be forgotten either: compiling ours takes milliseconds.
"""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCES = Path(__file__).parent / "locale"


def compile_catalogues(target: Path) -> None:
    """Write the compiled form of every catalogue below `target`, in Django's layout."""
    for source in SOURCES.glob("*/LC_MESSAGES/*.po"):
        compiled = target / source.relative_to(SOURCES).with_suffix(".mo")
        compiled.parent.mkdir(parents=True)
        with source.open("rb") as po, compiled.open("wb") as mo:
            write_mo(mo, read_po(po, abort_invalid=True))
