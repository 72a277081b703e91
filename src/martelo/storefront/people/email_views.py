"""One's e-mail address: confirming it by a link, and changing it."""

from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from martelo.accounts.api.access import count_guesses, limit_sign_ins
from martelo.accounts.api.email_changes import change_email, confirm, send_confirmation
from martelo.accounts.lookup import get_account
from martelo.accounts.people.email_addresses import find_link
from martelo.accounts.refusals import EmailTaken, LinkExpired
from martelo.accounts.tokens.secrets import LinkKind
from martelo.kernel.refusal import InvalidInput
from martelo.runtime.problems.refusals import RateLimited
from martelo.storefront.dependencies import Dependencies
from martelo.storefront.people.faults import DOWN, PAUSES, attach_fault, with_pause
from martelo.storefront.people.forms import ChangeEmailForm
from martelo.storefront.sessions.sessions import Session
from martelo.storefront.web.access import signed_in
from martelo.storefront.web.answers import see_other
from martelo.storefront.web.safe_paths import safe_path
from martelo.storefront.web.visitors import person_of


@dataclass(frozen=True)
class EmailViews:
    """The views of one's e-mail address."""

    dependencies: Dependencies

    def show_confirmation(self, request: HttpRequest) -> HttpResponse:
        """Show the address and a button: programs that only look at links confirm nothing."""
        token = request.GET.get("link", "")
        link_id = self.dependencies.accounts.link_tokens.read(LinkKind.EMAIL, token)
        try:
            email = find_link(link_id, self.dependencies.now()).email
        except LinkExpired:
            return _expired_page(request)
        except DOWN:
            return _unavailable(request)
        return render(request, "people/confirm_email.html", {"link": token, "email": email})

    def confirm(self, request: HttpRequest) -> HttpResponse:
        """Confirm the address of a link, and go on where its owner wanted to."""
        try:
            limit_sign_ins(request, self.dependencies.accounts)
            link = confirm(request.POST.get("link", ""), self.dependencies.accounts)
        except (LinkExpired, EmailTaken):
            return _expired_page(request)
        except (RateLimited, *DOWN) as error:
            return with_pause(_unavailable(request), error)
        messages.success(request, gettext("Your e-mail address is confirmed."))
        person, next_path = person_of(request), safe_path(link.next_path)
        if person is not None and person.account_id == str(link.account.id):
            return see_other(next_path)
        return see_other(f"/entrar?{urlencode({'next': next_path})}")

    @signed_in
    def resend(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Have another link sent."""
        next_path = safe_path(request.POST.get("next", ""))
        try:
            send_confirmation(session.person.account_id, self.dependencies.accounts, next_path)
        except RateLimited:
            text = gettext("We sent you links already. Look among the unwanted e-mails, too.")
            messages.error(request, text)
        except DOWN:
            return _unavailable(request)
        else:
            messages.success(request, gettext("A link is on its way to your e-mail address."))
        return see_other(next_path)

    @signed_in
    def show(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Show one's address, and the form to change it."""
        return self._page(request, session, ChangeEmailForm())

    @signed_in
    def change(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Change one's address, or have the link sent that does it."""
        form, accounts = ChangeEmailForm(request.POST), self.dependencies.accounts
        try:
            limit_sign_ins(request, accounts)
            if not form.is_valid():
                return self._page(request, session, form, HTTPStatus.BAD_REQUEST)
            self._change(session.person.account_id, form)
        except (InvalidInput, EmailTaken, *PAUSES, *DOWN) as error:
            page = self._page(request, session, form, attach_fault(form, error))
            return with_pause(page, error)
        text = (
            gettext("Open the link that we sent to the new address. Until then nothing changes.")
            if accounts.sends_mail
            else gettext("Your e-mail address was changed.")
        )
        messages.success(request, text)
        return see_other("/perfil/email")

    def _change(self, account_id: str, form: ChangeEmailForm) -> None:
        email, password = form.cleaned_data["email"], form.cleaned_data["current_password"]
        with count_guesses(get_account(account_id).email, self.dependencies.accounts):
            change_email(account_id, email, password, self.dependencies.accounts)

    def _page(
        self,
        request: HttpRequest,
        session: Session,
        form: ChangeEmailForm,
        status: HTTPStatus = HTTPStatus.OK,
    ) -> HttpResponse:
        try:
            account = get_account(session.person.account_id)
        except DOWN:
            return _unavailable(request)
        facts = {
            "form": form,
            "email": account.email,
            "is_confirmed": account.email_confirmed_at is not None,
            "sends_mail": self.dependencies.accounts.sends_mail,
        }
        return render(request, "people/email.html", facts, status=status)


def _expired_page(request: HttpRequest) -> HttpResponse:
    return render(request, "people/expired_email_link.html", status=HTTPStatus.CONFLICT)


def _unavailable(request: HttpRequest) -> HttpResponse:
    return render(request, "web/unavailable.html", status=HTTPStatus.SERVICE_UNAVAILABLE)
