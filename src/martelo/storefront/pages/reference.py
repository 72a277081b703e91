"""An OpenAPI document, arranged for reading.

Documents come from other processes, so nothing is taken for granted of their shape: what is
missing or odd is left out, and references are followed only so far.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

METHODS = ("get", "post", "put", "patch", "delete")
COMBINED = ("allOf", "anyOf", "oneOf")
DEEPEST = 6
MOST_ROWS = 400

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


@dataclass(frozen=True)
class Shape:
    """A body: what it is called, and its fields."""

    media_type: str
    kind: str
    rows: list[Row]


@dataclass(frozen=True)
class Answer:
    """An answer: its status, when it comes, and its body and headers."""

    status: str
    description: str
    shape: Shape | None
    headers: list[Row]


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    anchor: str
    method: str
    path: str
    summary: str
    description: str
    access: list[str]
    parameters: list[Row]
    body: Shape | None
    answers: list[Answer]


@dataclass
class Group:
    """Operations that belong together."""

    name: str
    description: str
    operations: list[Operation] = field(default_factory=list)


@dataclass(frozen=True)
class ProblemType:
    """A refusal programs can act on."""

    slug: str
    status: str
    description: str


@dataclass(frozen=True)
class Reference:
    """The whole document."""

    title: str
    version: str
    description: str
    groups: list[Group]
    problem_types: list[ProblemType]


def describe(context: str, document: Node) -> Reference:
    """Return a document arranged for reading; `context` keeps anchors apart."""
    reader = _Reader(context, document)
    info = _node(document.get("info"))
    return Reference(
        title=_text(info.get("title")) or context,
        version=_text(info.get("version")),
        description=_text(info.get("description")) or _text(info.get("summary")),
        groups=reader.groups(),
        problem_types=reader.problem_types(),
    )


class _Reader:
    def __init__(self, context: str, document: Node) -> None:
        self._context = context
        self._document = document

    def groups(self) -> list[Group]:
        groups: dict[str, Group] = {}
        for each in _nodes(self._document.get("tags")):
            name = _text(each.get("name"))
            groups[name] = Group(name, _text(each.get("description")))
        for path, item in _node(self._document.get("paths")).items():
            shared = _nodes(_node(item).get("parameters"))
            for method in METHODS:
                operation = _node(_node(item).get(method))
                if operation:
                    tags = _texts(operation.get("tags")) or [""]
                    group = groups.setdefault(tags[0], Group(tags[0], ""))
                    group.operations.append(self._operation(path, method, operation, shared))
        return [group for group in groups.values() if group.operations]

    def problem_types(self) -> list[ProblemType]:
        types = _node(self._document.get("x-problem-types")).items()
        return [
            ProblemType(
                slug, _text(_node(each).get("status")), _text(_node(each).get("description"))
            )
            for slug, each in types
        ]

    def _operation(
        self, path: str, method: str, operation: Node, shared: Sequence[Node]
    ) -> Operation:
        name = _text(operation.get("operationId")) or f"{method}{path}"
        anchor = "".join(each if each.isalnum() else "-" for each in f"{self._context}-{name}")
        parameters = [*shared, *_nodes(operation.get("parameters"))]
        body = self._follow(_node(operation.get("requestBody")))
        return Operation(
            anchor=anchor,
            method=method.upper(),
            path=path,
            summary=_text(operation.get("summary")),
            description=_text(operation.get("description")),
            access=self._access(operation),
            parameters=[self._parameter(self._follow(each)) for each in parameters],
            body=self._shape(body),
            answers=[
                self._answer(status, self._follow(_node(each)))
                for status, each in _node(operation.get("responses")).items()
            ],
        )

    def _access(self, operation: Node) -> list[str]:
        schemes = _node(_node(self._document.get("components")).get("securitySchemes"))
        asked = operation.get("security", self._document.get("security"))
        found = []
        for name in (name for each in _nodes(asked) for name in each):
            scheme = self._follow(_node(schemes.get(name)))
            is_key = scheme.get("type") == "apiKey"
            shown = _text(scheme.get("name")) if is_key else "Authorization: Bearer"
            found.append(shown if scheme else name)
        return list(dict.fromkeys(found))

    def _parameter(self, parameter: Node) -> Row:
        schema = self._follow(_node(parameter.get("schema")))
        return Row(
            name=_text(parameter.get("name")),
            kind=self._kind(schema),
            is_required=parameter.get("required") is True,
            description=_text(parameter.get("description")) or _text(schema.get("description")),
            place=_text(parameter.get("in")),
        )

    def _answer(self, status: str, answer: Node) -> Answer:
        headers = [
            Row(
                name,
                self._kind(self._follow(_node(each.get("schema")))),
                is_required=False,
                description=_text(each.get("description")),
            )
            for name, each in (
                (name, self._follow(_node(each)))
                for name, each in _node(answer.get("headers")).items()
            )
        ]
        return Answer(status, _text(answer.get("description")), self._shape(answer), headers)

    def _shape(self, holder: Node) -> Shape | None:
        for media_type, content in _node(holder.get("content")).items():
            schema = _node(_node(content).get("schema"))
            rows = list(islice(self._rows(self._follow(schema), 0, 0), MOST_ROWS))
            return Shape(media_type, self._named_kind(schema), rows)
        return None

    def _rows(self, schema: Node, depth: int, hops: int) -> Iterator[Row]:
        """Yield the fields of a schema; `hops` bounds schemas that contain themselves."""
        if hops >= DEEPEST:
            return
        combined = [part for name in COMBINED for part in _nodes(schema.get(name))]
        for part in [*combined, _node(schema.get("items"))]:
            yield from self._rows(self._follow(part), depth, hops + 1)
        required = _texts(schema.get("required"))
        for name, each in _node(schema.get("properties")).items():
            inner = self._follow(_node(each))
            yield Row(name, self._kind(inner), name in required, self._about(inner), depth)
            yield from self._rows(inner, depth + 1, hops + 1)

    def _about(self, schema: Node) -> str:
        description, bounds = _text(schema.get("description")), list(_bounds(schema))
        if bounds:
            description = description.removesuffix(".")
        return " · ".join(part for part in [description, *bounds] if part)

    def _named_kind(self, schema: Node) -> str:
        name = _text(schema.get("$ref")).rpartition("/")[2]
        return name or self._kind(schema)

    def _kind(self, schema: Node, hops: int = 0) -> str:
        if hops >= DEEPEST:
            return "…"
        if "const" in schema:
            return f"“{_text(schema['const'])}”"
        if "enum" in schema:
            return " | ".join(_text(each) or "null" for each in _sequence(schema["enum"]))
        variants = [*_nodes(schema.get("anyOf")), *_nodes(schema.get("oneOf"))]
        if variants:
            kinds = [self._kind(self._follow(each), hops + 1) for each in variants]
            return " | ".join(dict.fromkeys(kinds))
        return " | ".join(self._simple_kinds(schema, hops)) or "any"

    def _simple_kinds(self, schema: Node, hops: int) -> Iterator[str]:
        kinds = _texts(schema.get("type")) or [_text(schema.get("type"))]
        if kinds == [""] and ("properties" in schema or "allOf" in schema):
            kinds = ["object"]
        for kind in filter(None, kinds):
            if kind == "array":
                yield f"array of {self._kind(self._follow(_node(schema.get('items'))), hops + 1)}"
            elif kind == "string" and schema.get("format"):
                yield f"string ({_text(schema.get('format'))})"
            else:
                yield kind

    def _follow(self, node: Node) -> Node:
        for _ in range(DEEPEST):
            reference = _text(node.get("$ref"))
            if not reference.startswith("#/"):
                break
            node = self._document
            for part in reference[2:].split("/"):
                node = _node(node.get(part.replace("~1", "/").replace("~0", "~")))
        return node


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
            yield text.format(_text(schema[name]))
    for example in _sequence(schema.get("examples"))[:1]:
        yield f"e.g. {_text(example)}"


def _node(value: object) -> Node:
    return value if isinstance(value, Mapping) else {}


def _sequence(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()


def _nodes(value: object) -> list[Node]:
    return [each for each in _sequence(value) if isinstance(each, Mapping)]


def _texts(value: object) -> list[str]:
    return [each for each in _sequence(value) if isinstance(each, str)]


def _text(value: object) -> str:
    if value is None or isinstance(value, Mapping | list):
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
