"""Finding the field codes that code produces, with the bounds it gives them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import martelo
from martelo.kernel.field_codes import FieldCode

SOURCES = Path(next(iter(martelo.__path__)))
DEFINITIONS = ("kernel/field_codes.py", "storefront/texts/field_texts.py")


def produced_codes(*folders: str) -> set[FieldCode]:
    """Return the codes that the code of these folders names."""
    return {
        FieldCode[node.attr]
        for tree in _trees(folders)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "FieldCode"
    }


def _trees(folders: tuple[str, ...]) -> Iterator[ast.Module]:
    for folder in folders:
        for path in sorted((SOURCES / folder).rglob("*.py")):
            if str(path.relative_to(SOURCES)) not in DEFINITIONS:
                yield ast.parse(path.read_text("utf-8"))
