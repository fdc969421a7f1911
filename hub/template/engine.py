"""Compile templates and render them, quickly and within bounds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment

from hub.core.areas import AreaRegistry
from hub.core.clock import Clock
from hub.core.errors import HubError
from hub.core.registries import DeviceRegistry, EntityRegistry
from hub.core.settings import Settings
from hub.core.states import States
from hub.template.budget import Budget
from hub.template.compiled import CompiledTemplate, StaticTemplate, compile_template, is_template
from hub.template.functions import GROUPS
from hub.template.macros import MacroLoader
from hub.template.sandbox import Sandbox
from hub.template.sources import Sources
from hub.template.states import Refused
from hub.template.table import BOTH, Function, Use
from hub.template.values import TemplateValue, compile_value

_KEPT = 10_000


class TemplateEngine:
    """The house's templates (`hub.core.ports.Templates`).

    `functions` are those of plugins, to be called as `name(x)` or `x | name`. `macros_dir` is the
    folder whose `*.jinja` files templates may import.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        settings: Settings,
        states: States,
        registry: EntityRegistry,
        devices: DeviceRegistry,
        areas: AreaRegistry,
        functions: Mapping[str, Callable[..., Any]] | None = None,
        macros_dir: Path | None = None,
    ) -> None:
        self._sources = Sources(clock, settings, states, registry, devices, areas, Budget(clock))
        self._macros = MacroLoader(macros_dir)
        table = [function for group in GROUPS for function in group(self._sources)]
        table += _plugged(functions or {}, table)
        self._table = table
        self._full = self._sandbox(table, limited=False)
        self._limited = self._sandbox(table, limited=True)
        self._compiled: dict[tuple[str, bool], CompiledTemplate | StaticTemplate] = {}
        self._waiting: list[CompiledTemplate] = []

    def compile(self, source: str, *, limited: bool = False) -> CompiledTemplate | StaticTemplate:
        """Return the template; raises `TemplateError` with the template's own line.

        A limited template sees no states and no time.
        """
        key = (source, limited)
        known = self._compiled.get(key)
        if known is None:
            if len(self._compiled) >= _KEPT:
                self._compiled.pop(next(iter(self._compiled)))
            sandbox = self._limited if limited else self._full
            if is_template(source):
                known = compile_template(source, sandbox, self._sources.notes)
                if known.waits:
                    self._waiting.append(known)
            else:
                known = StaticTemplate(source)
            self._compiled[key] = known
        return known

    def prepare_one(self) -> bool:
        """Make the code of one template that was compiled and not rendered yet; False if there is none left.

        Who only checks a configuration need not wait for it, and who runs it has time between two messages.
        """
        if not self._waiting:
            return False
        self._waiting.pop().prepare()
        return True

    def value(self, data: Any, *, limited: bool = False) -> TemplateValue:
        """Return YAML data in which each text with `{{`, `{%` or `{#` is a template."""
        return compile_value(data, lambda source: self.compile(source, limited=limited))

    def plug(self, functions: Mapping[str, Callable[..., Any]], instead_of: Collection[str] = ()) -> None:
        """Let templates call a plugin's functions, in the place of those called `instead_of`.

        Raises `HubError` if a name is taken.
        """
        others = [function for function in self._table if function.name not in instead_of]
        self._table = [*others, *_plugged(functions, others)]
        for sandbox in (self._full, self._limited):
            for name in set(instead_of) - functions.keys():
                sandbox.globals.pop(name, None)
                sandbox.filters.pop(name, None)
            for function in self._table[len(others) :]:
                _put(sandbox, function, limited=sandbox is self._limited)
        self._compiled.clear()

    def reload_macros(self) -> None:
        """Read `custom_templates` again; templates compiled before use the new macros."""
        self._macros.read()

    @property
    def names(self) -> frozenset[str]:
        """Everything that a template may call without being given it."""
        return frozenset(self._full.globals)

    def _sandbox(self, table: list[Function], *, limited: bool) -> Sandbox:
        sandbox = Sandbox(self._sources.budget, self._macros)
        sandbox.house_names = frozenset(function.name for function in table if not function.limited)
        for function in table:
            _put(sandbox, function, limited=limited)
        sandbox.globals.pop("lipsum", None)
        return sandbox


def _put(sandbox: Sandbox, function: Function, *, limited: bool) -> None:
    refused = limited and not function.limited
    call: Any = Refused(function.name) if refused else function.call
    if Use.CALL in function.use:
        sandbox.globals[function.name] = call
    if Use.FILTER in function.use:
        sandbox.filters[function.name] = call
    if Use.TEST in function.use:
        sandbox.tests[function.name] = call
    if not hasattr(function.call, "jinja_pass_arg"):
        sandbox.trust([call])


def _plugged(functions: Mapping[str, Callable[..., Any]], table: list[Function]) -> list[Function]:
    taken = {function.name for function in table}
    jinja = Environment()  # only asked for its names
    for name in functions:
        if name in taken or name in jinja.filters or name in jinja.globals:
            raise HubError(
                f"the template function {name!r} is already there", remedy="Give the plugin's another name."
            )
    return [Function(name, call, BOTH) for name, call in functions.items()]
