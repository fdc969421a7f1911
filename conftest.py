"""What all tests share: the fixtures that plugin authors get, and a watch over the event loop."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from blockbuster import BlockBuster, blockbuster_ctx

pytest_plugins = ["hub.testing.fixtures"]


class _Every:
    """A set that has everything."""

    def __contains__(self, name: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(())


_EVERY = _Every()

# A house is built, read and checked before it runs, and at a reload that somebody asked for: there our
# code may wait for the disk. Nowhere else.
_BEFORE_IT_RUNS: dict[str, Any] = {
    "hub/loader.py": {
        *("load_plugins", "folder", "bring_in", "installed", "developed", "first_party_dir", "_plugin_paths")
    },
    "hub/configuration.py": {"read_files", "read_again", "read_text", "read_data", "parse_condition"},
    "hub/config/source.py": {"load", "load_text"},
    "hub/building.py": {"build_house"},
    "hub/upkeep.py": {"renew"},
    "hub/plugin_pages.py": {"show_page"},
    "hub/testing/runner.py": {"_settings"},
    "hub/apart/meter.py": {"of"},  # the kernel's own figures: no disk is asked
    "hub/app.py": {"start", "prepare"},
    # Both wait until their thread has begun or ended.
    "hub/watchdog.py": {"watch"},
    "hub/logfile.py": {"keep_log", "stop"},
    "hub/control.py": {"open", "close"},
    # Files and sockets are opened at the start and put away at the end; SQLite itself works in a thread.
    "hub/broker/sqlite.py": _EVERY,
    "hub/mqtt/embedded.py": {"open"},
    "hub/mqtt/embedded_door.py": {"open_door", "close", "listen"},
    "hub/storage/memory.py": {"open"},
    "hub/telemetry/store.py": {"open"},
    "hub/storage/agenda.py": {"open"},
    "hub/storage/files.py": {"open_file"},
    "hub/storage/registry.py": {"known_entities"},  # for `hub check`
    "hub/storage/traces.py": {"open"},
    # A line is appended in one call, and the operating system takes it into its memory.
    "hub/storage/ahead.py": _EVERY,
}


@pytest.fixture(autouse=True)
def levels_of_the_log() -> Iterator[None]:
    """Let no test's `logger:` decide what the next one hears."""
    ours = [logging.getLogger(name) for name in ("hub", "plugins")]
    before = [logger.level for logger in ours]
    yield
    for logger, level in zip(ours, before, strict=True):
        logger.setLevel(level)


@pytest.fixture(autouse=True)
def unblocked() -> Iterator[BlockBuster]:
    """Fail a test in which asynchronous code of ours waits for the disk, the network or a sleep."""
    with blockbuster_ctx(["hub"]) as watch:
        for function in watch.functions.values():
            for file, names in _BEFORE_IT_RUNS.items():
                function.can_block_in(file, names)
        yield watch
