"""Serve the pages: the files that were there when the hub started, and no others."""

from __future__ import annotations

import gzip
import mimetypes
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from hub.core.errors import NotFound
from hub.web.gate import CSP, WRONG_METHOD
from hub.web.need import PERSON, PUBLIC, http

FOLDER = Path(__file__).with_name("static")
NONCE = b"__CSP_NONCE__"
"""Stands in `index.html` where a fresh nonce for styles goes."""
_HASHED = re.compile(r"-[A-Za-z0-9_]{8,}\.")
_TYPES = {".webmanifest": "application/manifest+json", ".js": "text/javascript", ".map": "application/json"}
_NOT_PAGES = ("api", "iot-devices", "iot-broker", "mqtt", "auth", "metrics")
_TEXTS = ("text/", "application/json", "application/manifest+json", "image/svg+xml")
_EMPTY = b"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Hearth</title>
<h1>Hearth runs, but its pages were not built</h1>
<p>The API answers under <code>/api/</code>. The pages come with the installed package, or with
<code>scripts/ui</code>.</p></html>
"""


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is served."""

    content: bytes
    packed: bytes | None
    type: str
    is_lasting: bool
    """Whether its name changes with its content, so that browsers may keep it."""


def load_files(folder: Path = FOLDER) -> dict[str, File]:
    """Read all files below a folder, by their path there."""
    return {
        path.relative_to(folder).as_posix(): _file(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


def _file(path: Path) -> File:
    content = path.read_bytes()
    type = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    packed = gzip.compress(content, 9, mtime=0) if type.startswith(_TEXTS) else None
    if type.startswith("text/"):
        type += "; charset=utf-8"
    return File(content, packed, type, bool(_HASHED.search(path.name)))


class NothingHere:
    """Answers what looks like the API and is not: whoever is not logged in hears only that."""

    @http("GET HEAD", "/api/{path:path}", PERSON, include_in_schema=False)
    async def api(self, request: Request) -> Response:
        raise _nothing(request)

    @http("GET HEAD", "/iot-devices/{path:path}", PERSON, include_in_schema=False)
    async def devices(self, request: Request) -> Response:
        raise _nothing(request)

    @http("GET HEAD", "/iot-broker/{path:path}", PERSON, include_in_schema=False)
    async def brokers(self, request: Request) -> Response:
        raise _nothing(request)


def _nothing(request: Request) -> Exception:
    return HTTPException(405) if request.scope.get(WRONG_METHOD) else NotFound("there is nothing here")


class Pages:
    """Answers every address that is nobody else's: with a file of that name, or with the page itself."""

    def __init__(self, files: dict[str, File]) -> None:
        self._files = files
        index = files.get("index.html")
        self._index = index.content if index is not None else _EMPTY

    @http("GET HEAD", "/{path:path}", PUBLIC, include_in_schema=False)
    async def page(self, request: Request) -> Response:
        path = request.url.path.lstrip("/")
        file = self._files.get(path)
        if file is not None and path != "index.html":
            return answer_with(file, request)
        first, name = path.partition("/")[0], path.rpartition("/")[2]
        if first in _NOT_PAGES or ("." in name and path != "index.html"):
            raise _nothing(request)
        nonce = secrets.token_urlsafe(16)
        headers = {
            "Content-Security-Policy": CSP.format(nonce=f" 'nonce-{nonce}'"),
            "Cache-Control": "no-cache",
        }
        return Response(self._index.replace(NONCE, nonce.encode()), media_type="text/html", headers=headers)


def answer_with(file: File, request: Request) -> Response:
    """Return a file, packed for those who can unpack."""
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable" if file.is_lasting else "no-cache",
        "Vary": "Accept-Encoding",
    }
    content = file.content
    if file.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        content = file.packed
        headers["Content-Encoding"] = "gzip"
    return Response(content, media_type=file.type, headers=headers)
