"""Offer the helpers: values that people and rules set, counters, timers, weekly schedules."""

from __future__ import annotations

from hub.api import Domain, Integration, hookimpl
from plugins.helpers.counter import Counter, Counters
from plugins.helpers.input_boolean import InputBoolean, InputBooleans
from plugins.helpers.input_button import InputButton, InputButtons
from plugins.helpers.input_datetime import InputDatetime, InputDatetimes
from plugins.helpers.input_number import InputNumber, InputNumbers
from plugins.helpers.input_select import InputSelect, InputSelects
from plugins.helpers.input_text import InputText, InputTexts
from plugins.helpers.schedule import Schedule, Schedules
from plugins.helpers.timer import Timer, Timers


@hookimpl
def integrations() -> dict[str, type[Integration]]:
    return {
        "counter": Counters,
        "input_boolean": InputBooleans,
        "input_button": InputButtons,
        "input_datetime": InputDatetimes,
        "input_number": InputNumbers,
        "input_select": InputSelects,
        "input_text": InputTexts,
        "schedule": Schedules,
        "timer": Timers,
    }


@hookimpl
def domains() -> dict[str, type[Domain]]:
    kinds: tuple[type[Domain], ...] = (
        Counter, InputBoolean, InputButton, InputDatetime, InputNumber, InputSelect, InputText, Schedule,
        Timer,
    )  # fmt: skip
    return {kind.name: kind for kind in kinds}
