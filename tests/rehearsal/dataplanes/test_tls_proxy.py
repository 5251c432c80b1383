"""The TLS proxy uses TLS with clients and plain text with PostgreSQL."""

import asyncio
import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.dataplanes.pki import Authority
from rehearsal.dataplanes.postgres.tls_proxy import GSSAPI_REQUEST, PROTOCOL_3, SSL_REQUEST, Address, TlsProxy
from rehearsal.processes import free_ports

HOST = "127.0.0.1"


def head(code: int) -> bytes:
    return struct.pack("!ii", 8, code)


@pytest.fixture
def server() -> Iterator[Address]:
    """Start a server that echoes every message in upper case."""
    with socket.create_server((HOST, 0)) as listener:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection:
                        while data := connection.recv(100):
                            connection.sendall(data.upper())

        thread = threading.Thread(target=serve)
        thread.start()
        yield Address(*listener.getsockname())
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


@pytest.fixture
def authority() -> Authority:
    return Authority.create("test")


@pytest.fixture
def proxy_address(server: Address, authority: Authority, tmp_path: Path) -> Iterator[Address]:
    public = Address(HOST, *free_ports(1))
    key, certificate = authority.issue("records", (HOST,)).write(tmp_path, "server")
    proxy = TlsProxy(public, server, certificate, key)
    proxy.start()
    yield public
    proxy.stop()


@pytest.fixture
def client(proxy_address: Address) -> Iterator[socket.socket]:
    with socket.create_connection((proxy_address.host, proxy_address.port), timeout=10) as client:
        yield client


def test_decrypted_traffic_reaches_the_server(client: socket.socket, authority: Authority) -> None:
    client.sendall(head(GSSAPI_REQUEST))
    assert client.recv(1) == b"N"
    client.sendall(head(SSL_REQUEST))
    assert client.recv(1) == b"S"
    context = ssl.create_default_context(cadata=authority.pem)
    with context.wrap_socket(client, server_hostname=HOST) as secured:
        for word in (b"hello", b"again"):
            secured.sendall(word)
            assert secured.recv(100) == word.upper()


def test_a_client_without_tls_is_refused(client: socket.socket) -> None:
    client.sendall(head(PROTOCOL_3))
    assert b"no encryption" in client.recv(200)
    assert client.recv(1) == b""


def test_a_taken_address_is_an_error(server: Address, authority: Authority, tmp_path: Path) -> None:
    key, certificate = authority.issue("records", (HOST,)).write(tmp_path, "server")
    with pytest.raises(OSError, match="address already in use"):
        TlsProxy(server, server, certificate, key).start()


def test_a_connection_to_the_server_is_closed_even_if_its_end_is_cancelled() -> None:
    """`stop` can cancel a connection that is already ending."""

    async def forward() -> bytes:
        own_end, other_end = socket.socketpair()
        reader, writer = await asyncio.open_connection(sock=own_end)
        with socket.create_server((HOST, 0)) as listener:
            proxy = object.__new__(TlsProxy)
            proxy._server = Address(*listener.getsockname())
            task = asyncio.create_task(proxy._forward(b"x", reader, writer))
            loop = asyncio.get_running_loop()
            connection, _ = await loop.run_in_executor(None, listener.accept)
            with connection:
                await loop.run_in_executor(None, connection.recv, 1)
                other_end.close()
                while not task.done():  # cancel again at each step of closing
                    task.cancel()
                    await asyncio.sleep(0)
                writer.transport.abort()
                await asyncio.sleep(0)
                connection.settimeout(5)
                with contextlib.suppress(ConnectionResetError):
                    return await loop.run_in_executor(None, connection.recv, 1)
        return b""

    assert asyncio.run(forward()) == b""


def test_stopping_the_proxy_closes_open_connections(server: Address, authority: Authority, tmp_path: Path) -> None:
    public = Address(HOST, *free_ports(1))
    key, certificate = authority.issue("records", (HOST,)).write(tmp_path, "server")
    proxy = TlsProxy(public, server, certificate, key)
    proxy.start()
    with socket.create_connection((public.host, public.port), timeout=10) as client:
        client.sendall(head(GSSAPI_REQUEST))
        assert client.recv(1) == b"N"
        proxy.stop()
        assert client.recv(1) == b""
