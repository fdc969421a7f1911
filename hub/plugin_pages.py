"""Put the pages that plugins offer into the menu, and take them out again."""

from __future__ import annotations

from hub.core.clock import Detach, together
from hub.core.errors import HubError
from hub.core.ports import House
from hub.kinds import Page


def show_page(name: str, kind: type[Page], house: House) -> Detach:
    """Show a page. Raises `HubError` if it can't be."""
    page = kind()
    if not (page.folder / "index.html").is_file():
        raise HubError(f"the page {name} has no {page.folder / 'index.html'}")
    stops = [house.web.show(name, page.title, page.folder, role=page.role)]
    for path, handler in page.answers(house).items():
        stops.append(house.web.page(f"{name}/{path}", handler, role=page.role))
    return together(stops)
