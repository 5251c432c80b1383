"""TLS for a PostgreSQL that was built without it, as the one from PyPI is.

Clients of RDS require TLS. This stands before the server, speaks PostgreSQL's own negotiation of TLS, and passes on
what is inside; whoever does not ask for TLS is refused, as on RDS.
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
"""Codes of a client's first message, in the place of a protocol version (PostgreSQL manual, Message Formats)."""

FAREWELL_SECONDS = 1.0

_HEAD = struct.Struct("!ii")
_CHUNK = 65_536
_REFUSAL = b"SFATAL\0VFATAL\0C28000\0Mno pg_hba.conf entry for this host, no encryption\0\0"


@dataclass(frozen=True)
class Address:
    """Where something listens."""

    host: str
    port: int


class TlsProxy:
    """Listens at `public` with a certificate and passes connections on to `server`."""

    def __init__(self, public: Address, server: Address, certificate: Path, key: Path) -> None:
        self._public = public
        self._server = server
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=f"TLS of {public}", daemon=True)
        self._listener: asyncio.Server | None = None

    def start(self) -> None:
        """Begin to listen. Raises OSError when the address is taken."""
        self._thread.start()
        try:
            listening = asyncio.start_server(self._serve, self._public.host, self._public.port)
            self._listener = asyncio.run_coroutine_threadsafe(listening, self._loop).result()
        except OSError:
            self.stop()
            raise

    def stop(self) -> None:
        """Close all connections and return when the thread is gone."""
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
        await asyncio.sleep(0)  # transports that were cut say so in the loop's next round

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            # A client or a server that goes away in the middle is no error of ours.
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                first = await self._negotiate(reader, writer)
                if first is not None:
                    await self._pass_on(first, reader, writer)
                await _finish(writer)
        finally:
            writer.transport.abort()

    async def _negotiate(self, reader: StreamReader, writer: StreamWriter) -> bytes | None:
        """Agree on TLS; returns what is already read and belongs to the server, None when the client is refused."""
        while True:
            head = await reader.readexactly(_HEAD.size)
            _, code = _HEAD.unpack(head)
            if code == GSSAPI_REQUEST:
                writer.write(b"N")
            elif code == SSL_REQUEST:
                writer.write(b"S")
                await writer.drain()
                await writer.start_tls(self._context)
                return b""
            elif code == CANCEL_REQUEST:  # libpq sends these without TLS, and they hold no secret but their own
                return head
            else:
                writer.write(b"E" + struct.pack("!i", len(_REFUSAL) + 4) + _REFUSAL)
                await writer.drain()
                return None

    async def _pass_on(self, first: bytes, reader: StreamReader, writer: StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_connection(self._server.host, self._server.port)
        server_writer.write(first)
        both = [
            asyncio.ensure_future(_copy(reader, server_writer)),
            asyncio.ensure_future(_copy(server_reader, writer)),
        ]
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for direction in both:
                direction.cancel()
            await asyncio.gather(*both, return_exceptions=True)
            server_writer.transport.abort()


async def _finish(writer: StreamWriter) -> None:
    """Let a client have the last words that were sent to it, but don't wait for its farewell."""
    writer.close()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(writer.wait_closed(), FAREWELL_SECONDS)


async def _copy(source: StreamReader, target: StreamWriter) -> None:
    while data := await source.read(_CHUNK):
        target.write(data)
        await target.drain()
