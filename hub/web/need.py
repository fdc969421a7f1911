"""What a route asks of whoever calls it, declared at the route. What declares nothing is closed to all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from hub.registry.accounts import Role, Scope

F = TypeVar("F", bound=Callable[..., Any])
_MARK = "__route__"


@dataclass(frozen=True, slots=True)
class Need:
    """`role` is what somebody must be in the whole house; None of these means anybody, without a log-in."""

    what: str
    public: bool = False
    role: Role = Role.GUEST
    scope: Scope | None = None
    browser_only: bool = False
    """Whether a token is not enough: what gives away more rights needs a log-in with a password."""


PUBLIC = Need("public", public=True)
PERSON = Need("person")
"""Anybody who is logged in; what they see is decided at each object."""
SESSION = Need("session", browser_only=True)
VIEWER = Need("viewer", role=Role.VIEWER)
OPERATOR = Need("operator", role=Role.OPERATOR)
ADMIN = Need("admin", role=Role.ADMIN)
ADMIN_SESSION = Need("admin session", role=Role.ADMIN, browser_only=True)


def scoped(scope: Scope) -> Need:
    """Return the need of a right with registries, devices and brokers."""
    return Need(scope.value, scope=scope)


@dataclass(frozen=True, slots=True)
class Route:
    """Where a method answers, what it needs, and what the OpenAPI document says of it."""

    path: str
    need: Need
    methods: tuple[str, ...] = ()
    """Empty for a WebSocket."""
    options: dict[str, Any] = field(default_factory=dict)


def http(methods: str, path: str, need: Need, **options: Any) -> Callable[[F], F]:
    """Let a method answer at a path; `methods` are separated by spaces."""

    def mark(function: F) -> F:
        setattr(function, _MARK, Route(path, need, tuple(methods.split()), options))
        return function

    return mark


def socket(path: str, need: Need) -> Callable[[F], F]:
    """Let a method answer a WebSocket at a path."""

    def mark(function: F) -> F:
        setattr(function, _MARK, Route(path, need))
        return function

    return mark


def route_of(function: Any) -> Route | None:
    """Return what is declared for an endpoint, None if nothing is."""
    found = getattr(function, _MARK, None)
    return found if isinstance(found, Route) else None


def endpoints(part: object) -> Iterator[tuple[Route, Callable[..., Any]]]:
    """Yield the endpoints of a part of the API, in the order in which they are written.

    Addresses with a verb (`/devices/{id}:publish`) come first: the others would take it for part of the id.
    """
    names = [name for kind in reversed(type(part).__mro__) for name in vars(kind)]
    functions = [getattr(part, name, None) for name in dict.fromkeys(names)]
    found = [(route, function) for function in functions if (route := route_of(function)) is not None]
    for route, function in sorted(found, key=lambda one: "}:" not in one[0].path):
        assert callable(function), "only methods are marked"
        yield _filled(route, part), function


def _filled(route: Route, part: object) -> Route:
    """Put into path and summary what a part that stands for one of several kinds says of itself."""
    words: Mapping[str, str] = getattr(part, "words", {})
    path, options = route.path, dict(route.options)
    for word, text in words.items():
        path = path.replace(f"<{word}>", text)
        options["summary"] = options.get("summary", "").replace(f"<{word}>", text)
    return replace(route, path=path, options=options) if words else route
