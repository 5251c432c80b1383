"""Certificates of the real servers, trusted only on this machine.

Each cluster has its own certificate authority, and all databases share one. The keys are elliptic-curve keys:
generating one takes a millisecond, whereas generating an RSA key takes a second.
"""

import ipaddress
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFETIME = timedelta(days=365)
BACKDATING = timedelta(minutes=5)
"""Time before now at which validity starts, for clients in virtual machines whose clock is behind."""


@dataclass(frozen=True)
class KeyPair:
    """A private key and its certificate in PEM.

    If no authority has signed it, `certificate` is the bare public key.
    """

    key: str
    certificate: str

    def write(self, directory: Path, name: str) -> tuple[Path, Path]:
        """Write NAME.key and NAME.crt and return both paths, the key first.

        The key is readable by the owner only.
        """
        key, certificate = directory / f"{name}.key", directory / f"{name}.crt"
        write_secret(key, self.key)
        certificate.write_text(self.certificate)
        return key, certificate


@dataclass(frozen=True)
class Authority:
    """Certificate authority that signs serving certificates."""

    certificate: x509.Certificate
    _key: ec.EllipticCurvePrivateKey

    @classmethod
    def create(cls, name: str) -> "Authority":
        """Create an authority; `name` is the common name in its certificate."""
        key = ec.generate_private_key(ec.SECP256R1())
        constraints = x509.BasicConstraints(ca=True, path_length=0)
        usage = _usage(signs_certificates=True)
        builder = _builder(_name(name), _name(name), key.public_key())
        certificate = (
            builder.add_extension(constraints, critical=True).add_extension(usage, critical=True).sign(key, _HASH)
        )
        return cls(certificate, key)

    @property
    def pem(self) -> str:
        """Certificate of the authority in PEM, for clients to trust."""
        return _certificate_text(self.certificate)

    def issue(self, name: str, hosts: Sequence[str], *, client: bool = False) -> KeyPair:
        """Issue a serving certificate for these DNS names and IP addresses.

        With `client`, it also identifies a client.
        """
        usages = [ExtendedKeyUsageOID.SERVER_AUTH, *([ExtendedKeyUsageOID.CLIENT_AUTH] if client else [])]
        key = ec.generate_private_key(ec.SECP256R1())
        extensions: tuple[tuple[x509.ExtensionType, bool], ...] = (
            (x509.SubjectAlternativeName([_host(host) for host in hosts]), False),
            (x509.BasicConstraints(ca=False, path_length=None), True),
            (_usage(signs_certificates=False), True),
            (x509.ExtendedKeyUsage(usages), False),
            (x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), False),
        )
        builder = _builder(_name(name), self.certificate.subject, key.public_key())
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical=critical)
        return KeyPair(_key_text(key), _certificate_text(builder.sign(self._key, _HASH)))


def signing_keys() -> KeyPair:
    """Create the key pair that signs Kubernetes service account tokens.

    `certificate` is the public key.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return KeyPair(_key_text(key), public.decode())


def write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner can read, from the moment that it exists."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)


_HASH = hashes.SHA256()


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATING)
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _key_text(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _certificate_text(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()
