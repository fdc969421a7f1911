"""`hub registry`, `hub device` and `hub broker`: the verbs and flags of `yc iot`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from hub.cli.answers import show
from hub.cli.house_devices import add_house_verbs, list_with
from hub.cli.owner_credentials import certificates, passwords
from hub.cli.owner_events import add_events
from hub.cli.owner_options import (
    PLURAL,
    Aliases,
    AliasNames,
    AtOnce,
    CertificateFile,
    Description,
    Generate,
    Given,
    LabelKeys,
    Labels,
    Limit,
    NewAliases,
    NewLabels,
    OfRegistry,
    Read,
    Shown,
    Target,
    meant,
    pairs,
    password,
    pem,
    person,
    split,
    verb,
    without,
)
from hub.cli.register import tell
from hub.cli.run import DEFAULT_CONFIG, Config
from hub.core.errors import HubError
from hub.registry.owners import Kind


def _app(kind: Kind) -> typer.Typer:
    app = typer.Typer(name=kind, help=f"Create, show and change {PLURAL[kind]}.", no_args_is_help=True)
    if kind == "device":
        _add_lists_of_devices(app)
    else:
        _add_list(app, kind)
    _add_create(app, kind)
    _add_verbs(app, kind)
    _add_labels(app, kind)
    add_events(app, kind)
    app.add_typer(certificates(kind))
    app.add_typer(passwords(kind))
    return app


def _add_list(app: typer.Typer, kind: Kind) -> None:
    @app.command("list", help="List all, with where each comes from.")
    def list_all(limit: Limit = None, config: Config = DEFAULT_CONFIG, format: Shown = "text") -> None:
        show(tell(config, "list_all", kind=kind)[:limit], format)


def _add_lists_of_devices(app: typer.Typer) -> None:
    @app.command("list", help="List the devices of all registries or of one, and those of the house.")
    def list_all(
        registry: OfRegistry = None,
        limit: Limit = None,
        config: Config = DEFAULT_CONFIG,
        format: Shown = "text",
    ) -> None:
        found = tell(config, "list_all", kind="device", registry=registry)[:limit]
        if registry is not None or format != "text":
            show(found, format)
            return
        if found:
            show(found, format)
        if not list_with(config) and not found:
            typer.echo("There are no devices yet.")


def _add_create(app: typer.Typer, kind: Kind) -> None:
    def create(
        name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Its name.")] = None,
        called: Annotated[str | None, typer.Option("--name", help="Its name.")] = None,
        description: Description = None,
        labels: Labels = None,
        certificate: CertificateFile = None,
        given: Given = None,
        generate: Generate = False,
        read: Read = False,
        registry: OfRegistry = None,
        aliases: Aliases = None,
        config: Config = DEFAULT_CONFIG,
        format: Shown = "text",
        at_once: AtOnce = False,
    ) -> None:
        arguments: dict[str, Any] = {"description": description or "", "labels": pairs(labels)}
        arguments |= {"certificates": pem(certificate), "aliases": pairs(aliases), "registry": registry}
        arguments |= {"password": password(given, read), "generate_password": generate}
        made = tell(config, "create", by=person(), kind=kind, name=meant(kind, name, called), **arguments)
        show(made, format)

    app.command("create", help="Create one.")(
        create if kind == "device" else without(create, "registry", "aliases")
    )


def _add_verbs(app: typer.Typer, kind: Kind) -> None:
    @verb(app, kind, "get")
    def get(one: Target) -> None:
        """Show one."""
        one.show("get")

    @verb(app, kind, "delete")
    def delete(one: Target) -> None:
        """Delete it; what uses it is disconnected at once."""
        one.tell("delete")

    def update(
        one: Target,
        new_name: Annotated[str | None, typer.Option("--new-name", help="Its new name.")] = None,
        description: Description = None,
        labels: Labels = None,
        aliases: Aliases = None,
    ) -> None:
        """Change it; labels and aliases take the place of all there were."""
        changes: dict[str, Any] = {"labels": pairs(labels), "aliases": pairs(aliases)}
        if (
            new_name is None
            and description is None
            and not any(given is not None for given in changes.values())
        ):
            raise HubError("nothing is to be changed", remedy="Say what: see --help.")
        one.show("update", **changes, name=new_name, description=description)

    verb(app, kind, "update")(update if kind == "device" else without(update, "aliases"))


def _add_labels(app: typer.Typer, kind: Kind) -> None:
    @verb(app, kind, "add-labels")
    def add_labels(one: Target, labels: NewLabels) -> None:
        """Add labels, or change those there are."""
        one.show("add_labels", labels=pairs(labels))

    @verb(app, kind, "remove-labels")
    def remove_labels(one: Target, labels: LabelKeys) -> None:
        """Take labels away."""
        one.show("remove_labels", labels=split(labels))


registries = _app("registry")
devices = _app("device")
brokers = _app("broker")


@verb(registries, "registry", "enable")
def enable(one: Target) -> None:
    """Let a registry and its devices in again."""
    one.show_own("enable", enabled=True)


@verb(registries, "registry", "disable")
def disable(one: Target) -> None:
    """End the connections of a registry and its devices, and let none in."""
    one.show_own("enable", enabled=False)


@verb(registries, "registry", "list-device-topic-aliases")
def list_aliases(one: Target) -> None:
    """List the aliases of all devices of a registry."""
    one.show_own("list_aliases")


@verb(registries, "registry", "list-device-values")
def list_values_of_registry(one: Target) -> None:
    """List the last state and config messages of all devices of a registry."""
    one.show("list_values")


@verb(devices, "device", "list-values")
def list_values(one: Target) -> None:
    """List the last state and config messages of a device."""
    one.show("list_values")


@verb(devices, "device", "add-topic-aliases")
def add_aliases(one: Target, aliases: NewAliases) -> None:
    """Add aliases to those of a device."""
    one.show_own("add_aliases", aliases=pairs(aliases))


@verb(devices, "device", "remove-topic-aliases")
def remove_aliases(one: Target, aliases: AliasNames) -> None:
    """Take aliases away from a device."""
    one.show_own("remove_aliases", aliases=split(aliases))


add_house_verbs(devices)
