"""Join conditions by and, or, not. An error counts only where it decides."""

from __future__ import annotations

from collections.abc import Iterator

from hub.api import Condition, ConditionsField, HubError, Scope, holds


class AndCondition(Condition):
    """Hold when all conditions do."""

    conditions: ConditionsField
    """Those that are asked, in this order."""

    def test(self, scope: Scope) -> bool:
        return not _any(self.conditions, scope, False)

    def why(self, scope: Scope) -> str:
        return "and: " + next(_reasons(self.conditions, scope), "all hold")


class OrCondition(Condition):
    """Hold when at least one condition does."""

    conditions: ConditionsField
    """Those that are asked, in this order."""

    def test(self, scope: Scope) -> bool:
        return _any(self.conditions, scope, True)

    def why(self, scope: Scope) -> str:
        return "or: " + ("; ".join(_reasons(self.conditions, scope)) or "there is no condition")


class NotCondition(Condition):
    """Hold when none of the conditions does."""

    conditions: ConditionsField
    """Those that are asked, in this order."""

    def test(self, scope: Scope) -> bool:
        return not _any(self.conditions, scope, True)

    def why(self, scope: Scope) -> str:
        for index, condition in enumerate(self.conditions):
            try:
                if holds(condition, scope):
                    return f"not: condition {index + 1} ({condition.alias or condition.condition}) holds"
            except HubError:
                continue
        return "not: one of the conditions held"


def _any(conditions: tuple[Condition, ...], scope: Scope, wanted: bool) -> bool:
    """Tell whether one of them is `wanted`; raises what went wrong if none is and one can't be told."""
    trouble: HubError | None = None
    for condition in conditions:
        try:
            if holds(condition, scope) is wanted:
                return True
        except HubError as error:
            trouble = error
    if trouble is not None:
        raise trouble
    return False


def _reasons(conditions: tuple[Condition, ...], scope: Scope) -> Iterator[str]:
    for index, condition in enumerate(conditions):
        try:
            if holds(condition, scope) is False:
                yield f"condition {index + 1}: {condition.why(scope)}"
        except HubError as error:
            yield f"condition {index + 1} can't be told: {error}"
