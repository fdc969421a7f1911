"""The configuration's JSON Schema, with all that the plugins offer: for editors, and for the pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import AliasChoices, BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from hub.absent import elsewhere
from hub.automation.model import AutomationModel, ScriptModel
from hub.config.blueprints import USE
from hub.config.dashboards import DashboardModel
from hub.config.layout import LISTS
from hub.config.model import HubModel
from hub.config.web import WebModel
from hub.core.ports import Kinds
from hub.storage.model import RecorderModel, ShownModel

Schema = dict[str, Any]
_REF = "#/definitions/{model}"
_LOOSE = {
    "string": ["string", "number", "boolean"],
    "boolean": ["boolean", "string"],
    "integer": ["integer", "string"],
    "number": ["number", "string"],
}
"""What else is taken where a type is asked for: a text in quotes, a number without, `on` and `off`."""
_LITERAL = ("default", "enum", "const")
_SIMPLE = (str, int, float, bool)


def whole(kinds: Kinds) -> Schema:
    """Return the schema of a whole configuration."""
    return _Drawing(kinds).draw()


class _Generator(GenerateJsonSchema):
    """Draws a model as Hearth's YAML is read: with all spellings of a key, and without pydantic's titles."""

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        found = super().model_schema(schema)
        found.pop("title", None)
        if "description" in found:
            found["description"] = found["description"].partition("\n\n")[0].replace("\n", " ")
        _add_spellings(found, schema["cls"])
        return found

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        found = self.generate_inner(schema["schema"])
        default = schema.get("default")
        return {**found, "default": default} if isinstance(default, _SIMPLE) else found


def _add_spellings(found: JsonSchemaValue, model: type[BaseModel]) -> None:
    properties = found.get("properties", {})
    for name, field in model.model_fields.items():
        if not isinstance(field.validation_alias, AliasChoices):
            continue
        spellings = [str(choice) for choice in field.validation_alias.choices]
        shown = next((each for each in (*spellings, name) if each in properties), None)
        if shown is None:
            continue
        for spelling in spellings:
            properties.setdefault(spelling, properties[shown])
        if shown in found.get("required", ()):
            found["required"] = [key for key in found["required"] if key != shown]
            found.setdefault("allOf", []).append({"anyOf": [{"required": [each]} for each in spellings]})


class _Drawing:
    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds
        parts: list[type[BaseModel]] = [
            AutomationModel,
            ScriptModel,
            HubModel,
            WebModel,
            DashboardModel,
            RecorderModel,
            ShownModel,
            *self._models(),
        ]
        refs, found = models_json_schema(
            [(model, "validation") for model in _each_once(parts)],
            ref_template=_REF,
            schema_generator=_Generator,
        )
        self._refs = {model: dict(ref) for (model, _), ref in refs.items()}
        self._definitions: Schema = found.get("$defs", {})

    def _models(self) -> Iterator[type[BaseModel]]:
        kinds = self._kinds
        catalogs = (kinds.triggers, kinds.conditions, kinds.actions, kinds.platforms, kinds.integrations)
        for catalog in (*catalogs, kinds.engines):
            yield from (kind for _, kind in catalog.items())

    def draw(self) -> Schema:
        self._definitions = {name: _eased(each) for name, each in self._definitions.items()}
        self._definitions |= {
            "trigger": {"anyOf": [*self._triggers(), _several("trigger")]},
            "condition": {"anyOf": [{"type": "string"}, _several("condition"), *self._conditions()]},
            "action": {"anyOf": [{"type": "string"}, *self._actions(), *self._conditions()]},
        }
        return {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "title": "Configuration of Hearth",
            "type": ["object", "null"],
            "properties": self._sections(),
            "patternProperties": {r"^automation\s": self._automations()},
            "definitions": self._definitions,
        }

    # --- triggers, conditions, actions ---

    def _triggers(self) -> Iterator[Schema]:
        for name, kind in self._kinds.triggers.items():
            if not name.endswith(".device"):
                yield self._named(kind, name, ("trigger", "platform"))
        nested = {"triggers": {"$ref": "#/definitions/trigger"}}
        yield {"type": "object", "properties": nested, "required": ["triggers"]}
        yield _elsewhere("trigger", ("trigger", "platform"))

    def _conditions(self) -> Iterator[Schema]:
        for name, kind in self._kinds.conditions.items():
            yield self._named(kind, name, ("condition",))
        for name in ("and", "or", "not"):
            some = {name: {"$ref": "#/definitions/condition"}}
            yield {"type": "object", "properties": some, "required": [name]}
        listed = {"anyOf": [{"type": "string", "pattern": r"\{"}, _several("condition")]}
        yield {"type": "object", "properties": {"condition": listed}, "required": ["condition"]}
        yield _elsewhere("condition", ("condition",))

    def _actions(self) -> Iterator[Schema]:
        for name, kind in self._kinds.actions.items():
            if name == "device_id":
                yield {"type": "object", "required": ["device_id"]}
                continue
            drawn = dict(self._definition(kind))
            if name == "action":  # Home Assistant's old form has the entity beside the service
                drawn["properties"] = {**drawn["properties"], "entity_id": {"type": ["string", "array"]}}
            yield drawn

    def _named(self, kind: type[BaseModel], name: str, keys: tuple[str, ...]) -> Schema:
        """Return a kind's schema with the key that says its name."""
        drawn = dict(self._definition(kind))
        properties = {key: each for key, each in drawn.get("properties", {}).items() if key != "platform"}
        drawn["properties"] = {**{key: {"const": name} for key in keys}, **properties}
        drawn["properties"] |= {key: {"const": name} for key in keys}
        drawn["allOf"] = [*drawn.get("allOf", ()), {"anyOf": [{"required": [key]} for key in keys]}]
        return drawn

    def _definition(self, kind: type[BaseModel]) -> Schema:
        ref = self._refs[kind]
        found: Schema = self._definitions[ref["$ref"].rpartition("/")[2]] if "$ref" in ref else _eased(ref)
        return found

    # --- sections ---

    def _sections(self) -> Schema:
        hub = dict(self._definition(HubModel))
        hub["properties"] = {**hub["properties"], "packages": {"type": ["object", "array"]}}
        some = {"anyOf": [self._definition(engine) for _, engine in self._kinds.engines.items()]}
        sections: Schema = {
            "hub": {"anyOf": [hub, {"type": "null"}]},
            "homeassistant": {"anyOf": [hub, {"type": "null"}]},
            "broker": {"anyOf": [some, {"type": "null"}]},
            "dashboards": {"anyOf": [_several_of(self._definition(DashboardModel)), {"type": "null"}]},
            "web": {"anyOf": [self._definition(WebModel), {"type": "null"}]},
            "recorder": {"anyOf": [self._definition(RecorderModel), {"type": "null"}]},
            "logbook": {"anyOf": [self._definition(ShownModel), {"type": "null"}]},
            "history": {"anyOf": [self._definition(ShownModel), {"type": "null"}]},
            "automation": self._automations(),
            "script": self._scripts(),
        }
        for name, kind in self._kinds.integrations.items():
            sections[name] = {"anyOf": [self._refs[kind], *_other_forms(name, kind), {"type": "null"}]}
        return {**self._platforms(), **sections}

    def _automations(self) -> Schema:
        one = {"anyOf": [self._refs[AutomationModel], _blueprint()]}
        nothing = [{"type": ["null", "string"]}, {"type": "object", "maxProperties": 0}]
        return {"anyOf": [{"type": "array", "items": one}, one, *nothing]}

    def _scripts(self) -> Schema:
        steps = {"type": "array", "items": {"$ref": "#/definitions/action"}}
        one = {"anyOf": [self._refs[ScriptModel], _blueprint(), steps]}
        return {"type": ["object", "null", "string"], "additionalProperties": one}

    def _platforms(self) -> Schema:
        """Return the sections of entities: lists of entries, each with its platform."""
        sections: Schema = {}
        for name, kind in self._kinds.platforms.items():
            platform, _, domain = name.partition(".")
            drawn = dict(self._definition(kind))
            drawn["properties"] = {"platform": {"const": platform}, **drawn.get("properties", {})}
            drawn["required"] = [*drawn.get("required", ()), "platform"]
            sections.setdefault(domain, []).append(drawn)
        other = {"type": ["object", "null", "string"], "required": ["platform"]}
        return {
            domain: {"type": ["array", "object", "null", "string"], "items": {"anyOf": [*drawn, other]}}
            for domain, drawn in sections.items()
        }


def _each_once(models: list[type[BaseModel]]) -> list[type[BaseModel]]:
    return list({id(model): model for model in models}.values())


def _other_forms(name: str, kind: type[BaseModel]) -> Iterator[Schema]:
    """Yield what else a section may be, where a validator reads other forms before the types count."""
    validators = kind.__pydantic_decorators__.model_validators.values()
    if name in LISTS or any(each.info.mode == "before" for each in validators):
        yield {"type": ["array", "object"]}


def _several_of(one: Schema) -> Schema:
    return {"type": "array", "items": one}


def _several(what: str) -> Schema:
    return {"type": "array", "items": {"$ref": f"#/definitions/{what}"}}


def _elsewhere(what: str, keys: tuple[str, ...]) -> Schema:
    """Return what is read with a warning: the parts that only Home Assistant has."""
    known = "|".join(sorted(elsewhere(what)))
    name = {"type": "string", "pattern": rf"\.|^({known})$"}
    required = [{"required": [key]} for key in keys]
    return {"type": "object", "properties": dict.fromkeys(keys, name), "anyOf": required}


def _blueprint() -> Schema:
    use = {
        "type": "object",
        "properties": {"path": {"type": "string"}, "input": {"type": ["object", "null"]}},
        "required": ["path"],
    }
    return {"type": "object", "properties": {USE: use}, "required": [USE]}


def _eased(drawn: Any) -> Any:
    """Return a schema that takes what Hearth takes: one thing for a list of one, a number as a text."""
    if isinstance(drawn, list):
        return [_eased(each) for each in drawn]
    if not isinstance(drawn, Mapping):
        return drawn
    if "x-part" in drawn:
        return {"$ref": f"#/definitions/{drawn['x-part']}"}
    eased = {key: each if key in _LITERAL else _eased(each) for key, each in drawn.items()}
    if isinstance(drawn.get("properties"), dict):  # a property may be called `default`
        eased["properties"] = {name: _eased(each) for name, each in drawn["properties"].items()}
    kind = eased.get("type")
    if isinstance(eased.get("additionalProperties"), dict):  # `input_boolean: NAME:` and nothing more
        eased["additionalProperties"] = {"anyOf": [eased["additionalProperties"], {"type": "null"}]}
    if isinstance(kind, str) and kind in _LOOSE and "enum" not in eased:
        eased["type"] = _LOOSE[kind]
    if kind == "array" and "items" in eased and "prefixItems" not in eased:
        return {"anyOf": [eased, eased["items"], {"type": "null"}]}
    return eased
