"""The house's settings: how its texts are written, whom its e-mails are from, what it posts."""

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from django.contrib import messages
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from martelo.accounts.audit import Act, note
from martelo.accounts.house.completeness import missing_parts
from martelo.accounts.house.settings import change_house, read_house
from martelo.kernel.ids import AccountId
from martelo.kernel.refusal import InvalidInput
from martelo.storefront.administration.forms import HouseForm, house_form
from martelo.storefront.dependencies import Dependencies
from martelo.storefront.sessions.sessions import Session
from martelo.storefront.texts.field_texts import explain_fault
from martelo.storefront.web.access import administrators_only
from martelo.storefront.web.answers import see_other

ADDRESS = "/administracao/casa"

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class HouseViews:
    """The views of the house's settings."""

    dependencies: Dependencies

    @administrators_only
    def show(self, request: HttpRequest, _session: Session) -> HttpResponse:
        """Show the settings."""
        return self._page(request, house_form(read_house()))

    @administrators_only
    def change(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Change the settings."""
        form = HouseForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, HTTPStatus.BAD_REQUEST)
        change, by = form.change(), AccountId(session.person.account_id)
        try:
            change_house(change, by)
        except InvalidInput as error:
            # To accounts a `name` is a person's; here each field has its own label.
            form.attach({e.field: explain_fault("", e.code, e.bounds) for e in error.errors})
            return self._page(request, form, HTTPStatus.BAD_REQUEST)
        except (OperationalError, InterfaceError) as error:
            log.warning("house-unavailable", reason=type(error).__name__)
            form.add_error(None, gettext("The settings cannot be saved right now. Try again soon."))
            return self._page(request, form, HTTPStatus.SERVICE_UNAVAILABLE)
        note(Act.HOUSE_CHANGED, by, self.dependencies.now())
        messages.success(
            request, gettext("The house's settings were changed. New texts follow them.")
        )
        return see_other(ADDRESS)

    def _page(
        self, request: HttpRequest, form: HouseForm, status: HTTPStatus = HTTPStatus.OK
    ) -> HttpResponse:
        house = self.dependencies.accounts.house()
        parts = missing_parts(house, sends_mail=self.dependencies.accounts.sends_mail)
        facts = {"form": form, "missing": _missing(parts)}
        return render(request, "administration/house.html", facts, status=status)


def _missing(parts: Iterable[str]) -> list[tuple[str, str]]:
    """Return what the house should still say, each with the page where it is said."""
    identity = "/administracao/casa/identidade"
    texts = {
        "name": (gettext("Give the house its own name."), ""),
        "legal_name": (gettext("Say who runs it: the full or registered name."), identity),
        "tax_id": (gettext("Say the CPF or CNPJ of who runs it."), identity),
        "postal_address": (gettext("Give its address."), identity),
        "contact_email": (gettext("Give an e-mail address for questions."), identity),
        "terms": (gettext("Publish the house's rules."), "/administracao/casa/textos/regras"),
        "mail": (gettext("Set up a mail server: SMTP_HOST and MAIL_FROM."), ""),
    }
    return [texts[part] for part in parts]
