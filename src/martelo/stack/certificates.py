"""The certificate of the gateway and its key: read, and checked before they are used."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from martelo.stack.errors import StackError


@dataclass(frozen=True)
class TlsFiles:
    """PEM files: the certificate, followed by those between it and its authority, and its key."""

    certificate: Path
    key: Path


def read_certificate(files: TlsFiles, host: str, now: datetime) -> bytes:
    """Return key and certificates as one PEM text; `now` is an aware instant.

    Raises:
        StackError: A file cannot be read, they do not match, the certificate is not valid now or
            does not name `host`.
    """
    chain, key = _read(files.certificate), _read(files.key)
    try:
        certificate = x509.load_pem_x509_certificates(chain)[0]
    except ValueError as error:
        raise StackError(f"{files.certificate} is not a certificate in PEM.") from error
    try:
        public = load_pem_private_key(key, None).public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise StackError(f"{files.key} is not a private key in PEM without password.") from error
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if public.public_bytes(*form) != certificate.public_key().public_bytes(*form):
        raise StackError(f"{files.key} is not the key of {files.certificate}.")
    if not certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc:
        raise StackError(
            f"{files.certificate} is valid from {certificate.not_valid_before_utc:%Y-%m-%d} "
            f"to {certificate.not_valid_after_utc:%Y-%m-%d}, not now."
        )
    names = list(_names_of(certificate))
    if not any(_covers(name, host) for name in names):
        raise StackError(
            f"{files.certificate} is for {', '.join(names) or 'nobody'}, not for {host}, the host "
            "of MARTELO_PUBLIC_URL (or of --listen without it)."
        )
    return b"\n".join([key.strip(), chain.strip(), b""])


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StackError(f"{path} cannot be read: {error.strerror}.") from error


def _names_of(certificate: x509.Certificate) -> Iterable[str]:
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return
    yield from extension.value.get_values_for_type(x509.DNSName)
    yield from map(str, extension.value.get_values_for_type(x509.IPAddress))


def _covers(name: str, host: str) -> bool:
    """Return whether a certificate's name is `host`; a star covers one label."""
    try:
        return ip_address(name) == ip_address(host)
    except ValueError:
        label, _, rest = host.lower().partition(".")
        return name.lower() in {host.lower(), f"*.{rest}" if label and rest else host.lower()}
