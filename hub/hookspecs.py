"""Every way in which a plugin can extend the hub, on one page.

A hook takes nothing and returns `name -> class`. It is called once, when plugins are loaded; nothing of
pluggy runs while messages flow. Mark your functions with `hub.api.hookimpl`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pluggy

from hub.kinds import (
    Action,
    BrokerEngine,
    Condition,
    Domain,
    EntityPlatform,
    Integration,
    Page,
    Store,
    Trigger,
)

NAME = "hub"
hookspec = pluggy.HookspecMarker(NAME)
hookimpl = pluggy.HookimplMarker(NAME)


class HookSpecs:
    """The hooks. Each line says under which names its kinds appear in the YAML."""

    @hookspec
    def triggers(self) -> Mapping[str, type[Trigger]]:  # type: ignore[empty-body]  # a specification
        """Offer `triggers: - trigger: NAME`."""

    @hookspec
    def conditions(self) -> Mapping[str, type[Condition]]:  # type: ignore[empty-body]
        """Offer `conditions: - condition: NAME`."""

    @hookspec
    def actions(self) -> Mapping[str, type[Action]]:  # type: ignore[empty-body]
        """Offer `actions: - NAME: …`; the name is the key that tells the action."""

    @hookspec
    def platforms(self) -> Mapping[str, type[EntityPlatform]]:  # type: ignore[empty-body]
        """Offer entities: `PLATFORM.DOMAIN`, as in `DOMAIN: - platform: PLATFORM`.

        `registry.DOMAIN` stands under `entities:` of a device of a registry; `Parsing.origin` says which.
        """

    @hookspec
    def integrations(self) -> Mapping[str, type[Integration]]:  # type: ignore[empty-body]
        """Offer a top-level section `NAME:`."""

    @hookspec
    def domains(self) -> Mapping[str, type[Domain]]:  # type: ignore[empty-body]
        """Offer a class of entities and the services that they obey."""

    @hookspec
    def engines(self) -> Mapping[str, type[BrokerEngine]]:  # type: ignore[empty-body]
        """Offer `broker: engine: NAME`."""

    @hookspec
    def stores(self) -> Mapping[str, type[Store]]:  # type: ignore[empty-body]
        """Offer a store of history for `recorder: db_url: NAME://…`."""

    @hookspec
    def template_functions(self) -> Mapping[str, Callable[..., Any]]:  # type: ignore[empty-body]
        """Offer functions for templates. They get and give plain values; also usable as filters."""

    @hookspec
    def pages(self) -> Mapping[str, type[Page]]:  # type: ignore[empty-body]
        """Offer a page of the menu, at `/plugin/NAME/`."""

    @hookspec
    def commands(self) -> Mapping[str, Callable[..., Any]]:  # type: ignore[empty-body]
        """Offer the verb NAME of `hub`: a function whose parameters are its options, or a Typer app."""


HOOKS = tuple(name for name in vars(HookSpecs) if not name.startswith("_"))
