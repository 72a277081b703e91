"""Pictures of the demo's lots, read from the files of this package."""

from importlib import resources

FOLDER = resources.files("martelo.demo") / "pictures"


def read_pictures(name: str) -> list[bytes]:
    """Return an offer's pictures as WebP, in order; `name` is the offer's."""
    files = [file for file in FOLDER.iterdir() if file.name.rpartition("-")[0] == name]
    return [file.read_bytes() for file in sorted(files, key=lambda file: file.name)]
