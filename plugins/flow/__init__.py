"""The actions of automations and scripts: call, choose, repeat, wait, set, stop."""

from __future__ import annotations

from hub.api import Action, hookimpl
from plugins.flow.blocks import Choose, If, Parallel, Repeat, SequenceAction
from plugins.flow.calls import CallService, FireEvent, SceneAction
from plugins.flow.values import SetConversationResponse, SetVariables, Stop
from plugins.flow.waits import Delay, WaitForTrigger, WaitTemplate


@hookimpl
def actions() -> dict[str, type[Action]]:
    return {
        "action": CallService,
        "choose": Choose,
        "delay": Delay,
        "event": FireEvent,
        "if": If,
        "parallel": Parallel,
        "repeat": Repeat,
        "scene": SceneAction,
        "sequence": SequenceAction,
        "set_conversation_response": SetConversationResponse,
        "stop": Stop,
        "variables": SetVariables,
        "wait_for_trigger": WaitForTrigger,
        "wait_template": WaitTemplate,
    }
