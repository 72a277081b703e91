"""An AsyncAPI document, arranged for reading: what is said over each channel, and by whom."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import orjson

from martelo.storefront.reference.schemas import Node, Row, Schemas, node_of, nodes_of, text_of


class Speaker(StrEnum):
    """Who says a message, and when."""

    CLIENT = "client"
    ANSWER = "answer"
    HOUSE = "house"


@dataclass(frozen=True)
class Message:
    """One message: its fields, and an example where there is one."""

    anchor: str
    name: str
    summary: str
    rows: list[Row]
    example: str


@dataclass(frozen=True)
class Operation:
    """Messages that one side says, for one purpose."""

    speaker: Speaker
    summary: str
    messages: list[Message]


@dataclass(frozen=True)
class DocumentedChannel:
    """An address, and what is said there."""

    address: str
    title: str
    operations: list[Operation]


@dataclass(frozen=True)
class Conversation:
    """The whole document."""

    title: str
    version: str
    description: str
    channels: list[DocumentedChannel]


def describe_messages(context: str, document: Node) -> Conversation:
    """Return a document arranged for reading; `context` keeps anchors apart."""
    reader = _Reader(context, document)
    info = node_of(document.get("info"))
    return Conversation(
        title=text_of(info.get("title")) or context,
        version=text_of(info.get("version")),
        description=text_of(info.get("description")),
        channels=[
            reader.channel(name, node_of(each))
            for name, each in node_of(document.get("channels")).items()
        ],
    )


class _Reader:
    def __init__(self, context: str, document: Node) -> None:
        self._context = context
        self._operations = node_of(document.get("operations"))
        self._schemas = Schemas(document)

    def channel(self, name: str, channel: Node) -> DocumentedChannel:
        reference = f"#/channels/{name}"
        operations = [
            each
            for operation in map(node_of, self._operations.values())
            if node_of(operation.get("channel")).get("$ref") == reference
            for each in self._both_sides(operation)
        ]
        return DocumentedChannel(
            text_of(channel.get("address")), text_of(channel.get("title")), operations
        )

    def _both_sides(self, operation: Node) -> Iterator[Operation]:
        """Yield what an operation says, and what is answered to it."""
        # The document is the house's: what it receives, clients say.
        is_asked = operation.get("action") == "receive"
        speaker = Speaker.CLIENT if is_asked else Speaker.HOUSE
        yield Operation(speaker, text_of(operation.get("summary")), self._messages(operation))
        reply = node_of(operation.get("reply"))
        if reply:
            yield Operation(Speaker.ANSWER, text_of(reply.get("summary")), self._messages(reply))

    def _messages(self, holder: Node) -> list[Message]:
        return [
            self._message(text_of(each.get("$ref")).rpartition("/")[2], self._schemas.follow(each))
            for each in nodes_of(holder.get("messages"))
        ]

    def _message(self, name: str, message: Node) -> Message:
        [example] = nodes_of(message.get("examples"))[:1] or [{}]
        payload = node_of(example.get("payload"))
        return Message(
            anchor=f"{self._context}-{name}",
            name=name,
            summary=text_of(message.get("summary")),
            rows=self._schemas.rows(node_of(message.get("payload"))),
            example=orjson.dumps(payload).decode() if payload else "",
        )
