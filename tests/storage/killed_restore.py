"""Kill a restore at each of many moments, and say after which the house was neither old nor new.

A child process restores and kills itself with SIGKILL at the Nth thing it asks of the system (an audit
event); then what the next start of the hub does is done.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path

from hub.storage.backup.restoring import finish, restore
from hub.testing.house import START


def killed_at(moment: int, backup: Path, house: Path) -> bool:
    """Restore in a child that dies at a moment; tell whether it died."""
    child = os.fork()
    if child == 0:
        left = moment

        def count(*_: object) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        restore(backup, house, START)
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def contents(house: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(house)): path.read_bytes()
        for path in sorted(house.rglob("*"))
        if path.is_file()
        and not any(part.startswith(("before-restore-", ".restoring")) for part in path.parts)
    }


def main(backup: Path, template: Path, first: int, step: int) -> None:
    house = template.with_name("killed")
    shutil.copytree(template, house)
    old = contents(house)
    restore(backup, house, START)
    new = contents(house)
    assert old != new
    found = {"old": 0, "new": 0, "neither": 0}
    moment, died = first, True
    while died:
        shutil.rmtree(house)
        shutil.copytree(template, house)
        died = killed_at(moment, backup, house)
        finish(house)
        now = contents(house)
        found["old" if now == old else "new" if now == new else "neither"] += 1
        moment += step
    print(found["old"], found["new"], found["neither"])


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
