"""Walks through the real window in a real host and keeps a picture of every step.

    Betwixt.vst3 -> pedalboard (a JUCE host), playing -> window on $DISPLAY -> walk.py -> NAME.png

Usage: screenshots.py PATH/TO/Betwixt.vst3 FOLDER (`cargo xtask screenshots` does it all).
Exit code 0 when every step found what it expects, and did what its row in walk.py says.
"""

import os
import sys
import tempfile
import threading
import traceback
from pathlib import Path

sys.dont_write_bytecode = True

from desk import Desk, write_png
from player import Player
from walk import WALK


def take(player, folder):
    """Every step, one after the other."""
    player.arrive()
    for number, (name, about, hands, outcome) in enumerate(WALK, 1):
        print(f"{number:>2} {name:<10} {about}", flush=True)
        before = None if number == 1 else outcome(player)
        try:
            for act in hands:
                act(player)
            player.settle()
        except LookupError as error:
            raise SystemExit(f"step {name}: {error.args[0]}")
        after = outcome(player)
        if after is None or after is False or after == before:
            raise SystemExit(f"step {name}: it was {before} before, and is {after}")
        picture = player.desk.picture()
        if picture.max() == picture.min():
            raise SystemExit(f"step {name}: the window is empty")
        write_png(folder / f"{number:02}-{name}.png", picture)


def main():
    bundle, folder = Path(sys.argv[1]), Path(sys.argv[2])
    for old in folder.glob("[0-9][0-9]-*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory() as temporary:
        controls = Path(temporary) / "controls.json"
        os.environ["BETWIXT_CONTROLS"] = str(controls)
        player = Player(bundle, Desk(), controls)
        failed = []

        def walk():
            try:
                take(player, folder)
            except SystemExit as error:
                failed.append(str(error))
            except Exception:
                failed.append(traceback.format_exc())
            player.leave()

        threading.Thread(target=walk, daemon=True).start()
        player.host()
    # The library's own threads would otherwise be waited for after its host is gone.
    sys.stdout.flush()
    if failed:
        print(f"screenshots: {failed[0]}", file=sys.stderr)
    os._exit(1 if failed else 0)


main()
