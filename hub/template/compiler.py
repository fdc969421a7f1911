"""Turn a template into code whose loops, joins and output are counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.idtracking import VAR_LOAD_RESOLVE
from jinja2.visitor import NodeTransformer

TURN = "(turn)"
"""The name of the filter that counts a turn of a loop; no template can write it."""


class CountedCode(CodeGenerator):
    """Nothing is computed while compiling: each function sees the house as it is when rendered."""

    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: Any) -> str:
        if not isinstance(node, (nodes.TemplateData, nodes.Const)):
            raise nodes.Impossible
        return super()._output_child_to_const(node, frame, finalize)

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        # The name keeps its bracket open; `_output_child_post` closes it.
        if frame.eval_ctx.volatile or frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
            return
        self.write("environment.budget.shown(")

    def enter_frame(self, frame: Frame) -> None:
        # What is looked up when rendering, and is no function, is a variable.
        looked_up = {name for action, name in frame.symbols.loads.values() if action == VAR_LOAD_RESOLVE}
        self.environment.undeclared |= looked_up - self.environment.globals.keys()  # type: ignore[attr-defined]
        super().enter_frame(frame)

    # A list in a list, a few times over, grows without end while it stays small in memory.

    def visit_List(self, node: nodes.List, frame: Frame) -> None:
        self._nested(node, node.items, super().visit_List, frame)

    def visit_Tuple(self, node: nodes.Tuple, frame: Frame) -> None:
        items = node.items if node.ctx == "load" else []
        self._nested(node, items, super().visit_Tuple, frame)

    def visit_Dict(self, node: nodes.Dict, frame: Frame) -> None:
        self._nested(node, [pair.value for pair in node.items], super().visit_Dict, frame)

    def _nested(self, node: Any, items: list[Any], visit: Callable[[Any, Frame], None], frame: Frame) -> None:
        if all(isinstance(item, nodes.Const) for item in items):
            visit(node, frame)
            return
        self.write("environment.budget.nested(")
        visit(node, frame)
        self.write(")")

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:
        self.write("environment.joined((")
        for each in node.nodes:
            self.visit(each, frame)
            self.write(", ")
        self.write("))")


class _Counter(NodeTransformer):
    def visit_For(self, node: nodes.For) -> nodes.For:
        self.generic_visit(node)
        node.body.insert(0, nodes.ExprStmt(_turn(None, node.lineno), lineno=node.lineno))
        if node.test is not None:
            node.test = nodes.And(_turn(True, node.lineno), node.test, lineno=node.lineno)
        return node


def _turn(value: Any, line: int) -> nodes.Filter:
    return nodes.Filter(nodes.Const(value, lineno=line), TURN, [], [], None, None, lineno=line)


def count_loops(tree: nodes.Template) -> nodes.Template:
    """Let each turn of each loop of a template be counted."""
    _Counter().visit(tree)
    return tree
