"""Who may open a page: people who are signed in (others are sent to do so), and administrators."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, ParamSpec, TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from martelo.storefront.sessions.sessions import Session
from martelo.storefront.web.answers import refused_page, see_other
from martelo.storefront.web.visitors import visitor_of

Views = TypeVar("Views")
More = ParamSpec("More")


def signed_in(
    view: Callable[Concatenate[Views, HttpRequest, Session, More], HttpResponse],
) -> Callable[Concatenate[Views, HttpRequest, More], HttpResponse]:
    """Return the view, given the session; it is not called for anybody without one."""

    @wraps(view)
    def guarded(
        views: Views, request: HttpRequest, /, *captured: More.args, **named: More.kwargs
    ) -> HttpResponse:
        visitor = visitor_of(request)
        if visitor.session is not None:
            return view(views, request, visitor.session, *captured, **named)
        if visitor.is_unknown:
            return render(request, "web/unavailable.html", status=503)
        # A form cannot be sent again after signing in, so its page is opened again.
        return see_other(f"/entrar?{urlencode({'next': request.get_full_path()})}")

    return guarded


def administrators_only(
    view: Callable[Concatenate[Views, HttpRequest, Session, More], HttpResponse],
) -> Callable[Concatenate[Views, HttpRequest, More], HttpResponse]:
    """Return the view, given an administrator's session; others who are signed in get 403."""

    @wraps(view)
    def guarded(
        views: Views,
        request: HttpRequest,
        session: Session,
        /,
        *captured: More.args,
        **named: More.kwargs,
    ) -> HttpResponse:
        if session.person.is_administrator:
            return view(views, request, session, *captured, **named)
        text = gettext("This page is for the administrators of the house.")
        return refused_page(request, text, HTTPStatus.FORBIDDEN)

    return signed_in(guarded)
