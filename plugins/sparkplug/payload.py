"""Read and write the payloads of Sparkplug B 3.0: metrics in Google's protocol buffers.

The messages are described here field by field, by the numbers of the specification (chapter 6); the library
reads and writes them. Where it is not installed, `AVAILABLE` is False.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

try:
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
    from google.protobuf.message import DecodeError

    AVAILABLE = True
except ImportError:  # it is an extra
    AVAILABLE = False

BOOLEAN = 11
_SIGNED = {1: 8, 2: 16, 3: 32, 4: 64}
_INTEGERS = frozenset({1, 2, 3, 4, 5, 6, 7, 8, 13})
_FLOATS = {9: "float_value", 10: "double_value"}
_TEXTS = frozenset({12, 14, 15})
_NUMBERS = _INTEGERS | _FLOATS.keys()


@dataclass(frozen=True, slots=True)
class Metric:
    """One value of a payload. In messages after the birth it may be known by its `alias` alone."""

    name: str
    alias: int | None
    datatype: int
    value: bool | int | float | str | None

    @property
    def is_number(self) -> bool:
        return self.datatype in _NUMBERS


@dataclass(frozen=True, slots=True)
class Payload:
    metrics: tuple[Metric, ...]
    seq: int | None


def _describe() -> Any:
    """Return the class of payloads, made from their description."""
    file = descriptor_pb2.FileDescriptorProto(name="hearth_sparkplug_b.proto", package="hearth.sparkplug")
    kinds = descriptor_pb2.FieldDescriptorProto
    file.syntax = "proto2"
    metric = file.message_type.add(name="Metric")
    fields = (
        ("name", 1, kinds.TYPE_STRING), ("alias", 2, kinds.TYPE_UINT64), ("timestamp", 3, kinds.TYPE_UINT64),
        ("datatype", 4, kinds.TYPE_UINT32), ("is_historical", 5, kinds.TYPE_BOOL),
        ("is_transient", 6, kinds.TYPE_BOOL), ("is_null", 7, kinds.TYPE_BOOL),
        ("int_value", 10, kinds.TYPE_UINT32), ("long_value", 11, kinds.TYPE_UINT64),
        ("float_value", 12, kinds.TYPE_FLOAT), ("double_value", 13, kinds.TYPE_DOUBLE),
        ("boolean_value", 14, kinds.TYPE_BOOL), ("string_value", 15, kinds.TYPE_STRING),
        ("bytes_value", 16, kinds.TYPE_BYTES),
    )  # fmt: skip
    for name, number, kind in fields:
        metric.field.add(name=name, number=number, type=kind, label=kinds.LABEL_OPTIONAL)
    payload = file.message_type.add(name="Payload")
    payload.field.add(name="timestamp", number=1, type=kinds.TYPE_UINT64, label=kinds.LABEL_OPTIONAL)
    payload.field.add(
        name="metrics",
        number=2,
        type=kinds.TYPE_MESSAGE,
        type_name=".hearth.sparkplug.Metric",
        label=kinds.LABEL_REPEATED,
    )
    payload.field.add(name="seq", number=3, type=kinds.TYPE_UINT64, label=kinds.LABEL_OPTIONAL)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("hearth.sparkplug.Payload"))


_MESSAGE = _describe() if AVAILABLE else None


def decode(data: bytes) -> Payload:
    """Read a payload; raises `ValueError` if it is none."""
    assert _MESSAGE is not None
    message = _MESSAGE()
    try:
        message.ParseFromString(data)
    except DecodeError as error:
        raise ValueError(f"it is no Sparkplug payload: {error}") from None
    metrics = tuple(_read(metric) for metric in message.metrics if not metric.is_historical)
    return Payload(metrics, message.seq if message.HasField("seq") else None)


def _read(metric: Any) -> Metric:
    alias = metric.alias if metric.HasField("alias") else None
    value = None if metric.is_null else _value(metric)
    return Metric(metric.name, alias, metric.datatype, value)


def _value(metric: Any) -> bool | int | float | str | None:
    for name in ("int_value", "long_value"):
        if metric.HasField(name):
            number: int = getattr(metric, name)
            bits = _SIGNED.get(metric.datatype)
            return number - (1 << bits) if bits and number >= 1 << (bits - 1) else number
    for name in ("float_value", "double_value"):
        if metric.HasField(name):
            exact: float = getattr(metric, name)
            # A float of 32 bits is shown with the digits that it has.
            return float(f"{exact:.7g}") if name == "float_value" else exact
    for name in ("boolean_value", "string_value"):
        if metric.HasField(name):
            plain: bool | str = getattr(metric, name)
            return plain
    return None


def encode(metrics: list[Metric], timestamp: int, seq: int | None = None) -> bytes:
    """Write a payload; the time in milliseconds since 1970."""
    assert _MESSAGE is not None
    message = _MESSAGE(timestamp=timestamp)
    if seq is not None:
        message.seq = seq
    for metric in metrics:
        _write(message.metrics.add(name=metric.name, datatype=metric.datatype, timestamp=timestamp), metric)
    return bytes(message.SerializeToString())


def _write(message: Any, metric: Metric) -> None:
    if metric.alias is not None:
        message.alias = metric.alias
    value = metric.value
    if value is None:
        message.is_null = True
    elif metric.datatype == BOOLEAN:
        message.boolean_value = bool(value)
    elif metric.datatype in _TEXTS:
        message.string_value = str(value)
    elif metric.datatype in _FLOATS:
        setattr(message, _FLOATS[metric.datatype], float(value))
    else:
        number = int(value)
        bits = _SIGNED.get(metric.datatype, 64)
        name = "int_value" if metric.datatype in (1, 2, 3, 5, 6, 7) else "long_value"
        setattr(message, name, number & ((1 << bits) - 1) if number < 0 else number)
