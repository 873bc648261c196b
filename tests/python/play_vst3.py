"""Plays the VST3 bundle in DawDreamer (a JUCE host) and listens to it.

    Betwixt.vst3 -> host -> parameters: there, by name
                         -> four keys:  sound, no NaN, nothing before the notes, every key in tune
                         -> a latent moved by automation: another sound
                         -> state saved, loaded into a new instance: the same samples

Usage: play_vst3.py PATH/TO/Betwixt.vst3 (`cargo xtask test-vst3` does it all).
Exit code 0 when everything holds; otherwise the first failure is told on standard error.
"""

import sys
import tempfile
from pathlib import Path

# Which package brings a library, for the message when one is missing (Debian's names).
PACKAGES = {
    "libGL.so.1": "libgl1",
    "libGLX.so.0": "libglx0",
    "libX11.so.6": "libx11-6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxcb.so.1": "libxcb1",
}


def give_up(message):
    """Ends with a message that says what to do."""
    sys.exit(f"play_vst3: {message}")


try:
    import dawdreamer
    import numpy as np
except ImportError as error:
    library = str(error).split(":")[0]
    package = PACKAGES.get(library, "the packages of tests/requirements.txt")
    give_up(f"{error}; install {package}")

RATE_HZ = 48_000
BLOCK = 64
KEYS = (60, 64, 67, 71)
ONSET_S = 0.25
HELD_S = 1.75
SECONDS = 2.5
LARGEST_ERROR_CENTS = 15.0
NAMES = (
    [f"Latent {n}" for n in range(1, 9)]
    + ["Chroma", "Phase", "Octave", "Fine Tune", "Bend Range"]
    + ["Attack", "Decay", "Sustain", "Release", "Velocity", "Gain", "Voices"]
)


class Instrument:
    """One instance of the plugin in a host of its own."""

    def __init__(self, bundle):
        self.engine = dawdreamer.RenderEngine(RATE_HZ, BLOCK)
        self.plugin = self.engine.make_plugin_processor("betwixt", str(bundle))
        count = self.plugin.get_plugin_parameter_size()
        self.index = {self.plugin.get_parameter_name(i): i for i in reversed(range(count))}

    def value(self, name):
        return self.plugin.get_parameter(self.index[name])

    def play(self, keys=KEYS):
        """Plays keys together; returns samples [2][frames]."""
        self.plugin.clear_midi()
        for key in keys:
            self.plugin.add_midi_note(key, 100, ONSET_S, HELD_S)
        self.engine.load_graph([(self.plugin, [])])
        self.engine.render(SECONDS)
        return np.array(self.engine.get_audio())


def require(holds, message):
    """Ends with a message unless something holds."""
    if not holds:
        give_up(message)


def partial_hz(mono, near_hz):
    """The frequency of the largest spectral peak within 50 cents of a frequency, and its level."""
    start, end = int((ONSET_S + 0.25) * RATE_HZ), int((ONSET_S + HELD_S) * RATE_HZ)
    stretch = mono[start:end] * np.hanning(end - start)
    length = 1 << 20
    spectrum = np.abs(np.fft.rfft(stretch, length))
    low, high = (int(near_hz * 2 ** (c / 1200) * length / RATE_HZ) for c in (-50, 50))
    peak = low + int(np.argmax(spectrum[low : high + 1]))
    return peak * RATE_HZ / length, spectrum[peak]


def error_cents(mono, key):
    """How far a key's strongest partial (of the first three) is from where it belongs."""
    hz = 440.0 * 2 ** ((key - 69) / 12)
    partials = [(n * hz, *partial_hz(mono, n * hz)) for n in (1, 2, 3)]
    expected, found, _ = max(partials, key=lambda p: p[2])
    return 1200 * np.log2(found / expected)


def check_parameters(instrument):
    missing = [name for name in NAMES if name not in instrument.index]
    require(not missing, f"expected the parameters {NAMES}, missing: {missing}")
    print(f"parameters  {len(NAMES)} by name, {len(instrument.index)} in all")


def check_sound(audio):
    require(np.isfinite(audio).all(), "the output holds NaN or infinity")
    peak = np.abs(audio).max()
    require(0.01 < peak < 1.0, f"expected a peak between 0.01 and 1, found {peak}")
    before = np.abs(audio[:, : int(ONSET_S * RATE_HZ) - BLOCK]).max()
    require(before == 0.0, f"expected silence before the first note, found {before}")
    print(f"sound       peak {20 * np.log10(peak):.1f} dBFS, silent before the notes")


def check_pitch(instrument, chord):
    mono = chord.mean(axis=0)
    for key in KEYS:
        cents = error_cents(mono, key)
        require(
            abs(cents) <= LARGEST_ERROR_CENTS,
            f"key {key} in a chord: expected within {LARGEST_ERROR_CENTS} cents, found {cents:.1f}",
        )
        print(f"pitch       key {key} in a chord: {cents:+.2f} cents")
    low, high = (instrument.play([key]).mean(axis=0) for key in (57, 69))
    for key, sound in ((57, low), (69, high)):
        cents = error_cents(sound, key)
        require(abs(cents) <= LARGEST_ERROR_CENTS, f"key {key} alone: {cents:.1f} cents off")


def check_latent(instrument, still):
    """A latent drawn in an automation lane changes the sound, after the lane moves, not before."""
    frames = int(SECONDS * RATE_HZ)
    index, before = instrument.index["Latent 1"], instrument.value("Latent 1")
    move = frames // 2
    after = 0.0 if before > 0.5 else 1.0
    lane = np.where(np.arange(frames) < move, before, after).astype(np.float32)
    require(instrument.plugin.set_automation(index, lane), "Latent 1 cannot be automated")
    moved = instrument.play()
    instrument.plugin.set_automation(index, np.full(frames, before, dtype=np.float32))
    early, late = slice(0, move - 2 * BLOCK), slice(move, frames)
    require(
        np.array_equal(moved[:, early], still[:, early]),
        "the sound differs before the latent moves: a render is not repeatable",
    )
    change = np.sqrt(np.mean((moved[:, late] - still[:, late]) ** 2))
    level = np.sqrt(np.mean(still[:, late] ** 2))
    require(change > 0.05 * level, f"moving Latent 1 changed the sound by {change / level:.3f} only")
    print(f"latent      Latent 1 from {before:.2f} to {after:.0f}: changes the sound by {change / level:.2f}")


def check_state(bundle):
    """A state saved from one instance makes another sound the same."""
    first = Instrument(bundle)
    for name, value in (("Latent 2", 0.9), ("Attack", 0.4), ("Fine Tune", 0.7)):
        first.plugin.set_parameter(first.index[name], value)
    expected = first.play()
    with tempfile.TemporaryDirectory() as folder:
        state = str(Path(folder) / "state")
        first.plugin.save_state(state)
        second = Instrument(bundle)
        second.plugin.load_state(state)
    for name in NAMES:
        require(
            abs(first.value(name) - second.value(name)) < 1e-6,
            f"{name}: saved {first.value(name)}, came back as {second.value(name)}",
        )
    require(np.array_equal(second.play(), expected), "a loaded state sounds different")
    print("state       saved, loaded, the same samples")


def main():
    require(len(sys.argv) == 2, "expected one argument, the bundle; see the head of this file")
    bundle = Path(sys.argv[1])
    require(bundle.exists(), f"{bundle} does not exist; run: cargo xtask bundle")
    instrument = Instrument(bundle)
    check_parameters(instrument)
    chord = instrument.play()
    check_sound(chord)
    check_latent(Instrument(bundle), chord)
    check_pitch(instrument, chord)
    check_state(bundle)


main()
