"""The views of who runs the house, its rules, privacy and help."""

import hashlib
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from martelo.accounts.api.terms import accept
from martelo.accounts.house.colours import accent_faults
from martelo.accounts.house.documents import ABOUT, PRIVACY, TERMS, read_document
from martelo.accounts.house.identity import read_logo
from martelo.accounts.models import HouseDocument
from martelo.accounts.refusals import TermsNotAccepted
from martelo.storefront.dependencies import Dependencies
from martelo.storefront.house.style import style_sheet
from martelo.storefront.lot_parts.description import describe
from martelo.storefront.sessions.sessions import Session
from martelo.storefront.texts.formatting import write_instant
from martelo.storefront.web.access import signed_in
from martelo.storefront.web.answers import see_other
from martelo.storefront.web.edge import refuse
from martelo.storefront.web.house_facts import DIGEST_LENGTH
from martelo.storefront.web.safe_paths import safe_path
from martelo.storefront.web.visitors import person_of

FOR_GOOD = "public, max-age=31536000, immutable"
"""The address of a logo or style sheet changes with it."""

MAX_VERSION = 2**31 - 1


@dataclass(frozen=True)
class HousePages:
    """The views; each page also has what the house itself wrote about it."""

    dependencies: Dependencies

    def about(self, request: HttpRequest) -> HttpResponse:
        """Show who runs the house."""
        return render(request, "house/about.html", _text(read_document(ABOUT)))

    def contact(self, request: HttpRequest) -> HttpResponse:
        """Show how the house is reached."""
        return render(request, "house/contact.html")

    def privacy(self, request: HttpRequest) -> HttpResponse:
        """Show which personal data are stored, why, and for how long."""
        return render(request, "house/privacy.html", _text(read_document(PRIVACY)))

    def help(self, request: HttpRequest) -> HttpResponse:
        """Explain bids, ceilings, reserves, extensions and buying now."""
        return render(request, "house/help.html")

    def rules(self, request: HttpRequest) -> HttpResponse:
        """Show the house's terms, those in force or an older version."""
        newest = read_document(TERMS)
        wanted = _version(request.GET.get("versao", ""))
        shown = newest if wanted is None else read_document(TERMS, wanted)
        if wanted is not None and shown is None:
            return refuse(request, "not-found")
        person = person_of(request)
        facts = {
            **_text(shown),
            "newest": newest.version if newest else 0,
            "can_accept": newest is not None
            and shown == newest
            and person is not None
            and person.terms_version < newest.version,
            "next": safe_path(request.GET.get("next", "")),
        }
        return render(request, "house/rules.html", facts)

    @signed_in
    def accept_rules(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Accept the terms in force."""
        version = _version(request.POST.get("version", ""))
        try:
            accept(session.person.account_id, version or 0, self.dependencies.accounts)
        except TermsNotAccepted:
            messages.error(request, gettext("The rules changed meanwhile. Please read them again."))
            return see_other("/regras")
        messages.success(request, gettext("Thank you: you accepted the rules of this house."))
        return see_other(safe_path(request.POST.get("next", "")))

    def style(self, request: HttpRequest) -> HttpResponse:
        """Send the style sheet of the colour that the address names.

        Not of the house's present one, which this process may know later than the page did.
        """
        accent = f"#{request.GET.get('v', '')}"
        if any(accent_faults("accent", accent)):
            return refuse(request, "not-found")
        headers = {"Cache-Control": FOR_GOOD}
        return HttpResponse(style_sheet(accent), content_type="text/css", headers=headers)

    def logo(self, request: HttpRequest) -> HttpResponse:
        """Send the house's logo."""
        content = read_logo()
        if content is None:
            return refuse(request, "not-found")
        digest = hashlib.sha256(content).hexdigest()
        is_named = request.GET.get("v") == digest[:DIGEST_LENGTH]
        # A page that knows an older logo for some seconds shows the present one.
        headers = {"Cache-Control": FOR_GOOD} if is_named else {}
        return HttpResponse(content, content_type="image/webp", headers=headers)


def _text(document: HouseDocument | None) -> dict[str, object]:
    if document is None:
        return {"text": "", "version": 0, "published_at": None}
    return {
        "text": describe(document.text),
        "version": document.version,
        "published_at": write_instant(document.published_at),
    }


def _version(typed: str) -> int | None:
    is_number = typed.isascii() and typed.isdigit() and len(typed) <= len(str(MAX_VERSION))
    return min(int(typed), MAX_VERSION) if is_number else None
