"""Run the command `hub`, also as `python -m hub`."""

from __future__ import annotations

from hub.cli.app import main

if __name__ == "__main__":
    main()
