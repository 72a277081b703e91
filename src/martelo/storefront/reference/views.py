"""`/docs`, `/problems`, and the OpenAPI document of the accounts API."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from martelo.runtime.django.refusals import NotFound
from martelo.storefront.dependencies import Dependencies
from martelo.storefront.reference.messages import describe_messages
from martelo.storefront.reference.operations import describe
from martelo.storefront.reference.problem_types import find_problem_type, problem_groups


@dataclass(frozen=True)
class ReferenceViews:
    """The views of this room."""

    dependencies: Dependencies

    def docs(self, request: HttpRequest) -> HttpResponse:
        """Show the API of every context, and what is said over `/live`."""
        contracts = sorted(self.dependencies.contracts.all().items())
        described = [(name, describe(name, each) if each else None) for name, each in contracts]
        live = self.dependencies.contracts.live()
        told = describe_messages("live", live) if live else None
        return render(request, "reference/docs.html", {"contexts": described, "live": told})

    def problem_types(self, request: HttpRequest) -> HttpResponse:
        """Show every problem type."""
        return render(request, "reference/problem_types.html", {"groups": problem_groups()})

    def problem_type(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Show what a problem type means and what to do about it."""
        found = find_problem_type(slug)
        if found is None:
            raise NotFound
        return render(request, "reference/problem_type.html", {"slug": slug, "type": found})

    def contract(self, _request: HttpRequest) -> HttpResponse:
        """Return the OpenAPI document of the accounts API."""
        return HttpResponse(self.dependencies.contracts.own_json(), content_type="application/json")
