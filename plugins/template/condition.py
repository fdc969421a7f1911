"""The template condition: hold when a template says `true`, and nothing else."""

from __future__ import annotations

from hub.api import Condition, Scope, TemplateField


class TemplateCondition(Condition):
    """Hold when the template's result is `true`, in any case."""

    value_template: TemplateField
    """Holds when it is true."""

    def test(self, scope: Scope) -> bool:
        return self.value_template.text(scope.variables).lower() == "true"

    def why(self, scope: Scope) -> str:
        result = self.value_template.text(scope.variables)
        return f"template {self.value_template.source!r} is {result!r}, not 'true'"
