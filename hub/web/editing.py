"""Edit the configuration's files: whole, or one automation of them. Checked before it is saved."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from hub import items, schema
from hub.building import build_house
from hub.config import passages
from hub.config.edits import Edit, Files, difference, fingerprint
from hub.config.form import Change, change, data_of
from hub.config.problems import Problem
from hub.configuration import read_files
from hub.core.clock import SystemClock
from hub.core.errors import HubError, NotFound
from hub.core.settings import Settings
from hub.mqtt.closed import ClosedMqtt
from hub.web.answers import Json
from hub.web.login import Asker
from hub.web.need import ADMIN, http
from hub.web.parts import Parts
from hub.web.trying import try_out

_TAGS = {"tags": ["configuration"]}
_Name = Annotated[str, Field(max_length=500)]
_Text = Annotated[str, Field(max_length=1_000_000)]


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FileText(_Given):
    """A file as it would be; `fingerprint` is that of the text that was read, none for a new file."""

    name: _Name
    text: _Text
    fingerprint: _Name | None = None


class ItemText(_Given):
    kind: items.Kind
    text: _Text


class ChangedItem(ItemText):
    """Changes of a form: at each `path` a `value`, or what is there is taken out."""

    changes: Annotated[list[OneChange], Field(max_length=100)]


class OneChange(_Given):
    path: Annotated[list[str | int], Field(min_length=1, max_length=40)]
    value: Any = None
    remove: bool = False
    move_to: Annotated[int, Field(ge=0)] | None = None


class SavedItem(ItemText):
    """An item as it would be; without `id` it is a new one."""

    id: _Name | None = None
    fingerprint: _Name = ""


class LostItem(_Given):
    kind: items.Kind
    id: _Name
    fingerprint: _Name


class Trial(ItemText):
    """An automation, and what is to happen to it: steps as `hub test` takes them."""

    time: _Name = "12:00"
    steps: Annotated[list[dict[str, Any]], Field(max_length=50)] = []


ChangedItem.model_rebuild()


class Faulty(HubError):
    """What would be saved has mistakes; `problems` say where."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"this was not saved: {problems[0]}", remedy="Mend it first.")
        self.problems = problems


class EditingApi:
    """For admins: who edits the files may do everything that the house may."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._schema: dict[str, Any] | None = None

    @property
    def _files(self) -> Files:
        settings = self._parts.house.settings
        return Files(self._parts.path.parent, settings.data_dir / "edits")

    @http("GET", "/api/schema", ADMIN, summary="The configuration's JSON Schema", **_TAGS)
    async def json_schema(self) -> Any:
        if self._schema is None:
            self._schema = await asyncio.to_thread(schema.whole, self._parts.house.kinds)
        return Json(self._schema)

    @http("GET", "/api/config/problems", ADMIN, summary="What is wrong in the files", **_TAGS)
    async def problems(self) -> Any:
        """Check the files as they are; each problem with its place."""
        return Json([items.about(one) for one in await asyncio.to_thread(self._problems, {})])

    # Whole files.

    @http("GET", "/api/config/files", ADMIN, summary="Names of the files", **_TAGS)
    async def names(self) -> Any:
        return Json(await asyncio.to_thread(self._files.names))

    @http("GET", "/api/config/file", ADMIN, summary="The text of a file", **_TAGS)
    async def file(self, name: _Name) -> Any:
        found = await asyncio.to_thread(self._files.read, name)
        return Json({"name": name, "text": found.text, "fingerprint": found.fingerprint})

    @http("POST", "/api/config/file/check", ADMIN, summary="What would be wrong", **_TAGS)
    async def check(self, given: FileText) -> Any:
        """Check all files as if this one had this text, and say what differs from the one that is there."""
        before = await asyncio.to_thread(self._before, given.name)
        problems = await asyncio.to_thread(self._problems, {given.name: given.text})
        told = [items.about(one) for one in problems]
        return Json({"problems": told, "diff": difference(given.name, before, given.text)})

    @http("PUT", "/api/config/file", ADMIN, summary="Save a file", **_TAGS)
    async def save(self, given: FileText, who: Asker) -> Any:
        """Save it if it brings no mistake, and take it over; refused if the file changed meanwhile."""
        edit = await self._saved(given.name, given.text, given.fingerprint, who.account.name, "")
        return Json({"number": edit.number, "fingerprint": edit.after})

    @http("GET", "/api/config/edits", ADMIN, summary="What was changed from here", **_TAGS)
    async def edits(self, name: _Name | None = None) -> Any:
        """Return the changes of a file or of all, the newest first, with a diff each."""
        return Json(await asyncio.to_thread(self._history, name))

    @http("POST", "/api/config/edits/{number}/undo", ADMIN, summary="Undo a change", **_TAGS)
    async def undo(self, number: int, who: Asker) -> Any:
        """Write back how the file was before; refused if it was changed since."""
        edit = await asyncio.to_thread(self._files.edit, number)
        if edit.before is None:
            raise HubError(f"{edit.name} was new with this change", remedy="Delete the file by hand.")
        undone = await self._saved(edit.name, edit.before, edit.after, who.account.name, f"undo {number}")
        return Json({"number": undone.number, "fingerprint": undone.after})

    # One automation or script.

    @http("GET", "/api/config/item", ADMIN, summary="Where one stands, and its text", **_TAGS)
    async def item(self, kind: items.Kind, id: _Name) -> Any:
        place = await asyncio.to_thread(items.locate, self._parts.path, kind, self._names(kind, id))
        return Json(
            {
                "file": place.file,
                "line": place.line,
                "fingerprint": fingerprint(place.text),
                **await self._read(kind, place.item),
            }
        )

    @http("POST", "/api/config/item/read", ADMIN, summary="Understand a text", **_TAGS)
    async def read(self, given: ItemText) -> Any:
        """Return what the text says as data, and what is wrong with it."""
        return Json(await self._read(given.kind, given.text))

    @http("POST", "/api/config/item/change", ADMIN, summary="Change a text as a form does", **_TAGS)
    async def change(self, given: ChangedItem) -> Any:
        """Return the text with the changes made; comments, order and spelling of the rest stay."""
        changes = [Change(tuple(one.path), one.value, one.remove, one.move_to) for one in given.changes]
        changed = await asyncio.to_thread(change, given.text, changes)
        return Json(await self._read(given.kind, changed))

    @http("POST", "/api/config/item/compare", ADMIN, summary="What saving would change", **_TAGS)
    async def compare(self, given: SavedItem) -> Any:
        file, before, after = await asyncio.to_thread(self._placed, given)
        problems = await asyncio.to_thread(self._problems, {file: after})
        told = [items.about(one) for one in problems if one.place.file == file or one.is_error]
        return Json({"file": file, "diff": difference(file, before, after), "problems": told})

    @http("PUT", "/api/config/item", ADMIN, summary="Save one", **_TAGS)
    async def save_item(self, given: SavedItem, who: Asker) -> Any:
        """Save it where it stands, or a new one beside the others."""
        file, before, after = await asyncio.to_thread(self._placed, given)
        edit = await self._saved(
            file, after, fingerprint(before), who.account.name, f"{given.kind} {given.id or ''}".strip()
        )
        return Json({"number": edit.number, "entity_id": await asyncio.to_thread(self._entity_id, given)})

    @http("DELETE", "/api/config/item", ADMIN, summary="Delete one", **_TAGS)
    async def remove_item(self, given: LostItem, who: Asker) -> Any:
        names = self._names(given.kind, given.id)
        place = await asyncio.to_thread(items.locate, self._parts.path, given.kind, names)
        _same(place.text, given.fingerprint, place.file)
        after = await asyncio.to_thread(passages.remove, place.text, place.passage)
        edit = await self._saved(
            place.file, after, given.fingerprint, who.account.name, f"deleted {given.kind} {given.id}"
        )
        return Json({"number": edit.number})

    @http("POST", "/api/config/item/test", ADMIN, summary="Try one out", **_TAGS)
    async def test(self, given: Trial) -> Any:
        """Play steps on a simulated clock, in a process of its own; nothing reaches the house."""
        data = await asyncio.to_thread(data_of, given.text)
        if not isinstance(data, Mapping):
            raise HubError("this is no YAML", remedy="Mend the text first.")
        errors = [one for one in items.problems_in(given.text, given.kind, self._parts.house) if one.is_error]
        if errors:
            raise Faulty(errors)
        return Json(await try_out(self._parts.path, given.text, given.time, given.steps))

    # How.

    async def _read(self, kind: items.Kind, text: str) -> dict[str, Any]:
        problems = [items.about(one) for one in items.problems_in(text, kind, self._parts.house)]
        return {"text": text, "data": await asyncio.to_thread(data_of, text), "problems": problems}

    def _names(self, kind: items.Kind, id: str) -> frozenset[str]:
        """Return what an automation of this entity id may be called in its file."""
        if kind == "dashboards":
            return frozenset({id})
        if kind == "script":
            return frozenset({id.removeprefix("script.")})
        try:
            model = self._parts.engine.automation(id).model
        except NotFound:  # it was refused: its entity has the name that the file gives
            state = self._parts.house.states.get(id)
            return frozenset({state.name if state is not None else id})
        return frozenset({model.id} if model.id is not None else {model.alias or id})

    def _placed(self, given: SavedItem) -> tuple[str, str, str]:
        """Return the file that would change, its text, and the text it would have."""
        if given.id is None:
            home = items.home_of(self._parts.path, given.kind)
            before = self._files.read(home.file).text
            return home.file, before, passages.append(before, home.section, given.text)
        place = items.locate(self._parts.path, given.kind, self._names(given.kind, given.id))
        _same(place.text, given.fingerprint, place.file)
        return place.file, place.text, passages.put(place.text, place.passage, given.text)

    def _before(self, name: str) -> str:
        try:
            return self._files.read(name).text
        except NotFound:
            return ""

    def _problems(self, texts: Mapping[str, str]) -> list[Problem]:
        """Check the files in a house of their own, in whatever thread this is."""
        now = self._parts.house.settings
        settings = Settings(config_dir=now.config_dir, data_dir=now.data_dir)
        house = build_house(SystemClock(), settings, self._parts.plugins.catalogs, ClosedMqtt())
        folder = self._parts.path.parent
        instead = {(folder / name).resolve(): text for name, text in texts.items()}
        return read_files(self._parts.path, house, instead).problems

    async def _saved(self, name: str, text: str, expected: str | None, by: str, what: str) -> Edit:
        await asyncio.to_thread(self._refuse_new_mistakes, name, text)
        at = self._parts.house.clock.timestamp()
        edit = await asyncio.to_thread(
            lambda: self._files.write(name, text, expected, at=at, by=by, what=what)
        )
        await self._parts.command("reload")
        return edit

    def _refuse_new_mistakes(self, name: str, text: str) -> None:
        """Mistakes that were there before don't keep anybody from mending one of them."""
        after = [one for one in self._problems({name: text}) if one.is_error]
        if not after:
            return
        known = {(one.place.file, one.text) for one in self._problems({}) if one.is_error}
        fresh = [one for one in after if (one.place.file, one.text) not in known]
        if fresh:
            raise Faulty(fresh)

    def _history(self, name: str | None) -> list[dict[str, Any]]:
        files, told = self._files, []
        present: dict[str, str] = {}
        after: dict[str, str] = {}
        for edit in files.history(name):
            if edit.name not in present:
                present[edit.name] = after[edit.name] = self._before(edit.name)
            undoable = edit.before is not None and fingerprint(present[edit.name]) == edit.after
            diff = difference(edit.name, edit.before or "", after[edit.name])
            after[edit.name] = edit.before or ""
            about = {
                "number": edit.number,
                "name": edit.name,
                "at": edit.at,
                "by": edit.by,
                "what": edit.what,
            }
            told.append({**about, "undoable": undoable, "diff": diff})
        return told

    def _entity_id(self, given: SavedItem) -> str | None:
        data = data_of(given.text)
        key = str(data.get("id") or data.get("alias") or "") if isinstance(data, Mapping) else ""
        if given.kind == "dashboards":
            return None
        try:
            return self._parts.engine.automation(key).entity_id
        except NotFound:
            return given.id


def _same(text: str, expected: str, name: str) -> None:
    if fingerprint(text) != expected:
        raise HubError(
            f"{name} was changed meanwhile",
            remedy="Load it again, and make your change on what is there now.",
        )
