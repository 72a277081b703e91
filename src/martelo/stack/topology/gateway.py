"""The gateway, and the values of its template that follow from the processes behind it."""

import signal
from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network

from martelo.stack.topology.process import Growth, Process, Stage

LOOPBACK = "127.0.0.1"

TLS = (
    "ssl_certificate $tls_file; ssl_certificate_key $tls_file; ssl_protocols TLSv1.2 TLSv1.3; "
    "ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20; ssl_session_cache shared:tls:10m; "
    "ssl_session_tickets off;"
)
NO_TLS = {"GATEWAY_TLS": "", "GATEWAY_REDIRECT": ""}


def gateway_to(applications: Iterable[Process]) -> Process:
    """Return the gateway to every one of `applications` that serves HTTP."""
    behind = tuple(process.name for process in applications if "http" in process.ports)
    return Process(
        name="gateway",
        stage=Stage.GATEWAY,
        ports={"http": 8080, "side": 8081},
        after=behind,
        calls=behind,
        budget_mb=15,
        death_signal=signal.SIGTERM,
    )


def fill_proxies(networks: Iterable[IPv4Network | IPv6Network]) -> dict[str, str]:
    """Return the template's values for the proxies in front, whose headers are believed."""
    trusted = list(networks)
    return {
        "GATEWAY_REAL_IP_FROM": " ".join(f"set_real_ip_from {each};" for each in trusted),
        "GATEWAY_TRUSTED_HOPS": " ".join(f"{each} 1;" for each in trusted),
    }


def fill_tls(public_url: str, redirect_listen: str | None) -> dict[str, str]:
    """Return the template's values for a gateway that ends TLS itself.

    Plain HTTP leads to `public_url`, at the gateway's own address and at `redirect_listen`.
    """
    place = f"{public_url.rstrip('/')}$request_uri"
    redirect = (
        f"server {{ listen {redirect_listen}; server_name _; "
        f"limit_req zone=requests burst=600 nodelay; return 308 {place}; }}"
    )
    return {
        "GATEWAY_TLS": f"{TLS} error_page 497 =308 {place};",
        "GATEWAY_REDIRECT": redirect if redirect_listen else "",
    }


def fill_switched_off(processes: Iterable[Process]) -> dict[str, str]:
    """Return the template's values for processes that do not run in this house."""
    return {
        f"{process.name.upper().replace('-', '_')}_ADDRESS": f"{LOOPBACK}:{number} down"
        for process in processes
        for number in [process.ports.get("http")]
        if number is not None
    }


def fill_upstreams(processes: Sequence[Process], ports: Mapping[str, int]) -> dict[str, str]:
    """Return the template's values for every process behind the gateway, by their `ports`.

    `NAME_ADDRESS` is where a process listens, `NAME_FURTHER` what its further processes add to its
    upstream, and `NAME_SESSIONS` maps the port at the end of a session's id to its process.
    """
    values: dict[str, str] = {}
    for process in processes:
        if not process.context or "http" not in process.ports or process.first:
            continue
        place = process.name.upper().replace("-", "_")
        values[f"{place}_ADDRESS"] = f"{LOOPBACK}:{ports[process.name]}"
        if process.growth is Growth.PROCESSES:
            further = [ports[other.name] for other in processes if other.first == process.name]
            values[f"{place}_FURTHER"] = " ".join(
                f"server {LOOPBACK}:{port} max_fails=0;" for port in further
            )
            values[f"{place}_SESSIONS"] = " ".join(
                f'"~\\.{port}$" {LOOPBACK}:{port};' for port in (ports[process.name], *further)
            )
    return values
