"""What every template entity can be told: name, id, looks, availability, attributes, variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator, model_validator

from hub.api import (
    Bool,
    EntityId,
    Template,
    TemplateField,
    Text,
    VariablesField,
    looks_like_template,
    refuse,
)

Attributes = Mapping[Text, TemplateField]


class EntityOptions(BaseModel):
    """The keys that all template entities have in common."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    domain: ClassVar[str]
    rendered: ClassVar[tuple[str, ...]] = ("state",)
    """The fields beside the common ones that are templates to be followed."""

    name: TemplateField | None = None
    unique_id: Text | None = None
    default_entity_id: EntityId | None = None
    icon: TemplateField | None = None
    picture: TemplateField | None = None
    availability: TemplateField | None = None
    attributes: Attributes = {}
    variables: VariablesField | None = None

    @model_validator(mode="before")
    @classmethod
    def _noted(cls, data: Any, info: ValidationInfo) -> Any:
        """Say which model reads this mapping, so that a misspelt key finds its neighbour."""
        if info.context is not None and "findings" in info.context:
            info.context["findings"].saw(data, cls)
        return data

    @field_validator("default_entity_id")
    @classmethod
    def _of_this_domain(cls, value: str | None) -> str | None:
        if value is not None and value.partition(".")[0] != cls.domain:
            raise refuse(f"{value!r} is no {cls.domain}", f"Write {cls.domain}.name.")
        return value

    def templates(self) -> Iterator[tuple[str, Template]]:
        """Yield each template to be followed with its key; an attribute's is `attributes.NAME`."""
        for key in ("availability", *self.rendered, "icon", "picture", "name"):
            template = getattr(self, key)
            if template is not None and (key != "name" or looks_like_template(template.source)):
                yield key, template
        for name, template in self.attributes.items():
            yield f"attributes.{name}", template


class OptimisticOptions(EntityOptions):
    """An entity that takes what it was told for its state, if it has no template for that."""

    state: TemplateField | None = None
    optimistic: Bool | None = None

    @property
    def assumed(self) -> bool:
        return self.state is None if self.optimistic is None else self.optimistic
