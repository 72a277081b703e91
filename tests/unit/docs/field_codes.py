"""Finding the field codes that code produces, with the bounds it gives them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import martelo
from martelo.kernel.field_codes import FieldCode

SOURCES = Path(next(iter(martelo.__path__)))
DEFINITIONS = ("kernel/field_codes.py", "storefront/texts/field_texts.py")


def produced_codes(*folders: str) -> set[FieldCode]:
    """Return the codes named in these folders, and in what they import of the kernel."""
    trees = list(_trees(folders))
    return {
        FieldCode[node.attr]
        for tree in [*trees, *_kernel_trees(trees)]
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "FieldCode"
    }


def _kernel_trees(trees: list[ast.Module]) -> Iterator[ast.Module]:
    imported = {
        str(node.module).replace(".", "/")
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("martelo.kernel.")
    }
    for path in sorted((SOURCES / "kernel").glob("*.py")):
        name = str(path.relative_to(SOURCES))
        if f"martelo/{name}".removesuffix(".py") in imported and name not in DEFINITIONS:
            yield ast.parse(path.read_text("utf-8"))


def _trees(folders: tuple[str, ...]) -> Iterator[ast.Module]:
    for folder in folders:
        for path in sorted((SOURCES / folder).rglob("*.py")):
            if str(path.relative_to(SOURCES)) not in DEFINITIONS:
                yield ast.parse(path.read_text("utf-8"))
