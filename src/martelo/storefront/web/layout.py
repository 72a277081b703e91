"""What every page is given: the house, and who is signed in."""

from django.conf import settings
from django.http import HttpRequest

from martelo.storefront.texts import error_texts
from martelo.storefront.texts.formatting import write_instant
from martelo.storefront.web.house_facts import facts_of
from martelo.storefront.web.visitors import has_new_terms, must_confirm, visitor_of


def layout(request: HttpRequest) -> dict[str, object]:
    """Return what every template may name."""
    visitor = visitor_of(request)
    server_time = write_instant(settings.DEPENDENCIES.now())
    return {
        "house": facts_of(settings.DEPENDENCIES.accounts.house()),
        "has_new_terms": has_new_terms(request, settings.DEPENDENCIES),
        "person": visitor.session.person if visitor.session else None,
        "is_visitor_unknown": visitor.is_unknown,
        "must_confirm": must_confirm(request, settings.DEPENDENCIES),
        "languages": settings.LANGUAGES,
        "here": request.get_full_path(),
        "server_time": server_time,
        "opened": error_texts.zoned_moment(server_time),
    }
