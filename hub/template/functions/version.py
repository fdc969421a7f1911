"""Compare version numbers as people mean them: 2024.10.1 is after 2024.9.3, 1.0b2 before 1.0."""

from __future__ import annotations

import re

_VERSION = re.compile(
    r"[vV]?(?P<numbers>\d+(?:\.\d+)*)"
    r"(?:[-._]?(?P<stage>dev|a|alpha|b|beta|rc)[-._]?(?P<number>\d*))?(?P<rest>[-+._a-zA-Z0-9]*)"
)
_STAGES = {"dev": 0, "a": 1, "alpha": 1, "b": 2, "beta": 2, "rc": 3, "": 4}


class Version(str):
    """A version; compares with versions and texts. `major`, `minor`, `patch`, `beta` … may be read."""

    def _read(self) -> re.Match[str] | None:
        return _VERSION.fullmatch(self)

    @property
    def valid(self) -> bool:
        return self._read() is not None

    @property
    def sections(self) -> tuple[int, ...]:
        match = self._read()
        return tuple(int(number) for number in match["numbers"].split(".")) if match else ()

    @property
    def major(self) -> int | None:
        return self._section(0)

    @property
    def minor(self) -> int | None:
        return self._section(1)

    @property
    def patch(self) -> int | None:
        return self._section(2)

    @property
    def stage(self) -> str:
        match = self._read()
        return (match["stage"] or "") if match else ""

    @property
    def alpha(self) -> bool:
        return self.stage in ("a", "alpha")

    @property
    def beta(self) -> bool:
        return self.stage in ("b", "beta")

    @property
    def dev(self) -> bool:
        return self.stage == "dev"

    @property
    def release_candidate(self) -> bool:
        return self.stage == "rc"

    def _section(self, index: int) -> int | None:
        sections = self.sections
        return sections[index] if index < len(sections) else None

    def _key(self) -> tuple[tuple[int, ...], int, int]:
        match = self._read()
        if match is None:
            raise ValueError(f"{str(self)!r} is no version that can be compared")
        numbers = list(self.sections)
        while numbers and not numbers[-1]:
            numbers.pop()
        return tuple(numbers), _STAGES[match["stage"] or ""], int(match["number"] or 0)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, str):
            return NotImplemented
        if str.__eq__(self, other):
            return True
        theirs = Version(other)
        return self.valid and theirs.valid and self._key() == theirs._key()

    def __lt__(self, other: str) -> bool:
        return self._key() < Version(other)._key()

    def __le__(self, other: str) -> bool:
        return self._key() <= Version(other)._key()

    def __gt__(self, other: str) -> bool:
        return self._key() > Version(other)._key()

    def __ge__(self, other: str) -> bool:
        return self._key() >= Version(other)._key()

    def __hash__(self) -> int:
        return hash(self._key()) if self.valid else str.__hash__(self)
