"""`logs`, `audit` and `metrics` of registries, devices and brokers, and `hub audit` of all of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from hub.cli.answers import Format, as_line, show
from hub.cli.owner_options import Limit, Shown, Target, verb
from hub.cli.register import tell, tell_on
from hub.cli.run import DEFAULT_CONFIG, Config
from hub.registry.owners import Kind

_WHEN = "2h, 3h30m ago, 18:51:02, or 2026-05-01T12:00:00Z."
Since = Annotated[str | None, typer.Option("--since", help=f"From when on (UTC): {_WHEN}")]
Until = Annotated[str | None, typer.Option("--until", help="Until when (UTC).")]
Follow = Annotated[bool, typer.Option("--follow", "-f", help="Go on with what comes, until Ctrl-C.")]


def add_events(app: typer.Typer, kind: Kind) -> None:
    """Add the verbs that tell what happened."""

    @verb(app, kind, "logs")
    def logs(
        one: Target, limit: Limit = None, since: Since = None, until: Until = None, follow: Follow = False
    ) -> None:
        """Show who came and went, and what was refused."""
        bounds = _bounds(limit, since, until)
        if follow:
            _print(tell_on(one.config, "follow_logs", **one.named, **bounds), one.format)
        else:
            _show(one.tell("logs", **bounds), one.format)

    @verb(app, kind, "audit")
    def audited(
        one: Target, limit: Limit = None, since: Since = None, until: Until = None, follow: Follow = False
    ) -> None:
        """Show who changed what, and when: of it and, for a registry, of its devices."""
        bounds = _bounds(limit, since, until)
        if follow:
            _print(tell_on(one.config, "follow_audit", **one.named, **bounds), one.format)
        else:
            _show(one.tell("audit", **bounds), one.format)

    if kind != "device":

        @app.command("metrics", help="Show what went in and out since the hub started.")
        def metrics(
            who: Annotated[str | None, typer.Argument(metavar="[NAME|ID]", help="Only this one.")] = None,
            config: Config = DEFAULT_CONFIG,
            format: Shown = "text",
        ) -> None:
            show(tell(config, "metrics", kind=kind, who=who), format)


def audit(
    limit: Limit = None,
    since: Since = None,
    until: Until = None,
    follow: Follow = False,
    config: Config = DEFAULT_CONFIG,
    format: Shown = "text",
) -> None:
    """Show who changed which registry, device or broker, and when."""
    bounds = _bounds(limit, since, until)
    if follow:
        _print(tell_on(config, "follow_audit", **bounds), format)
    else:
        _show(tell(config, "audit", **bounds), format)


def _bounds(limit: int | None, since: str | None, until: str | None) -> dict[str, Any]:
    return {"since": since, "until": until, **({"limit": limit} if limit is not None else {})}


def _show(rows: list[dict[str, Any]], format: Format) -> None:
    if format == "text":
        _print(iter(rows), format)
    else:
        show(rows, format)


def _print(rows: Iterator[dict[str, Any]], format: Format) -> None:
    for row in rows:
        typer.echo(as_line(row, format))
