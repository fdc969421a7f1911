"""`hub storage`: see where history is kept, and move it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress as Bar
from rich.progress import TextColumn

from hub.building import prepare
from hub.cli.recorded import runs, tell
from hub.cli.run import DEFAULT_CONFIG, Config, data_dir_of, find_config
from hub.configuration import read_files
from hub.core.clock import SystemClock
from hub.core.errors import HubError
from hub.fields import Parsing
from hub.storage.migration import Progress
from hub.storage.migration import migrate as migrate_history
from hub.storage.model import RecorderModel

app = typer.Typer(name="storage", help="See where history is kept, and move it.", no_args_is_help=True)


@app.command("status")
def status(config: Config = DEFAULT_CONFIG) -> None:
    """Say how the running hub's recording goes."""
    told = tell(config, "status")
    state = "records" if told["recording"] else f"does not record: {told['problem'] or 'it is paused'}"
    typer.echo(f"the hub {state}")
    typer.echo(f"{told['bytes'] / 2**20:.1f} MiB are kept")
    typer.echo(f"since the start {told['written']} were written; {told['waiting']} wait")


@app.command("migrate")
def migrate(
    to: Annotated[str, typer.Option("--to", help="Where to, such as postgresql://user@host/database.")],
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Copy all history into another, empty store. The hub must be stopped; the old store stays as it is."""
    if runs(data_dir_of(config)):
        raise HubError("the hub runs", remedy="Stop it, and migrate then.")
    count = asyncio.run(_migrate(find_config(config), to))
    typer.echo(f"{count} changes are in {_shown(to)} now. Write it under `recorder: db_url:`.")


@contextmanager
def progress_shown(title: str) -> Iterator[Progress]:
    """Draw a bar with what is being copied while something runs; give what is told how far it is."""
    with Bar(*Bar.get_default_columns(), TextColumn("{task.fields[what]}")) as bar:
        task = bar.add_task(title, what="")

        def progress(what: str, done: int, total: int) -> None:
            bar.update(task, total=total, completed=done, what=what)

        yield progress


async def _migrate(config: Path, to: str) -> int:
    house, _ = prepare(config)
    configuration = read_files(config, house)
    configuration.apply(house)
    target = _store(to, Parsing(house.kinds, house.templates))
    kept = configuration.recorder.store
    if kept is None or target is None:
        raise HubError("no plugin offers a store")
    source = await kept.open(house)
    try:
        other = await target.open(house)
        try:
            with progress_shown("history") as progress:
                return await migrate_history(source, other, int(SystemClock().timestamp()), progress)
        finally:
            await other.close()
    finally:
        await source.close()


def _store(url: str, parsing: Parsing) -> Any:
    try:
        return RecorderModel.model_validate({"db_url": url}, context=parsing.context()).store
    except ValueError as error:
        raise HubError(
            f"{_shown(url)}: {error}", remedy="Write sqlite:///name.db or postgresql://…"
        ) from error


def _shown(url: str) -> str:
    """Return an address without its password."""
    scheme, _, rest = url.partition("://")
    user, at, host = rest.rpartition("@")
    return f"{scheme}://{user.partition(':')[0]}{at}{host}"
