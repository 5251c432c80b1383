"""TLS clients accept the certificates of the real servers and reject others."""

import socket
import ssl
import threading
from pathlib import Path

import pytest

from rehearsal.dataplanes import pki


def handshake(directory: Path, trusted: str, hostname: str) -> str:
    """Serve one TLS connection and return the negotiated protocol."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(directory / "server.crt", directory / "server.key")
    client = ssl.create_default_context(cadata=trusted)
    server_socket, client_socket = socket.socketpair()

    def serve() -> None:
        try:
            server.wrap_socket(server_socket, server_side=True).close()
        except ssl.SSLError:
            server_socket.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with client.wrap_socket(client_socket, server_hostname=hostname) as connection:
            return str(connection.version())
    finally:
        client_socket.close()
        thread.join()


@pytest.fixture
def authority(tmp_path: Path) -> pki.Authority:
    authority = pki.Authority.create("test")
    authority.issue("server", ("127.0.0.1", "localhost")).write(tmp_path, "server")
    return authority


@pytest.mark.parametrize("hostname", ["127.0.0.1", "localhost"])
def test_a_client_that_trusts_the_authority_connects(tmp_path: Path, authority: pki.Authority, hostname: str) -> None:
    assert handshake(tmp_path, authority.pem, hostname) == "TLSv1.3"


def test_another_host_name_is_refused(tmp_path: Path, authority: pki.Authority) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        handshake(tmp_path, authority.pem, "example.org")


def test_another_authority_is_refused(tmp_path: Path, authority: pki.Authority) -> None:
    assert authority
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(tmp_path, pki.Authority.create("other").pem, "localhost")


def test_keys_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    key, public = pki.signing_keys().write(tmp_path, "tokens")
    assert key.stat().st_mode & 0o777 == 0o600
    assert "PUBLIC KEY" in public.read_text()
