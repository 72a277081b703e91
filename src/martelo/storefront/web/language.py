"""The language, chosen and stored in a cookie."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from martelo.storefront.web.answers import see_other
from martelo.storefront.web.safe_paths import safe_path


def choose_language(request: HttpRequest) -> HttpResponse:
    """Store the language chosen and return to the page."""
    answer = see_other(safe_path(request.POST.get("next", "")))
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
        )
    return answer
