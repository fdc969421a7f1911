"""Find what is odd in a configuration but not wrong, beside all that is wrong."""

from __future__ import annotations

import json
from collections.abc import Coroutine, Iterator, Mapping
from pathlib import Path
from typing import Any

from hub import foreign
from hub.building import Household, build_house
from hub.cli.alone import including, is_blueprint, place_of_blueprint
from hub.cli.loops import Loops
from hub.cli.naming import Names
from hub.cli.sense import Sense
from hub.cli.service_fields import ServiceFields
from hub.cli.variables import Variables
from hub.config.blueprint import read_blueprint
from hub.config.layout import LISTS
from hub.config.problems import Problem, in_order
from hub.configuration import SECTIONS, Configuration, read_files, read_text
from hub.core.clock import SimulatedClock, SystemClock
from hub.core.ports import House
from hub.core.settings import Settings
from hub.core.tasks import Tasks
from hub.loader import Plugins
from hub.testing.mqtt import SimulatedMqtt


class _NeverBegun:
    """Stands for a task that a check did not start."""

    def cancel(self) -> bool:
        return False

    def done(self) -> bool:
        return True

    def add_done_callback(self, callback: object) -> None:
        pass


class _IdleTasks(Tasks):
    """A check starts nothing: what would run in the background is dropped."""

    def spawn(self, work: Coroutine[Any, Any, Any], name: str) -> Any:
        work.close()
        return _NeverBegun()


def check_files(path: Path, plugins: Plugins) -> list[Problem]:
    """Read a configuration as the hub would, set its house up on paper, and return all that is to be said."""
    return examine(path, plugins)[1]


def examine(path: Path, plugins: Plugins) -> tuple[Configuration, list[Problem]]:
    """Do the same, and return the configuration, too."""
    mqtt = SimulatedMqtt()
    settings = Settings(config_dir=path.parent, data_dir=path.parent / "data")
    house = build_house(SimulatedClock(SystemClock().now()), settings, plugins.catalogs, mqtt)
    house.tasks = _IdleTasks()
    configuration = _read(path, house)
    household = Household.of(house)
    household.set_up(configuration)
    household.automate(configuration)
    problems = in_order([*configuration.problems, *doubts(configuration, house)])
    household.undo()  # what reaches out of the house, such as the levels of the log, is as before
    return configuration, problems


def _read(path: Path, house: House) -> Configuration:
    """Read a configuration, or a file that belongs into one: automations, a package, a blueprint."""
    configuration = read_files(path, house)
    data = configuration.document.data
    if is_blueprint(data):
        return _read_blueprint(path, house)
    ours = {*house.kinds.integrations, *SECTIONS, *LISTS}
    text = including(path, data, ours, foreign.names())
    return configuration if text is None else read_text(text, path.parent, house)


def _read_blueprint(path: Path, house: House) -> Configuration:
    """Read a blueprint, and what it becomes if it needs no input."""
    root, name = place_of_blueprint(path)
    blueprint = read_blueprint(path, root)
    if name and all(gap.has_default for gap in blueprint.gaps.values()) and not blueprint.problems:
        use = f"{{use_blueprint: {{path: {json.dumps(name)}}}}}"
        text = (
            f"script: {{blueprint: {use}}}"
            if blueprint.domain == "script"
            else f"{blueprint.domain}: [{use}]"
        )
        return read_text(text, root, house)
    configuration = read_text("", root, house)
    configuration.problems.extend(blueprint.problems)
    return configuration


def doubts(configuration: Configuration, house: House) -> Iterator[Problem]:
    """Yield a warning for whatever is odd: names that nothing has, data that no service takes, dead ends."""
    names, sense, loops = Names(configuration, house), Sense(configuration, house), Loops(configuration)
    fields, variables = ServiceFields(configuration, house), Variables(configuration, house)
    for rule in configuration.rules:
        yield from names.of_rule(rule.data, rule.path)
        yield from fields.of_rule(rule.data, rule.path)
        yield from sense.of_rule(rule.data, rule.path)
        yield from loops.of_rule(rule.data, rule.path)
        yield from variables.of_rule(rule)
    yield from names.unknown()
    yield from sense.ids(configuration.rules)
    data = configuration.document.data
    for key, value in data.items() if isinstance(data, Mapping) else ():
        if str(key).partition(" ")[0] == "mqtt":
            yield from names.of_topics(value, (key,))
            yield from sense.unique_ids(value, (key,))
            yield from sense.echoes(value, (key,))
