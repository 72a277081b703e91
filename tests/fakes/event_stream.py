"""Reads server-sent events as a browser does (HTML standard, section 9.2.6)."""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Event:
    name: str
    last_id: str
    data: Any

    @property
    def seq(self) -> int:
        return int(self.last_id.partition(":")[2])


def parse_events(stream: bytes) -> list[Event]:
    """Return the complete events of a stream; an id applies until the next one."""
    events: list[Event] = []
    name, last_id, data = "", "", ""
    for line in stream.decode().rpartition("\n\n")[0].split("\n"):
        field, _, value = line.partition(": ")
        match field:
            case "event":
                name = value
            case "id":
                last_id = value
            case "data":
                data = value
            case "" if not line and data:
                events.append(Event(name, last_id, json.loads(data)))
                name, data = "", ""
    if data:
        events.append(Event(name, last_id, json.loads(data)))
    return events
