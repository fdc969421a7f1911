"""`hub import yandex`: take over what was exported from Yandex IoT Core."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hub.cli.owner_options import person
from hub.cli.register import tell
from hub.cli.run import DEFAULT_CONFIG, Config


def import_yandex(
    folder: Annotated[Path, typer.Argument(help="The folder with the exported files.")],
    apply: Annotated[bool, typer.Option("--apply", help="Do it; without, only say what would be.")] = False,
    passwords: Annotated[
        Path, typer.Option("--passwords", help="Where the new passwords are written.")
    ] = Path("passwords.csv"),
    old_passwords: Annotated[
        Path | None, typer.Option("--old-passwords", help="A CSV file with the columns username, password.")
    ] = None,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Recreate registries, devices and brokers with their ids, names, labels, aliases and certificates.

    It reads the files that the migration guide's commands write. Without --apply nothing is changed.
    Passwords can't be exported, so each gets a new one, in a file that only its owner can read; unless
    --old-passwords has the one it had.
    """
    found = tell(
        config,
        "import_yandex",
        by=f"{person()}, importing from Yandex IoT Core",
        folder=str(folder.absolute()),
        passwords=str(passwords.absolute()),
        old_passwords=str(old_passwords.absolute()) if old_passwords is not None else None,
        apply=apply,
    )
    for what in ("new", "completed", "unchanged"):
        counts = found[what]
        typer.echo(
            f"{what}: {counts['registry']} registries, {counts['device']} devices, {counts['broker']} brokers"
        )
    for problem in found["problems"]:
        typer.echo(problem, err=True)
    if found["problems"]:
        typer.echo("Nothing is imported before this is mended.", err=True)
        raise typer.Exit(1)
    if not apply:
        typer.echo("Nothing was changed. Run it again with --apply.")
    elif found["passwords"]["new"]:
        typer.echo(f"The new passwords are in {passwords}.")
