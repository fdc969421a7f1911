"""What all tests share: the fixtures that plugin authors get, too."""

from __future__ import annotations

pytest_plugins = ["hub.testing.fixtures"]
