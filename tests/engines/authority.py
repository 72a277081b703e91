"""A certificate authority of the tests' own."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from martelo.stack.certificates import TlsFiles


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@dataclass
class Authority:
    """Signs certificates in `folder`; `certificate` is what clients trust."""

    folder: Path
    key: ec.EllipticCurvePrivateKey = field(default_factory=_key)

    @property
    def certificate(self) -> Path:
        path = self.folder / "authority.pem"
        if not path.exists():
            now = datetime.now(UTC)
            builder = self._builder("tests", self.key, now, now + timedelta(days=1))
            limits = x509.BasicConstraints(ca=True, path_length=0)
            signed = builder.add_extension(limits, critical=True).sign(self.key, hashes.SHA256())
            path.write_bytes(signed.public_bytes(Encoding.PEM))
        return path

    def issue(self, *names: str, lasts: timedelta = timedelta(days=1)) -> TlsFiles:
        """Write a certificate for `names` and its key, over the last ones."""
        key, now = _key(), datetime.now(UTC)
        begins = now - timedelta(days=1)
        alternatives = x509.SubjectAlternativeName([_general_name(name) for name in names])
        builder = self._builder(names[0], key, begins, now + lasts)
        signed = builder.add_extension(alternatives, critical=False)
        certificate = signed.sign(self.key, hashes.SHA256())
        files = TlsFiles(self.folder / "house.pem", self.folder / "house.key")
        pem = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        files.key.write_bytes(key.private_bytes(*pem))
        files.certificate.write_bytes(certificate.public_bytes(Encoding.PEM))
        return files

    def _builder(
        self, name: str, key: ec.EllipticCurvePrivateKey, begins: datetime, ends: datetime
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .issuer_name(_name("tests"))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begins)
            .not_valid_after(ends)
        )
