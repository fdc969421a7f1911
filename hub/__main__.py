"""Run the command `hub`, also as `python -m hub`."""

from __future__ import annotations

import gc

# A command makes many objects that live as long as it does: there is little for the collector to find.
gc.set_threshold(200_000, 20, 50)

from hub.cli.app import main  # noqa: E402  # the most objects are made by importing

if __name__ == "__main__":
    main()
