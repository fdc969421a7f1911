"""Let validators say what is doubtful but not wrong, and what they took a mapping for."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import BaseModel

from hub.config.problems import Key


@dataclass(frozen=True, slots=True)
class Finding:
    """A warning about `at`, a mapping or list as it was read, or about the value of its `key`."""

    text: str
    hint: str
    at: object
    key: Key


@dataclass(slots=True)
class Findings:
    """Reaches validators as `info.context["findings"]`.

    A validator does not know where its value stands, but the value does: `at` is the very mapping or list
    that a before-validator is given (or a `Word`), not a copy.
    """

    warnings: list[Finding] = field(default_factory=list)
    _models: dict[int, type[BaseModel]] = field(default_factory=dict)
    _copies: dict[int, tuple[object, object]] = field(default_factory=dict)

    def warn(self, text: str, hint: str = "", *, at: object = None, key: Key = None) -> None:
        """Add a warning; without `at` it stands at the beginning of what is validated."""
        _, source = self._copies.get(id(at), (at, at))
        self.warnings.append(Finding(text, hint, source, key))

    def copied(self, copy: object, source: object) -> None:
        """Note that a model is given a copy of what stands in the file."""
        if copy is not source:
            self._copies[id(copy)] = copy, source

    def saw(self, data: object, model: type[BaseModel]) -> None:
        """Note which model reads `data`, so that a misspelt key can be compared with the model's keys."""
        self._models[id(data)] = model

    def model_of(self, data: object) -> type[BaseModel] | None:
        return self._models.get(id(data))
