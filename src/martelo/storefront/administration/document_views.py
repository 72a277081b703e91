"""The house's own texts, as administrators publish them."""

from dataclasses import dataclass
from http import HTTPStatus

import structlog
from django.contrib import messages
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from martelo.accounts.audit import Act, note
from martelo.accounts.house.documents import ABOUT, PRIVACY, TERMS, publish, read_document
from martelo.kernel.ids import AccountId
from martelo.kernel.refusal import InvalidInput
from martelo.storefront.administration.identity_forms import DocumentForm
from martelo.storefront.dependencies import Dependencies
from martelo.storefront.sessions.sessions import Session
from martelo.storefront.texts.field_texts import explain_fault
from martelo.storefront.texts.formatting import write_instant
from martelo.storefront.web.access import administrators_only
from martelo.storefront.web.answers import see_other
from martelo.storefront.web.edge import refuse
from martelo.storefront.web.links import Tab

ADDRESS = "/administracao/casa/textos"
KINDS = {"regras": TERMS, "privacidade": PRIVACY, "sobre": ABOUT}
"""The texts by the last part of their addresses, here and as pages."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class DocumentViews:
    """The views of the house's texts."""

    dependencies: Dependencies

    @administrators_only
    def show(self, request: HttpRequest, _session: Session, name: str) -> HttpResponse:
        """Show a text as it is in force."""
        if name not in KINDS:
            return refuse(request, "not-found")
        document = read_document(KINDS[name])
        form = DocumentForm(initial={"text": document.text if document else ""})
        return _page(request, name, form)

    @administrators_only
    def publish(self, request: HttpRequest, session: Session, name: str) -> HttpResponse:
        """Publish a text as its next version."""
        if name not in KINDS:
            return refuse(request, "not-found")
        kind, form = KINDS[name], DocumentForm(request.POST)
        if not form.is_valid():
            return _page(request, name, form, HTTPStatus.BAD_REQUEST)
        by = AccountId(session.person.account_id)
        try:
            document = publish(kind, form.cleaned_data["text"], by, self.dependencies.now())
        except InvalidInput as error:
            form.attach({e.field: explain_fault("", e.code, e.bounds) for e in error.errors})
            return _page(request, name, form, HTTPStatus.BAD_REQUEST)
        except (OperationalError, InterfaceError) as error:
            log.warning("house-unavailable", reason=type(error).__name__)
            form.add_error(None, gettext("The settings cannot be saved right now. Try again soon."))
            return _page(request, name, form, HTTPStatus.SERVICE_UNAVAILABLE)
        note(Act.TEXT_PUBLISHED, by, self.dependencies.now(), f"{kind} {document.version}")
        published = gettext("Version %(version)s is published.") % {"version": document.version}
        messages.success(request, published)
        return see_other(f"{ADDRESS}/{name}")


def _page(
    request: HttpRequest, name: str, form: DocumentForm, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    document = read_document(KINDS[name])
    labels, leads = _labels(), _leads()
    facts = {
        "form": form,
        "heading": labels[name],
        "lead": leads[name],
        "page": f"/{name}",
        "version": document.version if document else 0,
        "published_at": write_instant(document.published_at) if document else None,
        "tabs": [Tab(labels[each], f"{ADDRESS}/{each}", is_current=each == name) for each in KINDS],
    }
    return render(request, "administration/document.html", facts, status=status)


def _labels() -> dict[str, str]:
    return {
        "regras": gettext("Rules"),
        "privacidade": gettext("Privacy"),
        "sobre": gettext("About"),
    }


def _leads() -> dict[str, str]:
    return {
        "regras": gettext(
            "The house's terms. Who registers accepts them; a new version asks everybody again."
        ),
        "privacidade": gettext(
            "What the house adds to its privacy page, such as who answers for personal data. What "
            "the software stores is listed there already."
        ),
        "sobre": gettext("What the house says about itself."),
    }
