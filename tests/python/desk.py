"""Eyes and hands on an X11 display that nobody sees.

    window's name -> Desk -> picture [height][width][3] -> PNG
                       ^--- move, press, scroll (XTEST: like a mouse)

There is no window manager, and none is needed but for two things that JUCE takes for granted: that
somebody has named the atoms of window managers, and that somebody owns the settings of the desktop.
Desk does both; without them the X server ends the host (BadAtom, BadWindow).
"""

import struct
import time
import zlib

import numpy as np
from Xlib import X, display
from Xlib.ext import xtest

# What JUCE looks up without creating it (juce_XWindowSystem: Atoms).
ATOMS = """
    WM_PROTOCOLS WM_TAKE_FOCUS WM_DELETE_WINDOW WM_CHANGE_STATE WM_STATE UTF8_STRING _NET_WM_PING
    _NET_WM_STATE _NET_WM_STATE_HIDDEN _NET_WM_WINDOW_TYPE _NET_WM_WINDOW_TYPE_NORMAL
""".split()
SETTINGS = "_XSETTINGS_S0"
PRIMARY, SECONDARY, WHEEL_UP, WHEEL_DOWN = 1, 3, 4, 5
# A drag is drawn as a hand would: in small steps, each seen by the window.
DRAG_STEPS, STEP_S = 24, 0.02


class Desk:
    """A display, and one window on it."""

    def __init__(self):
        self.display = display.Display()
        self.root = self.display.screen().root
        for name in ATOMS:
            self.display.intern_atom(name)
        self.owner = self.root.create_window(-1, -1, 1, 1, 0, X.CopyFromParent)
        self.owner.set_selection_owner(self.display.intern_atom(SETTINGS), X.CurrentTime)
        self.display.sync()
        self.window = None

    def find(self, name, seconds=10.0):
        """Waits for the window of a name."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.window = self._search(self.root, name)
            if self.window is not None:
                return
            time.sleep(0.05)
        raise LookupError(f"no window {name!r} after {seconds} s")

    def _search(self, parent, name):
        # A window may go while it is looked at.
        try:
            if parent.get_wm_name() == name:
                return parent
            children = parent.query_tree().children
        except Exception:
            return None
        found = (self._search(child, name) for child in children)
        return next((window for window in found if window is not None), None)

    def picture(self):
        """The window's pixels now, red, green, blue."""
        size = self.window.get_geometry()
        image = self.window.get_image(0, 0, size.width, size.height, X.ZPixmap, 0xFFFFFFFF)
        pixels = np.frombuffer(image.data, np.uint8).reshape(size.height, size.width, 4)
        return pixels[:, :, 2::-1].copy()

    def move(self, x, y):
        """Puts the pointer somewhere in the window."""
        corner = self.root.translate_coords(self.window, 0, 0)
        # The answer is where the window lies, seen from the root.
        xtest.fake_input(self.display, X.MotionNotify, x=int(corner.x + x), y=int(corner.y + y))
        self.display.sync()

    def click(self, x, y, button=PRIMARY, times=1):
        self.move(x, y)
        time.sleep(0.1)
        for _ in range(times):
            self._button(button, True)
            time.sleep(0.05)
            self._button(button, False)
            time.sleep(0.05)

    def scroll(self, x, y, lines):
        """Turns the wheel; upwards is positive."""
        self.move(x, y)
        self.click(x, y, WHEEL_UP if lines > 0 else WHEEL_DOWN, abs(lines))

    def drag(self, places):
        """Presses at the first place, passes through the others, lets go at the last."""
        self.move(*places[0])
        time.sleep(0.1)
        self._button(PRIMARY, True)
        for (x0, y0), (x1, y1) in zip(places, places[1:]):
            for step in range(1, DRAG_STEPS + 1):
                share = step / DRAG_STEPS
                self.move(x0 + share * (x1 - x0), y0 + share * (y1 - y0))
                time.sleep(STEP_S)
        self._button(PRIMARY, False)

    def _button(self, button, down):
        xtest.fake_input(self.display, X.ButtonPress if down else X.ButtonRelease, button)
        self.display.sync()


def write_png(path, picture):
    """Writes [height][width][3] bytes as PNG (RFC 2083): header, deflated rows, end."""
    height, width, _ = picture.shape
    rows = b"".join(b"\0" + row.tobytes() for row in picture)

    def chunk(kind, data):
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows, 9)), chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))
