"""JSON schemas of a document, arranged for reading.

Documents come from other processes, so nothing is taken for granted of their shape: what is
missing or odd is left out, and references are followed only so far.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

COMBINED = ("allOf", "anyOf", "oneOf")
DEEPEST = 6
MAX_ROWS = 400

Node = Mapping[str, object]


@dataclass(frozen=True)
class Row:
    """A field of a body, or a parameter; `depth` says how far inside others it stands."""

    name: str
    kind: str
    is_required: bool
    description: str
    depth: int = 0
    place: str = ""


class Schemas:
    """The schemas of one document."""

    def __init__(self, document: Node) -> None:
        self._document = document

    def rows(self, schema: Node) -> list[Row]:
        """Return the fields of a schema, and of what it contains."""
        return list(islice(self._rows(self.follow(schema), 0, 0), MAX_ROWS))

    def named_kind(self, schema: Node) -> str:
        """Return what a schema is called; where it has no name, its kind."""
        name = text_of(schema.get("$ref")).rpartition("/")[2]
        return name or self.kind(schema)

    def kind(self, schema: Node, hops: int = 0) -> str:
        """Return of which kind what a schema allows is."""
        if hops >= DEEPEST:
            return "…"
        if "const" in schema:
            return f"“{text_of(schema['const'])}”"
        if "enum" in schema:
            return " | ".join(text_of(each) or "null" for each in _sequence(schema["enum"]))
        variants = [*nodes_of(schema.get("anyOf")), *nodes_of(schema.get("oneOf"))]
        if variants:
            kinds = [self.kind(self.follow(each), hops + 1) for each in variants]
            return " | ".join(dict.fromkeys(kinds))
        return " | ".join(self._simple_kinds(schema, hops)) or "any"

    def _simple_kinds(self, schema: Node, hops: int) -> Iterator[str]:
        kinds = texts_of(schema.get("type")) or [text_of(schema.get("type"))]
        if kinds == [""] and ("properties" in schema or "allOf" in schema):
            kinds = ["object"]
        for kind in filter(None, kinds):
            if kind == "array":
                yield f"array of {self.kind(self.follow(node_of(schema.get('items'))), hops + 1)}"
            elif kind == "string" and schema.get("format"):
                yield f"string ({text_of(schema.get('format'))})"
            else:
                yield kind

    def follow(self, node: Node) -> Node:
        """Return what `node` refers to; itself where it does not."""
        for _ in range(DEEPEST):
            reference = text_of(node.get("$ref"))
            if not reference.startswith("#/"):
                break
            node = self._document
            for part in reference[2:].split("/"):
                node = node_of(node.get(part.replace("~1", "/").replace("~0", "~")))
        return node

    def _rows(self, schema: Node, depth: int, hops: int) -> Iterator[Row]:
        """Yield the fields of a schema; `hops` bounds schemas that contain themselves."""
        if hops >= DEEPEST:
            return
        combined = [part for name in COMBINED for part in nodes_of(schema.get(name))]
        for part in [*combined, node_of(schema.get("items"))]:
            yield from self._rows(self.follow(part), depth, hops + 1)
        required = texts_of(schema.get("required"))
        for name, each in node_of(schema.get("properties")).items():
            inner = self.follow(node_of(each))
            yield Row(name, self.kind(inner), name in required, self._about(inner), depth)
            yield from self._rows(inner, depth + 1, hops + 1)

    def _about(self, schema: Node) -> str:
        description, bounds = text_of(schema.get("description")), list(_bounds(schema))
        if bounds:
            description = description.removesuffix(".")
        return " · ".join(part for part in [description, *bounds] if part)


def _bounds(schema: Node) -> Iterator[str]:
    names = {
        "minLength": "≥ {} characters",
        "maxLength": "≤ {} characters",
        "minimum": "≥ {}",
        "maximum": "≤ {}",
        "minItems": "≥ {} items",
        "maxItems": "≤ {} items",
        "default": "default {}",
    }
    for name, text in names.items():
        if name in schema:
            yield text.format(text_of(schema[name]))
    for example in _sequence(schema.get("examples"))[:1]:
        yield f"e.g. {text_of(example)}"


def node_of(value: object) -> Node:
    """Return `value` where it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def _sequence(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()


def nodes_of(value: object) -> list[Node]:
    """Return the objects of a list."""
    return [each for each in _sequence(value) if isinstance(each, Mapping)]


def texts_of(value: object) -> list[str]:
    """Return the texts of a list."""
    return [each for each in _sequence(value) if isinstance(each, str)]


def text_of(value: object) -> str:
    """Return a plain value as text, and nothing for anything else."""
    if value is None or isinstance(value, Mapping | list):
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
