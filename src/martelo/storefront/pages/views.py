"""The pages over HTTP, and what probes and collectors ask for."""

from dataclasses import dataclass
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from martelo.runtime import http_metrics
from martelo.storefront.neighbours import State
from martelo.storefront.pages.messages import describe_messages
from martelo.storefront.pages.problem_types import find_problem_type, problem_groups
from martelo.storefront.pages.reference import describe
from martelo.storefront.parts import Parts
from martelo.storefront.refusals import NotFound


@dataclass(frozen=True)
class Pages:
    """The views of this app."""

    parts: Parts

    def status(self, request: HttpRequest) -> HttpResponse:
        """Show what runs."""
        states = self.parts.neighbours.ask()
        accounts = State.READY if self.parts.is_database_up() else State.HAMPERED
        parts = {**states(), "accounts": accounts}
        return render(request, "pages/status.html", {"parts": parts})

    def docs(self, request: HttpRequest) -> HttpResponse:
        """Show the API of every context, and what is said over `/live`."""
        contracts = sorted(self.parts.contracts.all().items())
        described = [(name, describe(name, each) if each else None) for name, each in contracts]
        live = self.parts.contracts.live()
        told = describe_messages("live", live) if live else None
        return render(request, "pages/docs.html", {"contexts": described, "live": told})

    def problem_types(self, request: HttpRequest) -> HttpResponse:
        """Show every problem type."""
        return render(request, "pages/problem_types.html", {"groups": problem_groups()})

    def problem_type(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Show what a problem type means and what to do about it."""
        found = find_problem_type(slug)
        if found is None:
            raise NotFound
        return render(request, "pages/problem_type.html", {"slug": slug, "type": found})

    def contract(self, _request: HttpRequest) -> HttpResponse:
        """Return the OpenAPI document of the accounts API."""
        return HttpResponse(self.parts.contracts.own_json(), content_type="application/json")

    def healthz(self, _request: HttpRequest) -> HttpResponse:
        """Say that the process lives."""
        return JsonResponse({"status": "alive"})

    def readyz(self, _request: HttpRequest) -> HttpResponse:
        """Say whether accounts can be served, which is whether their database answers."""
        if self.parts.is_database_up():
            return JsonResponse({"status": "ready"})
        status = HTTPStatus.SERVICE_UNAVAILABLE
        return JsonResponse({"status": "unready", "missing": ["postgresql"]}, status=status)

    def metrics(self, _request: HttpRequest) -> HttpResponse:
        """Return what was counted."""
        return HttpResponse(http_metrics.render_metrics(), content_type=http_metrics.CONTENT_TYPE)
