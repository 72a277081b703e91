"""One's own data: exporting them, and closing the account."""

import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, gettext_lazy

from martelo.accounts.api.access import limit_sign_ins
from martelo.accounts.api.closing import close, export
from martelo.accounts.refusals import ContextsUnavailable, OpenObligations
from martelo.kernel.refusal import InvalidInput
from martelo.storefront.dependencies import Dependencies
from martelo.storefront.people.faults import DOWN, PAUSES, attach_fault, with_pause
from martelo.storefront.people.forms import CurrentPasswordField
from martelo.storefront.sessions.sessions import Session
from martelo.storefront.web.access import signed_in
from martelo.storefront.web.forms import Form
from martelo.storefront.web.visitors import forget

MAX_PICTURE_BYTES = 50 * 1024 * 1024
"""Of all pictures in an export; of those left out it has the addresses."""


class CloseForm(Form):
    """Closing one's account."""

    current_password = CurrentPasswordField(gettext_lazy("Current password"))
    understood = forms.BooleanField(
        label=gettext_lazy("I know that this cannot be undone"),
        error_messages={"required": gettext_lazy("Confirm that you know.")},
    )


@dataclass(frozen=True)
class DataViews:
    """The views of one's own data."""

    dependencies: Dependencies

    @signed_in
    def show(self, request: HttpRequest, _session: Session) -> HttpResponse:
        """Show what can be done with one's data."""
        return _page(request, CloseForm())

    @signed_in
    def export(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Send everything that the house holds of a person, as a ZIP file."""
        try:
            data = export(session.person.account_id, self.dependencies.accounts)
        except (ContextsUnavailable, *DOWN):
            return render(request, "web/unavailable.html", status=503)
        attached = {"Content-Disposition": 'attachment; filename="martelo.zip"'}
        return HttpResponse(self._pack(data), content_type="application/zip", headers=attached)

    @signed_in
    def close(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Close the account."""
        form = CloseForm(request.POST)
        try:
            limit_sign_ins(request, self.dependencies.accounts)
            if not form.is_valid():
                return _page(request, form, HTTPStatus.BAD_REQUEST)
            password = form.cleaned_data["current_password"]
            close(session.person.account_id, password, self.dependencies.accounts)
        except OpenObligations as error:
            return _page(request, form, HTTPStatus.CONFLICT, list(_reasons(error.items)))
        except ContextsUnavailable:
            form.add_error(None, gettext("This does not work right now. Try again soon."))
            return _page(request, form, HTTPStatus.SERVICE_UNAVAILABLE)
        except (InvalidInput, *PAUSES, *DOWN) as error:
            return with_pause(_page(request, form, attach_fault(form, error)), error)
        answer = render(request, "people/closed.html")
        forget(answer)
        return answer

    def _pack(self, data: Mapping[str, Any]) -> bytes:
        file = BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, part in data.items():
                text = json.dumps(part, ensure_ascii=False, indent=2)
                archive.writestr(f"{name}.json", text)
            for address, picture in self._pictures(data):
                archive.writestr(f"pictures/{address.rpartition('/')[2]}", picture)
        return file.getvalue()

    def _pictures(self, data: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
        """Yield the pictures of one's own auctions, as many as an export may have."""
        images, left = self.dependencies.images, MAX_PICTURE_BYTES
        lots = data.get("auctions", {}).get("auctions", ())
        addresses = dict.fromkeys(each["url"] for lot in lots for each in lot.get("images", ()))
        for address in addresses:
            picture = images.download(address) if images else None
            if picture is None or len(picture) > left:
                continue
            left -= len(picture)
            yield address, picture


def _page(
    request: HttpRequest,
    form: CloseForm,
    status: HTTPStatus = HTTPStatus.OK,
    reasons: list[tuple[str, str]] | None = None,
) -> HttpResponse:
    facts = {"form": form, "reasons": reasons or []}
    return render(request, "people/data.html", facts, status=status)


def _reasons(items: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - JSON of other contexts
    """Yield what keeps the account open, each with the page that shows it, if there is one."""
    texts = {
        "sells": gettext("You sell an auction that is still open."),
        "leads": gettext("You lead in an auction that is still open."),
        "last-administrator": gettext("You are the only administrator of this house."),
    }
    for item in items:
        kind = str(item.get("part") or item.get("kind") or "")
        auction_id = str(item.get("auction_id") or "")
        yield texts.get(kind, kind), f"/leiloes/{auction_id}" if auction_id else ""
