"""Problem details (RFC 9457): one shape for every refusal, whatever framework sends it."""

import orjson

CONTENT_TYPE = "application/problem+json"


def problem_body(
    slug: str, title: str, status: int, detail: str, instance: str, **fields: object
) -> dict[str, object]:
    """Return the members of a problem; `instance` is the request id.

    `fields` are the typed members of that refusal, as `minimum_bid` or `errors`; a name that
    RFC 9457 owns is a mistake of the caller and raises `TypeError` by itself.
    """
    return {
        "type": f"/problems/{slug}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": instance,
        **fields,
    }


def render_problem(body: dict[str, object]) -> bytes:
    """Return the JSON text of a problem, to be sent as `CONTENT_TYPE`."""
    return orjson.dumps(body)
