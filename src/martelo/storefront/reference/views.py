"""`/docs` and `/problems`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from martelo.runtime.problems.refusals import NotFound
from martelo.runtime.problems.table import ProblemTypes
from martelo.storefront.clients.documents import Document
from martelo.storefront.dependencies import Dependencies
from martelo.storefront.reference.messages import describe_messages
from martelo.storefront.reference.operations import describe
from martelo.storefront.reference.problem_pages import find_problem, problem_groups
from martelo.storefront.reference.rendered_bodies import RenderedBodies


@dataclass(frozen=True)
class ReferenceViews:
    """The views of the API reference."""

    dependencies: Dependencies
    _docs: RenderedBodies = field(default_factory=RenderedBodies)
    _problem_types: RenderedBodies = field(default_factory=RenderedBodies)

    def docs(self, request: HttpRequest) -> HttpResponse:
        """Show the API of every context, and what is said over `/live`."""
        contracts = sorted(self.dependencies.contracts.all().items())
        live = self.dependencies.contracts.live()
        documents: list[object] = [*contracts, live]
        body = self._docs.get(documents, lambda: _docs_body(contracts, live))
        return render(request, "reference/docs.html", {"body": body})

    def problem_types(self, request: HttpRequest) -> HttpResponse:
        """Show every problem type."""
        tables = self.dependencies.contracts.problems()
        body = self._problem_types.get([tables], lambda: _problem_types_body(tables))
        return render(request, "reference/problem_types.html", {"body": body})

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


def _docs_body(
    contracts: Sequence[tuple[str, Document | None]], live: Document | None
) -> SafeString:
    facts = {
        "contexts": [(name, describe(name, each) if each else None) for name, each in contracts],
        "live": describe_messages("live", live) if live else None,
    }
    return render_to_string("reference/docs_body.html", facts)


def _problem_types_body(tables: Mapping[str, ProblemTypes | None]) -> SafeString:
    facts = {"groups": problem_groups(tables)}
    return render_to_string("reference/problem_types_body.html", facts)
