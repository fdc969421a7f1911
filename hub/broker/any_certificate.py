"""TLS that asks clients for a certificate and takes any: the authenticator says whose it is, if anybody's.

Python's own `ssl` ends a handshake in which a client shows a certificate of no known authority, such as one
that it signed itself. Here the handshake proves that the client has the certificate's key, and no more.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self, TypeVar

from OpenSSL import SSL, crypto

T = TypeVar("T")

_CIPHERS = b"ECDH+AESGCM:ECDH+CHACHA20:ECDH+AES:DHE+AES:!aNULL:!eNULL:!aDSS:!SHA1:!AESCCM"
_CHUNK = 65_536


class AnyCertificateContext(ssl.SSLContext):
    """A server's context for asyncio, which speaks through pyOpenSSL."""

    _inner: SSL.Context

    @classmethod
    def of(cls, certificate: Path, key: Path) -> Self:
        """Load files that are known to be good."""
        context = cls(ssl.PROTOCOL_TLS_SERVER)
        inner = SSL.Context(SSL.TLS_SERVER_METHOD)
        inner.set_min_proto_version(SSL.TLS1_2_VERSION)
        inner.set_cipher_list(_CIPHERS)
        inner.set_options(SSL.OP_NO_COMPRESSION | SSL.OP_CIPHER_SERVER_PREFERENCE | SSL.OP_NO_RENEGOTIATION)
        inner.set_session_id(b"hearth")
        inner.use_certificate_chain_file(str(certificate))
        inner.use_privatekey_file(str(key))
        inner.set_verify(SSL.VERIFY_PEER, _take)
        context._inner = inner
        return context

    def wrap_bio(  # type: ignore[override]  # what asyncio and uvloop need of an SSLObject, and no more
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = False,
        server_hostname: str | bytes | None = None,
        session: ssl.SSLSession | None = None,
    ) -> AnyCertificateObject:
        return AnyCertificateObject(SSL.Connection(self._inner, None), incoming, outgoing)


def _take(*_: object) -> bool:
    return True


class AnyCertificateObject:
    """One connection: `ssl.SSLObject` as far as asyncio and uvloop call it."""

    def __init__(self, connection: SSL.Connection, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO) -> None:
        self._connection = connection
        self._incoming = incoming
        self._outgoing = outgoing
        self._certificate: bytes | None = None
        self._more = False
        """Whether what came in may hold more: pyOpenSSL does not tell, so the next read is to find out."""
        connection.set_accept_state()

    def do_handshake(self) -> None:
        self._do(self._connection.do_handshake)
        self._more = True  # a client may send its first packet together with the end of the handshake
        found = self._connection.get_peer_certificate()
        self._certificate = None if found is None else crypto.dump_certificate(crypto.FILETYPE_ASN1, found)

    def getpeercert(self, binary_form: bool = False) -> Any:
        """Return the certificate as DER; as nobody vouches for its words, they are not told."""
        if binary_form:
            return self._certificate
        return None if self._certificate is None else {}

    def read(self, length: int = 1024, buffer: Any = None) -> Any:
        self._more = False
        try:
            data = self._do(lambda: self._connection.recv(length))
            self._more = True
        except ssl.SSLZeroReturnError:
            data = b""
        if buffer is None:
            return data
        buffer[: len(data)] = data
        return len(data)

    def write(self, data: bytes) -> int:
        return self._do(lambda: self._connection.send(data))

    def unwrap(self) -> None:
        if not self._do(self._connection.shutdown):
            raise ssl.SSLWantReadError(ssl.SSL_ERROR_WANT_READ, "the other side has not said goodbye")

    def pending(self) -> int:
        return self._connection.pending() or int(self._more)

    def cipher(self) -> tuple[str, str, int] | None:
        name = self._connection.get_cipher_name()
        version = self._connection.get_cipher_version()
        bits = self._connection.get_cipher_bits()
        return None if name is None or version is None or bits is None else (name, version, bits)

    def compression(self) -> None:
        return None

    def version(self) -> str:
        return self._connection.get_protocol_version_name()

    def selected_alpn_protocol(self) -> None:
        return None

    def _do(self, act: Callable[[], T]) -> T:
        """Take what came in, act, put what is to go out; say what is wrong in the words of `ssl`."""
        data = self._incoming.read()
        if data:
            self._connection.bio_write(data)
        try:
            return act()
        except SSL.WantReadError:
            raise ssl.SSLWantReadError(ssl.SSL_ERROR_WANT_READ, "more is needed") from None
        except SSL.ZeroReturnError:
            raise ssl.SSLZeroReturnError(ssl.SSL_ERROR_ZERO_RETURN, "the other side said goodbye") from None
        except SSL.SysCallError:
            raise ssl.SSLEOFError(ssl.SSL_ERROR_EOF, "the connection ended in the middle") from None
        except SSL.Error as error:
            raise ssl.SSLError(ssl.SSL_ERROR_SSL, _words(error)) from None
        finally:
            self._flush()

    def _flush(self) -> None:
        while True:
            try:
                self._outgoing.write(self._connection.bio_read(_CHUNK))
            except SSL.WantReadError:
                return


def _words(error: SSL.Error) -> str:
    reasons = error.args[0] if error.args else []
    return "; ".join(str(reason[-1]) for reason in reasons) or "TLS failed"
