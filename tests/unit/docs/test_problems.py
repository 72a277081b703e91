import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from http import HTTPStatus
from pathlib import Path
from typing import get_type_hints

from werkzeug.exceptions import (
    HTTPException,
    LengthRequired,
    MethodNotAllowed,
    NotFound,
    RequestEntityTooLarge,
)

from martelo.agent.api import problems as agent_problems
from martelo.agent.domain import refusals as agent_refusals
from martelo.agent.ports.contexts import ContextUnavailable
from martelo.auctions import live
from martelo.auctions.domain import refusals
from martelo.auctions.domain.auction import Status
from martelo.auctions.ports.failures import (
    ImagesUnavailable,
    OutcomeUnknown,
    RecordUnavailable,
    StoreUnavailable,
)
from martelo.auctions.wire.problems import STATUSES, describe
from martelo.images.api import problems as image_problems
from martelo.images.domain import refusals as image_refusals
from martelo.images.ports import Busy
from martelo.kernel.idempotency import InvalidIdempotencyKey
from martelo.kernel.refusal import InvalidInput, Refusal
from martelo.runtime.django.refusals import PROBLEMS
from martelo.runtime.flask.api import http_problem
from martelo.runtime.flask.request import NotJson
from martelo.runtime.identity.service_keys import NotAService
from martelo.runtime.identity.tokens import AccountsUnavailable, Unauthenticated
from martelo.runtime.postgresql.connections import DatabaseUnavailable
from martelo.runtime.problems.common import (
    UNFORESEEN,
    Problem,
    RateLimited,
    ScopeMissing,
    common_problem,
)
from martelo.stack.engines.gateway import TEMPLATE
from unit.docs.tables import DOCS, Row, codes, read_section, read_tables

PAGE = DOCS / "api" / "problems.md"
PLANNED = "nothing raises it yet"

Told = dict[str, tuple[int, set[str]]]
"""Status and fields by slug."""


def rows_under(heading: str) -> list[Row]:
    return next(read_tables(read_section(PAGE, heading)))


def told_under(heading: str) -> Told:
    return {
        codes(row["slug"])[0]: (int(row["status"]), set(codes(row["fields"])))
        for row in rows_under(heading)
    }


def statuses_under(heading: str) -> set[tuple[str, int]]:
    return {
        (codes(row["slug"])[0], int(status))
        for row in rows_under(heading)
        for status in row["status"].split(",")
    }


def example(kind: type[Refusal]) -> Refusal:
    """Return a refusal with something in each of its fields."""
    examples = {Status: Status.SOLD, int: 1, int | None: 1}
    hints = get_type_hints(kind)
    return kind(**{field.name: examples[hints[field.name]] for field in fields(kind)})  # type: ignore[arg-type]


def told(problem: Problem | None) -> tuple[str, tuple[int, set[str]]]:
    assert problem is not None
    return problem.slug, (problem.status, set(problem.fields))


def refused_in_live() -> Iterator[tuple[str, int]]:
    """Yield the slug and status of each `refuse(HTTPStatus.…, "slug", …)` of the live feed."""
    for path in Path(str(live.__file__)).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(attr="refuse"),
                    args=[ast.Attribute(attr=status), ast.Constant(value=str(slug)), *_],
                ) if status in HTTPStatus.__members__:
                    yield slug, HTTPStatus[status].value


class TestProblems:
    def test_of_auctions_are_those_of_their_table(self) -> None:
        invalid = [
            kind
            for kind in vars(refusals).values()
            if isinstance(kind, type) and issubclass(kind, InvalidInput) and kind != InvalidInput
        ]
        faults = (
            *(OutcomeUnknown(), StoreUnavailable(), RecordUnavailable(), ImagesUnavailable()),
            NotAService(),
        )
        problems = [
            *(common_problem(kind()) for kind in invalid),
            *(describe(example(kind)) for kind in STATUSES),
            *(describe(fault) for fault in faults),
        ]

        assert told_under("## Auctions") == dict(map(told, problems))

    def test_of_the_agent_are_those_of_their_table(self) -> None:
        refusals_of_the_agent = [
            kind("done") if kind is agent_refusals.EffectNotParked else kind()
            for kind in vars(agent_refusals).values()
            if isinstance(kind, type) and issubclass(kind, Refusal) and kind != Refusal
        ]

        states = (DatabaseUnavailable(), ContextUnavailable())
        problems = map(agent_problems.describe, (*refusals_of_the_agent, *states))

        assert told_under("## The agent") == dict(map(told, problems))

    def test_of_images_are_those_of_their_table(self) -> None:
        refusals_of_images = [
            kind()
            for kind in vars(image_refusals).values()
            if isinstance(kind, type) and issubclass(kind, Refusal) and kind != Refusal
        ]
        faults = (image_problems.WrongMediaType(), Busy(), DatabaseUnavailable(), NotAService())

        problems = map(image_problems.describe, (*refusals_of_images, *faults))

        assert told_under("## Images") == dict(map(told, problems))

    def test_of_any_call_to_auctions_or_images_are_those_of_the_runtime(self) -> None:
        errors = (
            *(
                InvalidInput(),
                InvalidIdempotencyKey(),
                Unauthenticated(),
                AccountsUnavailable(),
                ScopeMissing("bid"),
            ),
            *(RateLimited(1), NotJson(), RequestEntityTooLarge(), LengthRequired()),
            *(NotFound(), MethodNotAllowed()),
        )
        problems = dict(told(common_problem(error) or http_problem(error)) for error in errors)

        written = told_under("## Any call to auctions, images or the agent")

        assert written == problems | {UNFORESEEN.slug: (500, set())}
        assert (common_problem(ValueError()) or http_problem(ValueError())) is None
        assert isinstance(NotFound(), HTTPException)

    def test_of_accounts_are_those_of_their_table(self) -> None:
        assert told_under("## Accounts") == {
            slug: (kind.status.value, {"errors"} if slug == "invalid-request" else set())
            for slug, kind in PROBLEMS.items()
        }

    def test_of_the_live_feed_are_those_it_refuses_with(self) -> None:
        written = {each for each in statuses_under("## The live feed") if each[0] != "bad-request"}

        assert written == set(refused_in_live())

    def test_of_the_gateway_are_those_of_its_template(self) -> None:
        template = TEMPLATE.read_text(encoding="utf-8")
        mapped = re.search(r"map \$status \$problem_slug \{([^}]*)\}", template)
        assert mapped is not None
        slugs = dict(re.findall(r"(\w+) ([a-z-]+);", mapped[1]))
        slugs["400"] = slugs.pop("default")

        assert statuses_under("## The gateway") == {
            (slug, int(status)) for status, slug in slugs.items()
        }

    def test_are_said_to_be_planned_where_nothing_raises_them(self) -> None:
        rules = Path(str(refusals.__file__)).parents[1]
        planned = {
            codes(row["slug"])[0] for row in rows_under("## Auctions") if PLANNED in row["when"]
        }
        used = {
            kind.slug
            for kind in STATUSES
            for path in rules.rglob("*.py")
            if path.name not in {"refusals.py", "problems.py"}
            and kind.__name__ in path.read_text(encoding="utf-8")
        }

        assert {kind.slug for kind in STATUSES} - used == planned
