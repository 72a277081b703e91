"""Answers that several rooms give: a redirect after a form, and a page that says why not."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from martelo.storefront.clients.auctions import ApiResponse


def see_other(path: str) -> HttpResponse:
    """Return an answer that sends the browser to a path of this site with a GET."""
    answer = HttpResponseRedirect(path)
    answer.status_code = HTTPStatus.SEE_OTHER
    return answer


def refused_page(request: HttpRequest, text: str, status: HTTPStatus) -> HttpResponse:
    """Return a page that only says why something cannot be done."""
    return render(request, "web/refused.html", {"text": text}, status=status)


def status_of(answer: ApiResponse) -> HTTPStatus:
    """Return the status of a page that shows an API's answer: a refusal's own."""
    if answer.is_good:
        return HTTPStatus.OK
    try:
        return HTTPStatus(answer.status)
    except ValueError:
        return HTTPStatus.BAD_GATEWAY
