"""Say what is wrong with a template, and on which of its lines."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from types import TracebackType

import jinja2
from jinja2 import nodes

from hub.core.errors import Place, TemplateError
from hub.template.inputs import BadInput, TooMuch
from hub.template.sandbox import Sandbox

_SHOWN = 500


def failure(error: Exception, source: str, template: jinja2.Template | None) -> TemplateError:
    """Return the `TemplateError` that tells of `error`, with the template's own line where it is known."""
    told = _told(error, source, template)
    if template is not None:
        told.source = told.source or source
    return told


def _told(error: Exception, source: str, template: jinja2.Template | None) -> TemplateError:
    if isinstance(error, jinja2.TemplateSyntaxError):
        return TemplateError(error.message or "it is no template", place=Place("", error.lineno))
    place = _place(error.__traceback__, template)
    if isinstance(error, TemplateError):
        error.place = error.place or place
        return error
    if isinstance(error, BadInput):
        problem = f"{error} when rendering template '{_cut(source)}' but no default was specified"
        return TemplateError(problem, place=place)
    if isinstance(error, TooMuch):
        return TemplateError(f"the template '{_cut(source)}' was stopped: {error}", place=place)
    if isinstance(error, RecursionError):
        return TemplateError(f"the template '{_cut(source)}' calls itself too often", place=place)
    return TemplateError(_cut(f"{type(error).__name__}: {error}"), place=place)


def _place(traceback: TracebackType | None, template: jinja2.Template | None) -> Place | None:
    line = 0
    while traceback is not None and template is not None:
        if traceback.tb_frame.f_code.co_filename == "<template>":
            line = template.get_corresponding_lineno(traceback.tb_lineno)
        traceback = traceback.tb_next
    return Place("", line) if line else None


def _cut(source: str) -> str:
    return source if len(source) <= _SHOWN else source[:_SHOWN] + "…"


def check_names(written: Iterable[nodes.Node], sandbox: Sandbox) -> None:
    """Refuse filters and tests that do not exist, also in a branch that may never be taken.

    A template that asks `is filter` or `is test` looks for itself.
    """
    named = [node for node in written if isinstance(node, (nodes.Filter, nodes.Test))]
    if any(isinstance(node, nodes.Test) and node.name in ("filter", "test") for node in named):
        return
    for node in named:
        kind, known = ("test", sandbox.tests) if isinstance(node, nodes.Test) else ("filter", sandbox.filters)
        if node.name not in known:
            raise TemplateError(
                f"No {kind} named {node.name!r}.",
                remedy=_near(node.name, known),
                place=Place("", node.lineno),
            )


def _near(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), 1)
    return f"Did you mean {near[0]!r}?" if near else ""
