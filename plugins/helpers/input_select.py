"""input_select: one of several options that people and rules choose from."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from hub.api import (
    Bool,
    Domain,
    House,
    NoData,
    OneOrMany,
    ServiceCall,
    ServiceData,
    ServiceRefused,
    Text,
    refuse,
)
from plugins.helpers.fields import SaidText
from plugins.helpers.living import Helper
from plugins.helpers.options import Helpers, Options

log = logging.getLogger(__name__)


def _each_once(options: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
    unique = tuple(dict.fromkeys(options))
    findings = info.context.get("findings") if info.context else None
    if len(unique) < len(options) and findings is not None:
        twice = next(option for option in unique if options.count(option) > 1)
        findings.warn(f"the option {twice!r} stands twice", "It counts once")
    return unique


class InputSelectOptions(Options):
    """One of several options. Without `initial` it is as it was before the start, at first the first."""

    domain: ClassVar[str] = "input_select"

    options: Annotated[OneOrMany[Text], Field(min_length=1), AfterValidator(_each_once)]
    initial: Text | None = None

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.initial is not None and self.initial not in self.options:
            raise refuse(f"initial {self.initial!r} is none of the options", _choices(self.options))
        return self

    def live(self, house: House, key: str) -> Helper:
        return _Select(house, key, self)


class InputSelects(Helpers[InputSelectOptions]):
    """Choices, by name."""


class SelectOption(ServiceData):
    """Choose an option; one that does not exist is refused."""

    option: SaidText


class Cycle(ServiceData):
    """Choose the option beside; with `cycle` the last is followed by the first."""

    cycle: Bool = True


class SetOptions(ServiceData):
    """Replace the options until the next start; what is chosen stays if it is still among them."""

    options: Annotated[OneOrMany[SaidText], Field(min_length=1)]

    @model_validator(mode="after")
    def _unique(self) -> Self:
        if len(set(self.options)) < len(self.options):
            raise refuse("an option stands twice", "Take one away.")
        return self


class InputSelect(Domain):
    """Choices of one among several options."""

    name: ClassVar[str] = "input_select"
    services: ClassVar[dict[str, type[ServiceData]]] = {
        "select_option": SelectOption,
        "select_next": Cycle,
        "select_previous": Cycle,
        "select_first": NoData,
        "select_last": NoData,
        "set_options": SetOptions,
    }


class _Select(Helper):
    def __init__(self, house: House, key: str, options: InputSelectOptions) -> None:
        commands = {
            "select_option": self._select,
            "select_next": lambda call: self._move(1, call),
            "select_previous": lambda call: self._move(-1, call),
            "select_first": lambda call: self._choose(self._options[0], call),
            "select_last": lambda call: self._choose(self._options[-1], call),
            "set_options": self._replace,
        }
        super().__init__(house, options.info(key), commands)
        self._options: Sequence[str] = options.options
        self._choose(options.initial if options.initial is not None else self._before())

    def _before(self) -> str:
        before = self.remembered()
        return before.state if before is not None and before.state in self._options else self._options[0]

    def _choose(self, option: str, call: ServiceCall | None = None) -> None:
        self._chosen = option
        attributes: dict[str, Any] = {"options": list(self._options)}
        self.show(option, attributes, call)

    def _select(self, call: ServiceCall) -> None:
        fields: SelectOption = call.fields
        if fields.option not in self._options:
            problem = f"{self.entity_id} has no option {fields.option!r}"
            raise ServiceRefused(problem, remedy=_choices(self._options))
        self._choose(fields.option, call)

    def _move(self, step: int, call: ServiceCall) -> None:
        fields: Cycle = call.fields
        last = len(self._options) - 1
        index = self._options.index(self._chosen) + step
        index = index % len(self._options) if fields.cycle else min(max(index, 0), last)
        self._choose(self._options[index], call)

    def _replace(self, call: ServiceCall) -> None:
        fields: SetOptions = call.fields
        self._options = fields.options
        if self._chosen in self._options:
            self._choose(self._chosen, call)
            return
        log.warning(
            "%s was %r, which is no option any more; now it is %r",
            self.entity_id,
            self._chosen,
            self._options[0],
        )
        self._choose(self._options[0], call)


def _choices(options: Sequence[str]) -> str:
    return f"The options are {', '.join(options)}."
