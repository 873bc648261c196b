"""One who plays the instrument in a foreign host and has its window open.

    main thread:   load -> show_editor ......... closed -> state -> load anew -> show_editor ...
    sound thread:  process, process, ... (at the speed of a sound card, so that time passes)
    this thread:   Player: words -> controls of the window -> Desk
"""

import json
import queue
import threading
import time
from pathlib import Path

import pedalboard

RATE_HZ = 48_000
BLOCK = 512
NOTE_OFF, NOTE_ON, CONTROLLER = 0x80, 0x90, 0xB0
PATIENCE_S = 5.0


# The host does not look at the parameters, for the window shows them: 2,080 of them are MIDI
# controllers, and this release of pedalboard tries every value of each, half a minute per loading.
pedalboard.VST3Plugin._get_parameters = lambda _: {}


class Instrument:
    """The plugin in its host, playing."""

    def __init__(self, bundle, state=None):
        self.plugin = pedalboard.load_plugin(str(bundle))
        if state is not None:
            self.plugin.raw_state = state
        self.messages = queue.SimpleQueue()
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._play, daemon=True)

    def _play(self):
        due = time.monotonic()
        while not self.ended.is_set():
            messages = []
            while not self.messages.empty():
                messages.append((self.messages.get(), 0.0))
            self.plugin.process(
                messages, BLOCK / RATE_HZ, RATE_HZ, num_channels=2, buffer_size=BLOCK, reset=False
            )
            due += BLOCK / RATE_HZ
            rest = due - time.monotonic()
            if rest > 0:
                time.sleep(rest)

    def end(self):
        self.ended.set()
        self.thread.join()


class Player:
    """What a player can do, each by the words that are on the screen."""

    def __init__(self, bundle, desk, controls):
        self.bundle, self.desk, self.file = bundle, desk, Path(controls)
        self.closing = threading.Event()
        self.opened = threading.Event()
        self.again, self.left = False, False
        self.values = {}
        self.instrument = None

    def host(self):
        """The main thread's part: opens the window, again for every `reopen`; returns at the end."""
        state, self.again = None, True
        while self.again and not self.left:
            self.again = False
            # A new one each time: to close the last window must not be to close the next.
            self.closing = threading.Event()
            self.instrument = Instrument(self.bundle, state)
            self.instrument.thread.start()
            self.opened.set()
            self.instrument.plugin.show_editor(self.closing)
            self.instrument.end()
            state = self.instrument.plugin.raw_state

    def arrive(self):
        """Waits until the window is there and has been drawn."""
        self.opened.wait(30)
        self.desk.find("Betwixt")
        until = time.monotonic() + PATIENCE_S
        while not self.file.exists() and time.monotonic() < until:
            time.sleep(0.05)
        self.settle()

    def leave(self):
        """Closes the window for good."""
        self.left = True
        self.closing.set()

    def reopen(self):
        """Closes the project and opens it again: another instance, given the state of this one."""
        self.again = True
        self.opened.clear()
        self.file.unlink(missing_ok=True)
        self.closing.set()
        self.arrive()

    def settle(self, seconds=0.5):
        """Gives the window time to draw what has been done."""
        time.sleep(seconds)

    def controls(self):
        return json.loads(self.file.read_text())

    def named(self, label, role=None):
        """The controls of these words, or else those whose words begin so."""
        here = [c for c in self.controls() if role in (None, c["role"])]
        exact = [c for c in here if c["label"] == label]
        return exact or [c for c in here if c["label"].startswith(label)]

    def has(self, label, role=None):
        return bool(self.named(label, role))

    def value(self, label):
        """Where a slider stands; where it is not seen, where it was seen last."""
        for control in self.named(label):
            self.values[label] = control["value"]
        return self.values.get(label)

    def find(self, label, role=None):
        """Where a control is, by its words or how they begin; waits for it."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            named = self.named(label, role)
            if named:
                return named[0]["place"]
            time.sleep(0.05)
        labels = sorted({c["label"] for c in self.controls()})
        raise LookupError(f"there is no {role or 'control'} {label!r}, but {labels}")

    def at(self, label, share=(0.5, 0.5), role=None):
        """A place inside a control, as shares of its width and height."""
        x, y, width, height = self.find(label, role)
        return x + share[0] * width, y + share[1] * height

    def send(self, *message):
        self.instrument.messages.put(bytes(message))
