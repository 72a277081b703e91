"""`/docs` and `/problems`."""

from dataclasses import dataclass
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from martelo.runtime.problems.refusals import NotFound
from martelo.storefront.dependencies import Dependencies
from martelo.storefront.reference.messages import describe_messages
from martelo.storefront.reference.operations import describe
from martelo.storefront.reference.problem_pages import find_problem, problem_groups


@dataclass(frozen=True)
class ReferenceViews:
    """The views of the API reference."""

    dependencies: Dependencies

    def docs(self, request: HttpRequest) -> HttpResponse:
        """Show the API of every context, and what is said over `/live`."""
        contracts = sorted(self.dependencies.contracts.all().items())
        described = [(name, describe(name, each) if each else None) for name, each in contracts]
        live = self.dependencies.contracts.live()
        messages = describe_messages("live", live) if live else None
        return render(request, "reference/docs.html", {"contexts": described, "live": messages})

    def problem_types(self, request: HttpRequest) -> HttpResponse:
        """Show every problem type."""
        groups = problem_groups(self.dependencies.contracts.problems())
        return render(request, "reference/problem_types.html", {"groups": groups})

    def problem_type(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Show what a problem type means and what to do about it."""
        tables = self.dependencies.contracts.problems()
        problem = find_problem(tables, slug)
        if problem is None and None not in tables.values():
            raise NotFound
        # A context that does not answer may have it.
        status = HTTPStatus.OK if problem else HTTPStatus.SERVICE_UNAVAILABLE
        facts = {"slug": slug, "problem": problem}
        return render(request, "reference/problem_type.html", facts, status=status)
