"""The audit log, and the access records of one account."""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from django import forms
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, gettext_lazy

from martelo.accounts.audit import PAGE, Act, names_of, note, read_entries
from martelo.accounts.lookup import find_by_email
from martelo.accounts.models import AccessRecord, AuditEntry
from martelo.accounts.security_events import Event, read_records
from martelo.kernel.email_addresses import MAX_EMAIL_LENGTH
from martelo.kernel.ids import AccountId
from martelo.storefront.dependencies import Dependencies
from martelo.storefront.sessions.sessions import Session
from martelo.storefront.texts.error_texts import moment
from martelo.storefront.texts.formatting import write_instant
from martelo.storefront.web.access import administrators_only
from martelo.storefront.web.forms import Form
from martelo.storefront.web.links import with_query

ADDRESS = "/administracao/registro"
MAX_ID_DIGITS = 18

log = structlog.get_logger(__name__)


class AccountForm(Form):
    """Whose access records are read."""

    email = forms.CharField(
        label=gettext_lazy("E-mail of the account"),
        max_length=MAX_EMAIL_LENGTH,
        widget=forms.EmailInput,
    )


@dataclass(frozen=True)
class Row:
    """An entry in the reader's words."""

    at: str
    text: str
    detail: str


@dataclass(frozen=True)
class RecordViews:
    """The views of what was done."""

    dependencies: Dependencies

    @administrators_only
    def show(self, request: HttpRequest, _session: Session) -> HttpResponse:
        """Show what administrators did."""
        return _page(request, AccountForm(), [])

    @administrators_only
    def show_access(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Show the access records of one account; reading them is an act of its own."""
        form = AccountForm(request.POST)
        if not form.is_valid():
            return _page(request, form, [], HTTPStatus.BAD_REQUEST)
        account = find_by_email(form.cleaned_data["email"])
        if account is None:
            form.add_error("email", gettext("No account has this e-mail."))
            return _page(request, form, [], HTTPStatus.NOT_FOUND)
        reader, read = AccountId(session.person.account_id), str(account.id)
        note(Act.RECORDS_READ, reader, self.dependencies.now(), read)
        self.dependencies.accounts.events.report(Event.ACCESS_RECORDS_READ, reader)
        return _page(request, form, read_records(read))


def _page(
    request: HttpRequest,
    form: AccountForm,
    records: list[AccessRecord],
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    typed = request.GET.get("antes", "")
    is_id = typed.isascii() and typed.isdigit() and len(typed) <= MAX_ID_DIGITS
    try:
        entries = read_entries(int(typed) if is_id else None)
        rows = list(_entry_rows(entries))
    except (OperationalError, InterfaceError) as error:
        log.warning("records-unavailable", reason=type(error).__name__)
        return render(request, "web/unavailable.html", status=503)
    is_full = len(entries) == PAGE
    facts = {
        "form": form,
        "records": [
            Row(moment(write_instant(each.at)), _events().get(each.act, each.act), each.address)
            for each in records
        ],
        "entries": rows,
        "next_page": with_query(ADDRESS, {"antes": str(entries[-1].id)}) if is_full else "",
    }
    return render(request, "administration/records.html", facts, status=status)


def _entry_rows(entries: list[AuditEntry]) -> Iterator[Row]:
    names = names_of(entries)
    for each in entries:
        who = names.get(each.by) or str(each.by)
        text = _acts().get(each.act, each.act)
        yield Row(moment(write_instant(each.at)), f"{who}: {text}", each.subject)


def _acts() -> dict[str, str]:
    return {
        Act.HOUSE_CHANGED: gettext("changed the house's settings"),
        Act.IDENTITY_CHANGED: gettext("changed the house's identity"),
        Act.LOGO_CHANGED: gettext("changed the logo"),
        Act.TEXT_PUBLISHED: gettext("published a text of the house"),
        Act.RECORDS_READ: gettext("read the access records of an account"),
    }


def _events() -> dict[str, str]:
    return {
        Event.SIGNED_IN: gettext("signed in"),
        Event.SIGN_IN_REFUSED: gettext("wrong password"),
        Event.SIGNED_OUT: gettext("signed out"),
        Event.REFRESH_REUSED: gettext("a used refresh token came again"),
        Event.PASSWORD_CHANGED: gettext("password changed"),
        Event.EMAIL_CHANGED: gettext("e-mail address confirmed"),
        Event.KEY_CREATED: gettext("API key made"),
        Event.KEY_REVOKED: gettext("API key revoked"),
        Event.ROLE_GRANTED: gettext("became an administrator"),
        Event.SESSIONS_ENDED: gettext("ended other sessions"),
        Event.DATA_EXPORTED: gettext("data exported"),
        Event.ACCOUNT_CLOSED: gettext("account closed"),
        Event.ACCESS_RECORDS_READ: gettext("read access records"),
    }
