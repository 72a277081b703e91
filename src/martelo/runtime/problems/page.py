"""`docs/api/problems.md`: every problem table as Markdown; `python -m` this prints it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import martelo
from martelo.runtime.problems.table import FILE_NAME, SHARED, ProblemType, read_types

SOURCES = Path(next(iter(martelo.__path__)))
INTRODUCTION = """\
# Problems

Every refusal and fault, as `application/problem+json` (RFC 9457). `type` is `/problems/<slug>`,
which is also a page in Portuguese and English; the *fields* are typed members beside `title`,
`status`, `detail` and `instance`. Every API serves its own as `/problems.json`, and the house's
address serves all. `errors` has the first 20 invalid fields: each has a `field`, a stable `code`,
a `message` for developers, and the bounds of the code's rule, such as `max`.

This page is generated from the tables (`problems.toml`); [CONTRIBUTING.md](../../CONTRIBUTING.md)
has the command.
"""


def render_page() -> str:
    """Return the page: the shared problems first, then those of each context."""
    others = sorted(path for path in SOURCES.rglob(FILE_NAME) if path != SHARED)
    sections = [("Any request", SHARED)]
    sections += [(path.relative_to(SOURCES).parts[0].capitalize(), path) for path in others]
    return "\n".join([INTRODUCTION, *(line for each in sections for line in _section(*each))])


def _section(title: str, path: Path) -> Iterator[str]:
    yield f"## {title}\n"
    yield "| slug | status | fields | meaning | what to do |"
    yield "|---|---|---|---|---|"
    for slug, kind in read_types(path).items():
        yield _row(slug, kind)
    yield ""


def _row(slug: str, kind: ProblemType) -> str:
    statuses = ", ".join(map(str, kind.statuses))
    fields = ", ".join(f"`{name}`" for name in kind.fields)
    return f"| `{slug}` | {statuses} | {fields} | {kind.meaning.en} | {kind.remedy.en} |"


if __name__ == "__main__":
    sys.stdout.write(render_page())
