"""The platform bayesian: on when observations make something probable enough."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ValidationInfo

from hub.api import (
    Cause,
    Detach,
    EntityInfo,
    House,
    HubError,
    OneOrMany,
    Reads,
    StateChanged,
    Text,
    Watch,
    as_list,
    is_true,
    refuse,
    warn,
)
from plugins.sensors.live import ComputedPlatform, Live
from plugins.sensors.observations import AnyObservation, TemplateObservation, overlap

log = logging.getLogger(__name__)


def _complete(observations: Any, info: ValidationInfo) -> Any:
    """Leave out what files from before 2022 have: an observation that says only one half of itself."""
    whole: list[Any] = []
    for each in as_list(observations):
        if isinstance(each, Mapping) and "prob_given_true" in each and "prob_given_false" not in each:
            said = "this observation is left out"
            warn(info, said, "Say how probable it is otherwise with `prob_given_false:`", at=each)
        else:
            whole.append(each)
    return whole


def _apart(observations: tuple[AnyObservation, ...]) -> tuple[AnyObservation, ...]:
    entity_id = overlap(observations)
    if entity_id:
        raise refuse(f"ranges of {entity_id} overlap", "Let one end where the next begins.")
    return observations


class Bayesian(ComputedPlatform):
    """On when the `prior` probability, with what is observed, reaches the threshold."""

    prior: float
    probability_threshold: float = 0.5
    observations: Annotated[OneOrMany[AnyObservation], BeforeValidator(_complete), AfterValidator(_apart)]
    device_class: Text | None = None

    def probability(self, observed: list[bool | None]) -> float:
        """Return the probability after what was observed; None is no observation."""
        probability = self.prior
        for each, holds in zip(self.observations, observed, strict=True):
            if holds is None:
                continue
            given_true = each.prob_given_true if holds else 1 - each.prob_given_true
            given_false = each.prob_given_false if holds else 1 - each.prob_given_false
            whole = given_true * probability + given_false * (1 - probability)
            probability = given_true * probability / whole if whole else 0.0
        return probability

    def add(self, house: House) -> Detach:
        return _LiveBayesian(house, self).stop


class _LiveBayesian(Live):
    def __init__(self, house: House, options: Bayesian) -> None:
        info = EntityInfo(
            "binary_sensor",
            "bayesian",
            unique_id=f"bayesian-{options.unique_id}" if options.unique_id else None,
            name=options.name or "Bayesian Binary Sensor",
            device_class=options.device_class,
        )
        super().__init__(house, info)
        self._options = options
        self._observed: list[bool | None] = [None] * len(options.observations)
        named = [each for each in options.observations if not isinstance(each, TemplateObservation)]
        self._counts = Counter(each.entity_id for each in named)
        for entity_id in self._counts:
            self._observe(entity_id)
            self.on_change(entity_id, self._changed)
        for index, each in enumerate(options.observations):
            if isinstance(each, TemplateObservation):
                self._follow(index, each)
        self._show(None)

    def _changed(self, event: StateChanged) -> None:
        self._observe(event.entity_id)
        self._show(event.cause)

    def _observe(self, entity_id: str) -> None:
        for index, each in enumerate(self._options.observations):
            if not isinstance(each, TemplateObservation) and each.entity_id == entity_id:
                several = self._counts[entity_id] > 1
                self._observed[index] = each.observe(self.house, several=several)

    def _follow(self, index: int, observation: TemplateObservation) -> None:
        def render() -> Reads:
            try:
                result, reads = observation.value_template.track({})
            except HubError as error:
                log.error("%s: %s", self.entity_id, error)
                self._observed[index] = None
                return getattr(error, "reads", Reads())
            self._observed[index] = is_true(result)
            return reads

        def look(event: StateChanged | None) -> Reads:
            reads = render()
            self._show(event.cause if event is not None else None)
            return reads

        self.until_stopped(Watch(self.house, render(), look).stop)

    def _show(self, cause: Cause | None) -> None:
        options = self._options
        probability = options.probability(self._observed)
        pairs = list(zip(options.observations, self._observed, strict=True))
        entities = dict.fromkeys(
            each.entity_id
            for each, observed in pairs
            if observed is not None and not isinstance(each, TemplateObservation)
        )
        attributes: dict[str, Any] = {
            "probability": round(probability, 2),
            "probability_threshold": options.probability_threshold,
            "occurred_observation_entities": list(entities),
            "observations": [each.told(observed) for each, observed in pairs],
        }
        self.write(probability >= options.probability_threshold, attributes, cause=cause)
