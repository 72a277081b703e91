"""`/status`, and what probes and collectors ask for."""

from dataclasses import dataclass
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from martelo.runtime.http.metrics import CONTENT_TYPE
from martelo.storefront.clients.service_health import State
from martelo.storefront.dependencies import Dependencies
from martelo.storefront.status.numbers import describe
from martelo.storefront.web.visitors import visitor_of


@dataclass(frozen=True)
class StatusViews:
    """The views of this room."""

    dependencies: Dependencies

    def status(self, request: HttpRequest) -> HttpResponse:
        """Show what runs."""
        states = self.dependencies.neighbours.check()
        accounts = State.READY if self.dependencies.is_database_up() else State.DEGRADED
        parts = {**states(), "accounts": accounts}
        context = {"parts": parts, "numbers": self._numbers(request)}
        return render(request, "status/status.html", context)

    def _numbers(self, request: HttpRequest) -> list[tuple[str, str]]:
        """Return the store's numbers for administrators, and nothing for others."""
        session = visitor_of(request).session
        if session is None or not session.person.is_administrator:
            return []
        return list(describe(self.dependencies.numbers.read()))

    def healthz(self, _request: HttpRequest) -> HttpResponse:
        """Say that the process lives."""
        return JsonResponse({"status": "alive"})

    def readyz(self, _request: HttpRequest) -> HttpResponse:
        """Say whether accounts can be served, which is whether their database answers."""
        if self.dependencies.is_database_up():
            return JsonResponse({"status": "ready"})
        status = HTTPStatus.SERVICE_UNAVAILABLE
        return JsonResponse({"status": "unready", "missing": ["postgresql"]}, status=status)

    def metrics(self, _request: HttpRequest) -> HttpResponse:
        """Return what was counted."""
        return HttpResponse(self.dependencies.metrics.render(), content_type=CONTENT_TYPE)
