"""An OpenAPI document, arranged for reading."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from martelo.storefront.reference.schemas import (
    Node,
    Row,
    Schemas,
    node_of,
    nodes_of,
    text_of,
    texts_of,
)

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Shape:
    """A body: what it is called, and its fields."""

    media_type: str
    kind: str
    rows: list[Row]


@dataclass(frozen=True)
class DocumentedResponse:
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
    answers: list[DocumentedResponse]


@dataclass
class Group:
    """Operations that belong together."""

    name: str
    description: str
    operations: list[Operation] = field(default_factory=list)


@dataclass(frozen=True)
class Reference:
    """The whole document."""

    title: str
    version: str
    description: str
    groups: list[Group]


def describe(context: str, document: Node) -> Reference:
    """Return a document arranged for reading; `context` keeps anchors apart."""
    reader = _Reader(context, document)
    info = node_of(document.get("info"))
    return Reference(
        title=text_of(info.get("title")) or context,
        version=text_of(info.get("version")),
        description=text_of(info.get("description")) or text_of(info.get("summary")),
        groups=reader.groups(),
    )


class _Reader:
    def __init__(self, context: str, document: Node) -> None:
        self._context = context
        self._document = document
        self._schemas = Schemas(document)

    def groups(self) -> list[Group]:
        groups: dict[str, Group] = {}
        for each in nodes_of(self._document.get("tags")):
            name = text_of(each.get("name"))
            groups[name] = Group(name, text_of(each.get("description")))
        for path, item in node_of(self._document.get("paths")).items():
            shared = nodes_of(node_of(item).get("parameters"))
            for method in METHODS:
                operation = node_of(node_of(item).get(method))
                if operation:
                    tags = texts_of(operation.get("tags")) or [""]
                    group = groups.setdefault(tags[0], Group(tags[0], ""))
                    group.operations.append(self._operation(path, method, operation, shared))
        return [group for group in groups.values() if group.operations]

    def _operation(
        self, path: str, method: str, operation: Node, shared: Sequence[Node]
    ) -> Operation:
        name = text_of(operation.get("operationId")) or f"{method}{path}"
        anchor = "".join(each if each.isalnum() else "-" for each in f"{self._context}-{name}")
        parameters = [*shared, *nodes_of(operation.get("parameters"))]
        body = self._schemas.follow(node_of(operation.get("requestBody")))
        return Operation(
            anchor=anchor,
            method=method.upper(),
            path=path,
            summary=text_of(operation.get("summary")),
            description=text_of(operation.get("description")),
            access=self._access(operation),
            parameters=[self._parameter(self._schemas.follow(each)) for each in parameters],
            body=self._shape(body),
            answers=[
                self._answer(status, self._schemas.follow(node_of(each)))
                for status, each in node_of(operation.get("responses")).items()
            ],
        )

    def _access(self, operation: Node) -> list[str]:
        schemes = node_of(node_of(self._document.get("components")).get("securitySchemes"))
        required = operation.get("security", self._document.get("security"))
        found = []
        for name in (name for each in nodes_of(required) for name in each):
            scheme = self._schemas.follow(node_of(schemes.get(name)))
            is_key = scheme.get("type") == "apiKey"
            shown = text_of(scheme.get("name")) if is_key else "Authorization: Bearer"
            found.append(shown if scheme else name)
        return list(dict.fromkeys(found))

    def _parameter(self, parameter: Node) -> Row:
        schema = self._schemas.follow(node_of(parameter.get("schema")))
        return Row(
            name=text_of(parameter.get("name")),
            kind=self._schemas.kind(schema),
            is_required=parameter.get("required") is True,
            description=text_of(parameter.get("description")) or text_of(schema.get("description")),
            place=text_of(parameter.get("in")),
        )

    def _answer(self, status: str, answer: Node) -> DocumentedResponse:
        headers = [
            Row(
                name,
                self._schemas.kind(self._schemas.follow(node_of(each.get("schema")))),
                is_required=False,
                description=text_of(each.get("description")),
            )
            for name, each in (
                (name, self._schemas.follow(node_of(each)))
                for name, each in node_of(answer.get("headers")).items()
            )
        ]
        return DocumentedResponse(
            status, text_of(answer.get("description")), self._shape(answer), headers
        )

    def _shape(self, holder: Node) -> Shape | None:
        for media_type, content in node_of(holder.get("content")).items():
            schema = node_of(node_of(content).get("schema"))
            return Shape(media_type, self._schemas.named_kind(schema), self._schemas.rows(schema))
        return None
