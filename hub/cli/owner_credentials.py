"""`hub registry|device|broker certificate` and `password`: what proves who somebody is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from hub.cli.owner_options import INDEFINITE, Generate, Given, Read, Target, password, pem, verb
from hub.cli.trust import how_to_connect
from hub.core.errors import HubError
from hub.registry.owners import Kind

CertificatePath = Annotated[Path, typer.Option("--certificate-file", help="A PEM file.")]
Fingerprint = Annotated[str, typer.Option("--fingerprint", help="The certificate's, or how it begins.")]
PasswordId = Annotated[str, typer.Option("--password-id", help="As `password list` shows it.")]
Folder = Annotated[Path, typer.Option("--out", help="The folder for the certificate and its key.")]


def certificates(kind: Kind) -> typer.Typer:
    app = typer.Typer(
        name="certificate", help=f"The certificates of {INDEFINITE[kind]}.", no_args_is_help=True
    )

    @verb(app, kind, "list")
    def list_all(one: Target) -> None:
        """List all, with until when each holds."""
        one.show("list_certificates")

    @verb(app, kind, "add")
    def add(one: Target, certificate: CertificatePath) -> None:
        """Add one."""
        (text,) = pem(certificate)
        one.show("add_certificate", certificate=text)

    @verb(app, kind, "issue")
    def issue(one: Target, out: Folder = Path()) -> None:
        """Issue a certificate of the hub's own authority, and write it and its key into a folder."""
        name = one.who.replace("/", "-")
        paths = [out / f"{name}.{ending}" for ending in ("crt", "key", "ca.crt")]
        there = [str(path) for path in paths[:2] if path.exists()]
        if there:
            raise HubError(f"{there[0]} is there already", remedy="Name another folder with --out.")
        out.mkdir(parents=True, exist_ok=True)
        issued = one.tell("issue_certificate")
        for path, text in zip(paths, (issued["certificate"], issued["key"]), strict=False):
            _write(path, text)
            typer.echo(str(path))
        for line in how_to_connect(one.config, one.kind, issued[f"{kind}_id"], paths):
            typer.echo(line)

    @verb(app, kind, "delete")
    def delete(one: Target, fingerprint: Fingerprint) -> None:
        """Delete one; connections that came in with it end at once."""
        one.tell("delete_certificate", fingerprint=fingerprint)

    return app


def passwords(kind: Kind) -> typer.Typer:
    app = typer.Typer(name="password", help=f"The passwords of {INDEFINITE[kind]}.", no_args_is_help=True)

    @verb(app, kind, "list")
    def list_all(one: Target) -> None:
        """List their ids; what they are nobody can tell."""
        one.show("list_passwords")

    @verb(app, kind, "add")
    def add(one: Target, given: Given = None, generate: Generate = False, read: Read = False) -> None:
        """Add a password: asked for or read from standard input, or made up and shown once."""
        one.show("add_password", password=password(given, read or not generate))

    @verb(app, kind, "delete")
    def delete(one: Target, password_id: PasswordId) -> None:
        """Delete one; connections that came in with it end at once."""
        one.tell("delete_password", password_id=password_id)

    return app


def _write(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
