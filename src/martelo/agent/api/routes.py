"""The agent's API: HTTP in; parse, call, render (docs/api/ has the shapes)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog
from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from martelo.agent.api import answers
from martelo.agent.domain.effects import State
from martelo.agent.domain.refusals import (
    EffectNotFound,
    MessageNotKept,
    ReportNotReady,
)
from martelo.agent.ports.console import EffectConsole, EffectQuery, EffectView
from martelo.agent.ports.people import People
from martelo.agent.use_cases.outbox import Outbox
from martelo.kernel.field_codes import FieldCode
from martelo.kernel.ids import AccountId, AuctionId
from martelo.kernel.refusal import FieldError, InvalidInput, Refusal
from martelo.runtime.flask.api import (
    administrator_who_calls,
    is_number,
    render_json,
    whole_number,
)
from martelo.runtime.identity.service_keys import ServiceCaller
from martelo.runtime.identity.tokens import TokenVerifier

MAX_ID_LENGTH = 64
MESSAGE = "message/rfc822"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Dependencies:
    """What the routes need, made once by `main/api.py`."""

    console: EffectConsole
    outbox: Outbox
    people: People
    verifier: TokenVerifier
    service_callers: Mapping[str, ServiceCaller]


def agent_routes(deps: Dependencies) -> Blueprint:
    """Return the routes that show reports, and effects to administrators."""
    routes = Blueprint("agent", __name__)

    @routes.get("/auction/<auction_id>/report")
    def report(auction_id: str) -> ResponseReturnValue:
        found = deps.console.report_of(AuctionId(_storable(auction_id)))
        if found is None:
            raise ReportNotReady
        return render_json(answers.report(found))

    @routes.get("/api/agent/effects")
    def effects() -> ResponseReturnValue:
        administrator(deps.verifier)
        _refuse_unknown({"auction", "state", "cursor", "limit"})
        auction = request.args.get("auction")
        query = EffectQuery(
            auction_id=None if auction is None else AuctionId(_storable(auction)),
            states=_states(),
            before_id=_cursor(),
            limit=_limit(),
        )
        found = deps.console.effects(query)
        return _page([answers.effect(view) for view in found], found, query.limit)

    @routes.get("/api/agent/outbox")
    def outbox() -> ResponseReturnValue:
        administrator(deps.verifier)
        _refuse_unknown({"cursor", "limit"})
        limit = _limit()
        shown = deps.outbox.page(before_id=_cursor(), limit=limit)
        effects = [each.effect for each in shown]
        return _page([answers.kept(each) for each in shown], effects, limit)

    @routes.get("/api/agent/outbox/<effect_id>/message")
    def message(effect_id: str) -> ResponseReturnValue:
        administrator(deps.verifier)
        source = deps.outbox.raw_mail(_number(effect_id, MessageNotKept))
        return Response(source, content_type=MESSAGE)

    @routes.post("/api/agent/effects/<effect_id>/resend")
    def resend(effect_id: str) -> ResponseReturnValue:
        return _intervene(deps, effect_id, "resend", deps.console.resend)

    @routes.post("/api/agent/effects/<effect_id>/settle")
    def settle(effect_id: str) -> ResponseReturnValue:
        return _intervene(deps, effect_id, "settle", deps.console.settle)

    return routes


def administrator(verifier: TokenVerifier) -> AccountId:
    """Return the administrator who calls; raises as `administrator_who_calls`."""
    return administrator_who_calls(verifier).account_id


def _intervene(
    deps: Dependencies, effect_id: str, action: str, act: Callable[[int, AccountId], EffectView]
) -> ResponseReturnValue:
    by = administrator(deps.verifier)
    view = act(_number(effect_id, EffectNotFound), by)
    log.info("effect-intervention", action=action, effect_id=view.id, account_id=by)
    return render_json(answers.effect(view))


def _number(effect_id: str, otherwise: type[Refusal]) -> int:
    """Return the number of an effect within the bounds of its column."""
    if not is_number(effect_id):
        raise otherwise
    return int(effect_id)


def _page(items: list[answers.Json], found: list[EffectView], limit: int) -> ResponseReturnValue:
    next_cursor = str(found[-1].id) if len(found) == limit else None
    return render_json({"items": items, "next_cursor": next_cursor})


def _limit() -> int:
    return whole_number("limit", 20, minimum=1, maximum=100)


def _cursor() -> int | None:
    text = request.args.get("cursor")
    if text is None:
        return None
    if not (is_number(text) and int(text) > 0):
        raise InvalidInput((FieldError("cursor", FieldCode.INVALID_CURSOR),))
    return int(text)


def _states() -> tuple[State, ...]:
    text = request.args.get("state")
    if text is None:
        return ()
    known: Mapping[str, State] = {state.value: state for state in State}
    names = text.split(",")
    if not set(names) <= set(known):
        fault = FieldError("state", FieldCode.NOT_A_CHOICE, {"choices": list(known)})
        raise InvalidInput((fault,))
    return tuple(known[name] for name in names)


def _refuse_unknown(known: set[str]) -> None:
    faults = tuple(
        FieldError(name, FieldCode.UNKNOWN_FIELD) for name in request.args if name not in known
    )
    if faults:
        raise InvalidInput(faults)


def _storable(text: str) -> str:
    """Return an id that the database accepts: short, without zero bytes."""
    return text[:MAX_ID_LENGTH].replace("\0", "")
