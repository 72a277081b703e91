"""Who runs the house and how it looks, as administrators change it."""

import hashlib
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from django.contrib import messages
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from martelo.accounts.audit import Act, note
from martelo.accounts.house.identity import change_identity, change_logo, remove_logo
from martelo.accounts.house.settings import read_house
from martelo.kernel.ids import AccountId
from martelo.kernel.refusal import InvalidInput
from martelo.storefront.administration.identity_forms import (
    IdentityForm,
    LogoForm,
    identity_form,
)
from martelo.storefront.clients.images import ImagesClient
from martelo.storefront.dependencies import Dependencies
from martelo.storefront.sessions.sessions import Session
from martelo.storefront.texts.error_texts import explain
from martelo.storefront.texts.field_texts import explain_fault
from martelo.storefront.web.access import administrators_only
from martelo.storefront.web.answers import see_other
from martelo.storefront.web.house_facts import facts_of
from martelo.storefront.web.pictures import store_picture
from martelo.storefront.web.visitors import token_of

ADDRESS = "/administracao/casa/identidade"

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class IdentityViews:
    """The views of the house's identity."""

    dependencies: Dependencies

    @administrators_only
    def show(self, request: HttpRequest, _session: Session) -> HttpResponse:
        """Show who runs the house."""
        return _page(request, identity_form(read_house()), LogoForm())

    @administrators_only
    def change(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Change who runs the house."""
        form = IdentityForm(request.POST)
        if not form.is_valid():
            return _page(request, form, LogoForm(), HTTPStatus.BAD_REQUEST)
        by = AccountId(session.person.account_id)
        try:
            change_identity(form.identity(), by)
        except InvalidInput as error:
            form.attach({e.field: explain_fault(e.field, e.code, e.bounds) for e in error.errors})
            return _page(request, form, LogoForm(), HTTPStatus.BAD_REQUEST)
        except (OperationalError, InterfaceError) as error:
            log.warning("house-unavailable", reason=type(error).__name__)
            form.add_error(None, gettext("The settings cannot be saved right now. Try again soon."))
            return _page(request, form, LogoForm(), HTTPStatus.SERVICE_UNAVAILABLE)
        note(Act.IDENTITY_CHANGED, by, self.dependencies.now())
        messages.success(request, gettext("Saved. The pages show it within a few seconds."))
        return see_other(ADDRESS)

    @administrators_only
    def change_logo(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Use a picture as the logo, or none."""
        by = AccountId(session.person.account_id)
        if "remove" in request.POST:
            remove_logo(by)
            note(Act.LOGO_CHANGED, by, self.dependencies.now())
            messages.success(request, gettext("Saved. The pages show it within a few seconds."))
            return see_other(ADDRESS)
        form = LogoForm(request.POST, request.FILES)
        if form.is_valid():
            logo = self._encode(request, form)
            if logo is not None:
                change_logo(logo, hashlib.sha256(logo).hexdigest(), by)
                note(Act.LOGO_CHANGED, by, self.dependencies.now())
                messages.success(request, gettext("Saved. The pages show it within a few seconds."))
                return see_other(ADDRESS)
        return _page(request, identity_form(read_house()), form, HTTPStatus.BAD_REQUEST)

    def _encode(self, request: HttpRequest, form: LogoForm) -> bytes | None:
        """Return the logo as the images API encodes it; `None` where it has a fault."""
        images = self.dependencies.images
        if images is None:
            form.add_error("logo", gettext("Pictures cannot be stored right now. Try again soon."))
            return None
        return _encoded(images, form, token_of(request, self.dependencies) or "")


def _encoded(images: ImagesClient, form: LogoForm, token: str) -> bytes | None:
    answer = store_picture(images, form.cleaned_data["logo"], token, key="logo")
    if not answer.is_good:
        form.add_error("logo", explain(answer).text)
        return None
    content = images.download(str(answer.body["thumbnail_url"]))
    if content is None:
        form.add_error("logo", gettext("Pictures cannot be stored right now. Try again soon."))
    return content


def _page(
    request: HttpRequest,
    form: IdentityForm,
    logo_form: LogoForm,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    # Not those of the other pages, which lag: here it must be seen what has just been saved.
    facts = {"form": form, "logo_form": logo_form, "house": facts_of(read_house())}
    return render(request, "administration/identity.html", facts, status=status)
