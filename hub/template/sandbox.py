"""Run templates where they can read what they are given, call what is listed, and change nothing."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from jinja2 import Environment, nodes
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment, SandboxedFormatter
from jinja2.utils import missing

from hub.core.state import State
from hub.template import bounds
from hub.template.budget import CONTAINERS, Budget
from hub.template.compiler import TURN, CountedCode, count_loops
from hub.template.macros import MacroLoader
from hub.template.states import READABLE, AllStates, DomainStates, StateView
from hub.template.undefined import Warn, warning_undefined

_DICT_METHODS = frozenset(dir(dict))
_KEPT = 5_000
_VIEWS = (AllStates, DomainStates, StateView)
_METHODS = (types.BuiltinMethodType, types.MethodType)
_HASHED = frozenset(
    {types.FunctionType, types.MethodType, types.BuiltinFunctionType, types.BuiltinMethodType, AllStates}
)


class RenderContext(Context):
    """The names of one rendering: the template's own, then its variables, then the functions."""

    variables: Mapping[str, Any] = {}

    def resolve_or_missing(self, key: str) -> Any:
        if key in self.vars:
            return self.vars[key]
        if key in self.variables:
            return self.variables[key]
        return self.parent.get(key, missing)

    def get_all(self) -> dict[str, Any]:
        return {**self.parent, **self.variables, **self.vars}

    def __contains__(self, name: str) -> bool:
        return name in self.vars or name in self.variables or name in self.parent


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, bounded, and quick with what templates of a house do most."""

    intercepted_binops = frozenset(bounds.OPERATORS)
    code_generator_class = CountedCode
    context_class = RenderContext

    def __init__(self, budget: Budget, loader: MacroLoader) -> None:
        super().__init__(
            undefined=warning_undefined(self._warn),
            loader=loader,
            # Nothing is computed while compiling, see `CountedCode`.
            optimized=False,
            extensions=["jinja2.ext.loopcontrols", "jinja2.ext.do"],
            # The engine keeps what it compiled; this is for macros.
            cache_size=100,
        )
        self.budget = budget
        self.concat = budget.join  # type: ignore[method-assign]  # generated code joins with this
        self.filters[TURN] = budget.turn
        self.direct: set[Any] = set()
        self.warn: Warn | None = None
        self.house_names: frozenset[str] = frozenset()
        self.undeclared: set[str] = set()
        self.eval_context = EvalContext(self)
        # What is safe to read hangs on the type and the name alone.
        self._safe: dict[tuple[type, str], bool] = {}

    def trust(self, functions: Iterable[Any]) -> None:
        """Call these directly: they are ours, and want nothing of Jinja."""
        self.direct.update(each for each in functions if type(each) in _HASHED)

    def context(self, variables: Mapping[str, Any], *, shared_eval_context: bool) -> RenderContext:
        """Return a context without copying anything."""
        made = RenderContext.__new__(RenderContext)
        made.parent = self.globals  # never written
        made.variables = variables
        made.vars = {}
        made.environment = self
        made.eval_ctx = self.eval_context if shared_eval_context else EvalContext(self)
        made.exported_vars = set()
        made.name = None
        made.globals_keys = set()
        made.blocks = {}
        return made

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        return super()._generate(count_loops(source), name, filename, defer_init)

    # -- what generated code calls

    def joined(self, values: tuple[Any, ...]) -> str:
        return self.budget.join([self.budget.shown(value) for value in values])

    def getattr(self, obj: Any, attribute: str) -> Any:
        kind = type(obj)
        if kind is dict:
            if attribute not in _DICT_METHODS:
                try:
                    return obj[attribute]
                except KeyError:
                    return self.undefined(obj=obj, name=attribute)
        elif kind is State:
            read = READABLE.get(attribute)
            return read(obj) if read is not None else self.undefined(obj=obj, name=attribute)
        elif kind in _VIEWS:
            try:
                return obj[attribute]
            except KeyError:
                return self.undefined(f"{obj!r} has no attribute {attribute!r}")
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if type(obj) is State and isinstance(argument, str):
            return self.getattr(obj, argument)
        return super().getitem(obj, argument)

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        kind = type(__obj)
        if kind in _HASHED and __obj in __self.direct:
            if kwargs:
                kwargs.pop("_loop_vars", None)
                kwargs.pop("_block_vars", None)
            __self.budget.left -= 1
            return __obj(*args, **kwargs)
        __self.budget.turn(None)
        if kind in _METHODS and isinstance(__obj.__self__, (str, bytes, int)):
            check = bounds.METHODS.get(__obj.__name__)
            if check is not None:
                check(__self.budget, __obj.__self__, args, kwargs)
        result = super().call(__context, __obj, *args, **kwargs)
        if type(result) is str:
            __self.budget.text(len(result))
        elif isinstance(result, CONTAINERS):
            __self.budget.items(len(result))
            __self.budget.nested(result)
        return result

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        return bounds.OPERATORS[operator](self.budget, left, right)

    # -- what is allowed

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        key = (type(obj), attr)
        known = self._safe.get(key)
        if known is None:
            if len(self._safe) > _KEPT:
                self._safe.clear()
            known = self._safe[key] = super().is_safe_attribute(obj, attr, value)
        return known

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        wrapped = super().wrap_str_format(value)
        if wrapped is None:
            return None
        text: str = value.__self__
        mapped = value.__name__ == "format_map"

        def formatted(*args: Any, **kwargs: Any) -> str:
            formatter = _Formatter(self, self.budget)
            if mapped:
                return formatter.vformat(text, (), args[0])
            return formatter.vformat(text, args, kwargs)

        return formatted

    def _warn(self, message: str) -> None:
        if self.warn is not None:
            self.warn(message)


class _Formatter(SandboxedFormatter):
    """`str.format` that reads only what the sandbox allows, and makes no field wider than a page."""

    def __init__(self, environment: Environment, budget: Budget) -> None:
        super().__init__(environment)
        self._budget = budget
        self._made = 0

    def format_field(self, value: Any, format_spec: str) -> Any:
        bounds.format_spec(format_spec)
        if isinstance(value, CONTAINERS):
            self._budget.weigh(value)
        field = super().format_field(value, format_spec)
        self._made += len(field)
        self._budget.fits(self._made)
        return field
