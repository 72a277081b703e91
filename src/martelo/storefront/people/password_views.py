"""A forgotten password: asking for a link, and choosing a new password with it."""

from dataclasses import dataclass
from functools import partial
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from martelo.accounts.api.access import limit_sign_ins
from martelo.accounts.api.password_changes import finish_change, request_link
from martelo.accounts.passwords.reset import Reset, find_link, reset_password
from martelo.accounts.refusals import LinkExpired
from martelo.accounts.tokens.secrets import LinkKind
from martelo.kernel.refusal import InvalidInput
from martelo.storefront.dependencies import Dependencies
from martelo.storefront.people.faults import DOWN, PAUSES, attach_fault, with_pause
from martelo.storefront.people.forms import ForgottenPasswordForm, NewPasswordForm
from martelo.storefront.web.answers import see_other


@dataclass(frozen=True)
class PasswordViews:
    """The views of a forgotten password."""

    dependencies: Dependencies

    def show_forgotten(self, request: HttpRequest) -> HttpResponse:
        """Show the form, or how to get a link where no e-mails are sent."""
        return self._forgotten_page(request, ForgottenPasswordForm(initial=request.GET.dict()))

    def send_link(self, request: HttpRequest) -> HttpResponse:
        """Have a link sent; the answer is the same whether there is an account or not."""
        if not self.dependencies.accounts.sends_mail:
            return self.show_forgotten(request)
        form = ForgottenPasswordForm(request.POST)
        try:
            limit_sign_ins(request, self.dependencies.accounts)
            if not form.is_valid():
                return self._forgotten_page(request, form, HTTPStatus.BAD_REQUEST)
            request_link(form.cleaned_data["email"], self.dependencies.accounts)
        except (InvalidInput, *PAUSES, *DOWN) as error:
            page = self._forgotten_page(request, form, attach_fault(form, error))
            return with_pause(page, error)
        messages.success(
            request,
            gettext("If an account has this address, an e-mail with a link is on its way to it."),
        )
        return see_other("/entrar")

    def show_new(self, request: HttpRequest) -> HttpResponse:
        """Show the form for a new password, if the link is good."""
        token = request.GET.get("link", "")
        try:
            find_link(
                self.dependencies.accounts.link_tokens.read(LinkKind.PASSWORD, token),
                self.dependencies.now(),
            )
        except LinkExpired:
            return _expired_page(request)
        except DOWN:
            return render(request, "web/unavailable.html", status=503)
        return _new_page(request, token, NewPasswordForm())

    def choose(self, request: HttpRequest) -> HttpResponse:
        """Set the new password."""
        token, form = request.POST.get("link", ""), NewPasswordForm(request.POST)
        try:
            limit_sign_ins(request, self.dependencies.accounts)
            if not form.is_valid():
                return _new_page(request, token, form, HTTPStatus.BAD_REQUEST)
            self._reset(token, form)
        except LinkExpired:
            return _expired_page(request)
        except (InvalidInput, *PAUSES, *DOWN) as error:
            return with_pause(_new_page(request, token, form, attach_fault(form, error)), error)
        messages.success(request, gettext("Your password was changed. Sign in with the new one."))
        return see_other("/entrar")

    def _reset(self, token: str, form: NewPasswordForm) -> None:
        accounts = self.dependencies.accounts
        link_id = accounts.link_tokens.read(LinkKind.PASSWORD, token)
        reset_password(
            Reset(link_id, form.cleaned_data["password"], form.cleaned_data["revoke_keys"]),
            accounts.passwords,
            accounts.now(),
            partial(finish_change, dependencies=accounts),
        )

    def _forgotten_page(
        self,
        request: HttpRequest,
        form: ForgottenPasswordForm,
        status: HTTPStatus = HTTPStatus.OK,
    ) -> HttpResponse:
        facts = {"form": form, "sends_mail": self.dependencies.accounts.sends_mail}
        return render(request, "people/forgotten_password.html", facts, status=status)


def _new_page(
    request: HttpRequest, token: str, form: NewPasswordForm, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    facts = {"form": form, "link": token}
    return render(request, "people/new_password.html", facts, status=status)


def _expired_page(request: HttpRequest) -> HttpResponse:
    return render(request, "people/expired_link.html", status=HTTPStatus.CONFLICT)
