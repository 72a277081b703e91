"""Problem details (RFC 9457): one shape for every refusal, in every framework."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

CONTENT_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem; `fields` are its typed members, `headers` those that it adds to an answer."""

    slug: str
    status: int
    title: str
    detail: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    headers: tuple[tuple[str, str], ...] = ()

    def body(self, instance: str) -> dict[str, Any]:
        """Return the members of RFC 9457; `instance` is the request id."""
        return {
            "type": f"/problems/{self.slug}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
            **self.fields,
        }

    def render(self, instance: str) -> bytes:
        """Return the JSON text, to be sent as `CONTENT_TYPE`."""
        return orjson.dumps(self.body(instance))
