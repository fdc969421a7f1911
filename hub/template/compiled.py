"""One compiled template: render it, say what it read, or let it read an MQTT payload."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

import jinja2
import orjson
from jinja2 import nodes

from hub.core.errors import TemplateError
from hub.core.ports import Reads
from hub.template.budget import LONGEST_TEXT
from hub.template.failure import check_names, failure
from hub.template.inputs import MISSING, TooMuch
from hub.template.native import native
from hub.template.reads import Notes
from hub.template.sandbox import Sandbox
from hub.template.straight import Part, read, straight

log = logging.getLogger("hub.template")

LONGEST_OUTPUT = 256 * 1024
_NO_VARIABLES: Mapping[str, Any] = {}
_NOTHING_READ = Reads()
_WARNINGS = 10
_PLAIN = 100
"""Nodes up to which an expression is short: Python's own limits are far from there."""
_NAMING = frozenset({"map", "select", "reject", "selectattr", "rejectattr"})
_IMPORTING = (nodes.Import, nodes.FromImport, nodes.Include, nodes.Extends)


def is_template(text: str) -> bool:
    """Tell whether a text has anything to render."""
    return "{" in text and ("{{" in text or "{%" in text or "{#" in text)


class StaticTemplate:
    """A text without anything to render."""

    __slots__ = ("_text", "source")
    names: frozenset[str] = frozenset()

    def __init__(self, source: str) -> None:
        self.source = source
        self._text = source.strip()

    def render(self, variables: Mapping[str, Any] | None = None) -> Any:
        return native(self._text)

    def text(self, variables: Mapping[str, Any] | None = None) -> str:
        return self._text

    def track(self, variables: Mapping[str, Any] | None = None) -> tuple[Any, Reads]:
        return native(self._text), _NOTHING_READ

    def payload(
        self, payload: str | bytes, variables: Mapping[str, Any] | None = None, default: Any = MISSING
    ) -> Any:
        return self._text


class CompiledTemplate:
    """A template (`hub.core.ports.Template`). `names` are its variables, not counting functions.

    Of the simplest it is known without their code that it can be made: it is made by `prepare`, or else by
    the first rendering.
    """

    __slots__ = ("_facts", "_notes", "_sandbox", "_template", "_tree", "_warned", "names", "source")

    def __init__(
        self, source: str, sandbox: Sandbox, notes: Notes, tree: nodes.Template, facts: _Facts
    ) -> None:
        self.source = source
        self.know(facts)
        self._sandbox = sandbox
        self._notes = notes
        # What is read straight is hardly ever rendered by Jinja.
        self._tree = tree if facts.straight is None else None
        self._template: jinja2.Template | None = None
        self._warned: list[str] = []

    @property
    def waits(self) -> bool:
        """Whether there is something for `prepare` to do."""
        return self._tree is not None

    def know(self, facts: _Facts) -> None:
        """Take in what was found out without rendering it."""
        self.names = facts.names
        self._facts = facts

    def prepare(self) -> jinja2.Template:
        """Make the code that renders it, if that is not done yet."""
        if self._template is None:
            code = self._sandbox.compile(self._tree or self._sandbox.parse(self.source.strip()))
            self._template = jinja2.Template.from_code(self._sandbox, code, self._sandbox.globals)
            self._tree = None
        return self._template

    def render(self, variables: Mapping[str, Any] | None = None) -> Any:
        return native(self.text(variables))

    def text(self, variables: Mapping[str, Any] | None = None) -> str:
        try:
            return self._run(_NO_VARIABLES if variables is None else variables)
        except Exception as error:
            raise failure(error, self.source, self._template) from error

    def track(self, variables: Mapping[str, Any] | None = None) -> tuple[Any, Reads]:
        """Return the native result and what it was computed from.

        A `TemplateError` that is raised after something was read has it in `reads`.
        """
        if not self._facts.tracked:
            return self.render(variables), _NOTHING_READ
        self._notes.begin()
        try:
            result = self.render(variables)
        except TemplateError as error:
            error.reads = self._notes.end()  # type: ignore[attr-defined]  # for who knows of it
            raise
        return result, self._notes.end()

    def payload(
        self, payload: str | bytes, variables: Mapping[str, Any] | None = None, default: Any = MISSING
    ) -> Any:
        """Return the text made of an MQTT payload, which the template has as `value` and `value_json`.

        Where the template needs a value that is not there, `default` is returned, or the payload as
        it came where no default is given. All other errors raise `TemplateError`.
        """
        names = {**variables, "value": payload} if variables else {"value": payload}
        if self._facts.wants_json:
            try:
                names["value_json"] = orjson.loads(payload)
            except orjson.JSONDecodeError:
                pass
        try:
            return self._run(names)
        except jinja2.TemplateError as error:
            if default is not MISSING:
                return default
            self._warn(f"{error}; the payload is taken as it came")
            return payload
        except Exception as error:
            raise failure(error, self.source, self._template) from error

    def _run(self, variables: Mapping[str, Any]) -> str:
        if self._facts.straight is not None:
            told = read(self._facts.straight, variables, LONGEST_OUTPUT)
            if told is not None:
                return told
        sandbox = self._sandbox
        template = self._template or self.prepare()
        sandbox.budget.renew()
        outer = sandbox.warn
        sandbox.warn = self._warn
        try:
            context = sandbox.context(variables, shared_eval_context=not self._facts.changes_context)
            if template.blocks:
                context.blocks = {name: [block] for name, block in template.blocks.items()}
            parts = list(template.root_render_func(context))
            text = parts[0] if len(parts) == 1 else sandbox.budget.join(parts)
        finally:
            sandbox.warn = outer
        if len(text) > LONGEST_OUTPUT:
            raise TooMuch(f"its result has more than {LONGEST_OUTPUT:,} characters")
        return text.strip()

    def _warn(self, message: str) -> None:
        if message in self._warned or len(self._warned) >= _WARNINGS:
            return
        self._warned.append(message)
        log.warning("%s, when rendering the template '%s'", message, self.source)

    def __repr__(self) -> str:
        return f"<Template {self.source!r}>"


def compile_template(source: str, sandbox: Sandbox, notes: Notes) -> CompiledTemplate:
    """Compile a template; raises `TemplateError` with the line."""
    if len(source) > LONGEST_TEXT:
        raise TemplateError(f"a template has at most {LONGEST_TEXT:,} characters, not {len(source):,}")
    try:
        tree = sandbox.parse(source.strip())
        written = list(_each(tree))
        check_names(written, sandbox)
        parts = straight(tree)
        if _is_plain(tree, written):
            names = {node.name for node in written if isinstance(node, nodes.Name)} - sandbox.globals.keys()
            facts = _Facts(written, parts, frozenset(names), sandbox.house_names)
            return CompiledTemplate(source, sandbox, notes, tree, facts)
        sandbox.undeclared.clear()
        made = CompiledTemplate(source, sandbox, notes, tree, _NO_FACTS)
        made.prepare()
        made.know(_Facts(written, parts, frozenset(sandbox.undeclared), sandbox.house_names))
    except Exception as error:
        raise failure(error, source, None) from error
    return made


def _each(tree: nodes.Template) -> Iterator[nodes.Node]:
    """Yield all nodes below: as `find_all` does, and several times faster."""
    left: list[nodes.Node] = [tree]
    while left:
        node = left.pop()
        for field in node.fields:
            value = getattr(node, field)
            if isinstance(value, nodes.Node):
                left.append(value)
                yield value
            elif isinstance(value, list):
                for item in value:
                    if isinstance(item, nodes.Node):
                        left.append(item)
                        yield item


def _is_plain(tree: nodes.Template, written: list[nodes.Node]) -> bool:
    """Tell whether a template is nothing but texts and short expressions: no code of these is refused."""
    return (
        len(written) <= _PLAIN
        and all(isinstance(part, nodes.Output) for part in tree.body)
        and not any(isinstance(node, nodes.Name) and node.name == "self" for node in written)
    )


class _Facts:
    """What is known of a template without rendering it."""

    def __init__(
        self,
        written: list[nodes.Node],
        parts: tuple[Part, ...] | None,
        names: frozenset[str],
        house_names: frozenset[str],
    ) -> None:
        self.straight = parts
        imports = any(isinstance(node, _IMPORTING) for node in written)
        self.names = names
        self.wants_json = imports or "value_json" in names
        self.tracked = imports or any(_looks_at_the_house(node, house_names) for node in written)
        self.changes_context = any(isinstance(node, nodes.EvalContextModifier) for node in written)


def _looks_at_the_house(node: nodes.Node, house_names: frozenset[str]) -> bool:
    if not isinstance(node, (nodes.Name, nodes.Filter, nodes.Test)):
        return False
    if node.name in house_names:
        return True
    # map('states') names a filter by a text, map(x) by a value that is not known yet.
    naming = isinstance(node, nodes.Filter) and node.name in _NAMING
    return naming and any(
        not isinstance(arg, nodes.Const) or arg.value in house_names
        for arg in node.args  # type: ignore[union-attr]  # a filter's
    )


_NO_FACTS = _Facts([], None, frozenset(), frozenset())
