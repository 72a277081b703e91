"""Where a form may send people next: a path of this site, and nothing else."""

from django.utils.http import url_has_allowed_host_and_scheme


def safe_path(requested: str, otherwise: str = "/") -> str:
    """Return `requested` where it is a path of this site, else `otherwise`."""
    is_ours = (
        requested.startswith("/")
        and requested.isprintable()
        and url_has_allowed_host_and_scheme(requested, allowed_hosts=None)
    )
    return requested if is_ours else otherwise
