"""TLS-terminating proxy for a PostgreSQL server that was built without TLS.

PostgreSQL from PyPI is built without TLS. The proxy handles PostgreSQL's TLS negotiation and forwards the decrypted
traffic to the server. As on RDS, clients that don't request TLS are rejected.
"""

import asyncio
import contextlib
import ssl
import struct
import threading
from asyncio import StreamReader, StreamWriter
from dataclasses import dataclass
from pathlib import Path

PROTOCOL_3 = 0x00030000
CANCEL_REQUEST = 80877102
SSL_REQUEST = 80877103
GSSAPI_REQUEST = 80877104
"""Request codes that replace the protocol version in a client's first message (PostgreSQL manual, Message Formats)."""

CLOSE_SECONDS = 1.0
"""Seconds to wait for a client to close its side of the connection."""

_HEADER = struct.Struct("!ii")
_CHUNK = 65_536
_REFUSAL = b"SFATAL\0VFATAL\0C28000\0Mno pg_hba.conf entry for this host, no encryption\0\0"


@dataclass(frozen=True)
class Address:
    """Host and port."""

    host: str
    port: int


class TlsProxy:
    """Accepts TLS connections at `public` and forwards them to `server`."""

    def __init__(self, public: Address, server: Address, certificate: Path, key: Path) -> None:
        self._public = public
        self._server = server
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=f"TLS of {public}", daemon=True)
        self._listener: asyncio.Server | None = None

    def start(self) -> None:
        """Start listening. Raises OSError if the address is taken."""
        self._thread.start()
        try:
            listening = asyncio.start_server(self._serve, self._public.host, self._public.port)
            self._listener = asyncio.run_coroutine_threadsafe(listening, self._loop).result()
        except OSError:
            self.stop()
            raise

    def stop(self) -> None:
        """Close all connections and wait until the thread has ended."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _close(self) -> None:
        if self._listener:
            self._listener.close()
        connections = asyncio.all_tasks() - {asyncio.current_task()}
        for connection in connections:
            connection.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
        await asyncio.sleep(0)  # aborted transports are closed in the loop's next iteration

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            # A client or server that disconnects is not an error of the proxy.
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                first = await self._negotiate(reader, writer)
                if first is not None:
                    await self._forward(first, reader, writer)
                await _finish(writer)
        finally:
            writer.transport.abort()

    async def _negotiate(self, reader: StreamReader, writer: StreamWriter) -> bytes | None:
        """Negotiate TLS and return the bytes that were read but belong to the server.

        Return None if the client was rejected.
        """
        while True:
            header = await reader.readexactly(_HEADER.size)
            _, code = _HEADER.unpack(header)
            if code == GSSAPI_REQUEST:
                writer.write(b"N")
            elif code == SSL_REQUEST:
                writer.write(b"S")
                await writer.drain()
                await writer.start_tls(self._context)
                return b""
            elif (
                code == CANCEL_REQUEST
            ):  # libpq cancels a query without TLS; the request's only secret is the cancel key
                return header
            else:
                writer.write(b"E" + struct.pack("!i", len(_REFUSAL) + 4) + _REFUSAL)
                await writer.drain()
                return None

    async def _forward(self, first: bytes, reader: StreamReader, writer: StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_connection(self._server.host, self._server.port)
        server_writer.write(first)
        directions = [
            asyncio.ensure_future(_copy(reader, server_writer)),
            asyncio.ensure_future(_copy(server_reader, writer)),
        ]
        try:
            await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
        finally:
            # First, because `stop` may cancel the wait below, and the server must not keep the connection.
            server_writer.transport.abort()
            for direction in directions:
                direction.cancel()
            await asyncio.gather(*directions, return_exceptions=True)


async def _finish(writer: StreamWriter) -> None:
    """Flush data to the client and wait up to CLOSE_SECONDS until it closes its side."""
    writer.close()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(writer.wait_closed(), CLOSE_SECONDS)


async def _copy(source: StreamReader, target: StreamWriter) -> None:
    while data := await source.read(_CHUNK):
        target.write(data)
        await target.drain()
