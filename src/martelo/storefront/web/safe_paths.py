"""Where a form may send people next: a path of this site, and nothing else."""

from http import HTTPStatus

from django.http import HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme


def safe_path(asked: str, otherwise: str = "/") -> str:
    """Return `asked` where it is a path of this site, else `otherwise`."""
    is_ours = (
        asked.startswith("/")
        and asked.isprintable()
        and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    )
    return asked if is_ours else otherwise


def see_other(path: str) -> HttpResponse:
    """Return an answer that sends the browser to a path of this site with a GET."""
    return HttpResponse(status=HTTPStatus.SEE_OTHER, headers={"Location": path})
