"""Write history for other programs: CSV, JSON lines, Parquet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from hub.core.errors import HubError
from hub.storage.sampling import number

Format = Literal["csv", "jsonl", "parquet"]
Write = Callable[[bytes], object]
COLUMNS = ("entity_id", "at", "state", "changed", "attributes")


def exporter(format: Format, write: Write) -> Exporter:
    """Return what writes rows; raises `HubError` if Parquet is wanted and can't be written."""
    writers: Mapping[str, Callable[[Write], Exporter]] = {"csv": _Csv, "jsonl": _Lines, "parquet": _Parquet}
    return writers[format](write)


def _row(entity_id: str, told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "entity_id": entity_id,
        "at": _time(told["at"]),
        "state": told["state"],
        "changed": _time(told["changed"]),
        "attributes": told.get("attributes", {}),
    }


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")


class Exporter:
    """Takes pages of states as plain data; `end` must be called after the last."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self.count = 0

    def page(self, entity_id: str, states: Sequence[Mapping[str, Any]]) -> None:
        """Write some states of an entity."""
        self.count += len(states)
        self._rows([_row(entity_id, each) for each in states])

    def end(self) -> None:
        """Write what belongs to the end."""

    def _rows(self, rows: Sequence[Mapping[str, Any]]) -> None:
        raise NotImplementedError


class _Csv(Exporter):
    def __init__(self, write: Write) -> None:
        super().__init__(write)
        self._write((",".join(COLUMNS) + "\r\n").encode())

    def _rows(self, rows: Sequence[Mapping[str, Any]]) -> None:
        text = io.StringIO()
        writer = csv.writer(text)
        for row in rows:
            attributes = json.dumps(row["attributes"], ensure_ascii=False) if row["attributes"] else ""
            writer.writerow([*(_safe(row[name]) for name in COLUMNS[:-1]), attributes])
        self._write(text.getvalue().encode())


def _safe(text: str) -> str:
    """Keep a spreadsheet from taking a state that a device told for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") and number(text) is None else text


class _Lines(Exporter):
    def _rows(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self._write("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode())


class _Parquet(Exporter):
    """One row group a page. Numbers get a column of their own, so that nothing must be parsed again."""

    def __init__(self, write: Write) -> None:
        super().__init__(write)
        try:
            import pyarrow
            import pyarrow.parquet
        except ImportError as error:
            raise HubError(
                "Parquet needs pyarrow, which is not installed",
                remedy="Install hearth-hub[export], or take csv or jsonl.",
            ) from error
        self._arrow = pyarrow
        moment = pyarrow.timestamp("us", tz="UTC")
        self._schema = pyarrow.schema(
            [
                ("entity_id", pyarrow.dictionary(pyarrow.int32(), pyarrow.string())),
                ("at", moment),
                ("state", pyarrow.string()),
                ("value", pyarrow.float64()),
                ("changed", moment),
                ("attributes", pyarrow.string()),
            ]
        )
        self._sink = pyarrow.PythonFile(_Sink(write), mode="w")
        self._writer = pyarrow.parquet.ParquetWriter(self._sink, self._schema, compression="zstd")

    def _rows(self, rows: Sequence[Mapping[str, Any]]) -> None:
        table = [
            {
                **row,
                "at": datetime.fromisoformat(row["at"]),
                "changed": datetime.fromisoformat(row["changed"]),
                "value": number(row["state"]),
                "attributes": json.dumps(row["attributes"], ensure_ascii=False),
            }
            for row in rows
        ]
        self._writer.write_table(self._arrow.Table.from_pylist(table, schema=self._schema))

    def end(self) -> None:
        self._writer.close()
        self._sink.close()


class _Sink:
    """A file that only takes."""

    closed = False

    def __init__(self, write: Write) -> None:
        self._take = write
        self._at = 0

    def write(self, data: bytes) -> int:
        data = bytes(data)
        self._take(data)
        self._at += len(data)
        return len(data)

    def tell(self) -> int:
        return self._at

    def flush(self) -> None:
        pass

    def writable(self) -> bool:
        return True

    def readable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False

    def close(self) -> None:
        self.closed = True
