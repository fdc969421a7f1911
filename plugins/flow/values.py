"""Set variables, and end a run with or without a result."""

from __future__ import annotations

from typing import Any

from hub.api import Action, Bool, Run, StopRun, TemplateField, Text, VariablesField


class SetVariables(Action):
    """Give variables values, one after the other."""

    variables: VariablesField
    """Names and values, for the steps that follow."""

    def run(self, run: Run) -> None:
        run.set_variables(self.variables.render(run.variables))


class Stop(Action):
    """End the whole run, with a reason and perhaps a result."""

    stop: Text | None
    """Why, for the trace."""
    error: Bool = False
    """Whether the run counts as failed."""
    response_variable: str | None = None
    """The variable that whoever called the script gets as an answer."""

    def run(self, run: Run) -> None:
        response = run.variables.get(self.response_variable) if self.response_variable else None
        reason = self.stop or ""
        run.note(stop=reason, error=self.error)
        raise StopRun(reason, error=self.error, response=response)


class SetConversationResponse(Action):
    """Answer a spoken sentence; kept with the run, since the hub has no voice of its own."""

    set_conversation_response: TemplateField | None
    """What an assistant would say."""

    def run(self, run: Run) -> None:
        template = self.set_conversation_response
        answer: Any = template.render(run.variables) if template is not None else None
        run.note(conversation_response=answer)
        run.set_for_all("conversation_response", answer)
