"""Measure the shortest way between two points of the earth (Vincenty's formulae, WGS 84)."""

from __future__ import annotations

from math import atan, atan2, cos, radians, sin, sqrt, tan

_EQUATOR = 6_378_137.0
_FLATTENING = 1 / 298.257223563
_POLE = _EQUATOR * (1 - _FLATTENING)
_ROUNDS = 200
_ENOUGH = 1e-12


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return the metres between two points of (latitude, longitude) in degrees.

    Opposite ends of the earth, where the formulae do not settle, are taken as half way round.
    """
    if a == b:
        return 0.0
    u1, u2 = (atan((1 - _FLATTENING) * tan(radians(point[0]))) for point in (a, b))
    away = radians(b[1] - a[1])
    lam = away
    for _ in range(_ROUNDS):
        east = cos(u2) * sin(lam)
        north = cos(u1) * sin(u2) - sin(u1) * cos(u2) * cos(lam)
        sin_arc = sqrt(east**2 + north**2)
        if sin_arc == 0:
            return 0.0
        cos_arc = sin(u1) * sin(u2) + cos(u1) * cos(u2) * cos(lam)
        arc = atan2(sin_arc, cos_arc)
        sin_alpha = cos(u1) * cos(u2) * sin(lam) / sin_arc
        square = 1 - sin_alpha**2
        middle = cos_arc - 2 * sin(u1) * sin(u2) / square if square else 0.0
        c = _FLATTENING / 16 * square * (4 + _FLATTENING * (4 - 3 * square))
        turn = middle + c * cos_arc * (2 * middle**2 - 1)
        before, lam = lam, away + (1 - c) * _FLATTENING * sin_alpha * (arc + c * sin_arc * turn)
        if abs(lam - before) < _ENOUGH:
            return _length(square, arc, sin_arc, cos_arc, middle)
    return _EQUATOR * 3.141592653589793


def _length(square: float, arc: float, sin_arc: float, cos_arc: float, middle: float) -> float:
    u = square * (_EQUATOR**2 - _POLE**2) / _POLE**2
    a = 1 + u / 16384 * (4096 + u * (u * (320 - 175 * u) - 768))
    b = u / 1024 * (256 + u * (u * (74 - 47 * u) - 128))
    inner = cos_arc * (2 * middle**2 - 1) - b / 6 * middle * (4 * sin_arc**2 - 3) * (4 * middle**2 - 3)
    return _POLE * a * (arc - b * sin_arc * (middle + b / 4 * inner))
