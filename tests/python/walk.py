"""The walk of a new player through the window: what is done, in which order, and what it is called.

Every step is a row: the picture's name, what it shows, what the hands do, and what must be so
afterwards that was not so before. To add one, write a row; `cargo xtask screenshots` says which words the window has when it does not find yours.
"""

import time

from desk import SECONDARY
from player import CONTROLLER, NOTE_OFF, NOTE_ON

CHORD = (48, 55, 60, 64, 67)


def click(label, role=None):
    return lambda player: player.desk.click(*player.at(label, role=role))


def right_click(label, role=None):
    return lambda player: player.desk.click(*player.at(label, role=role), button=SECONDARY)


def wheel(label, lines):
    return lambda player: player.desk.scroll(*player.at(label), lines)


def drag(label, *shares):
    """Drags inside a control, through places given as shares of its width and height."""
    return lambda player: player.desk.drag([player.at(label, share) for share in shares])


def play(*keys):
    def strike(player):
        for key in keys:
            player.send(NOTE_ON, key, 100)

    return strike


def let_go(*keys):
    def release(player):
        for key in keys:
            player.send(NOTE_OFF, key, 0)

    return release


def turn(controller, *values):
    """Turns a knob of the player's MIDI keyboard through some values."""

    def send(player):
        for value in values:
            player.send(CONTROLLER, controller, value)
            time.sleep(0.05)

    return send


def wait(seconds):
    return lambda _: time.sleep(seconds)


def reopen():
    return lambda player: player.reopen()


def sees(label, role=None):
    """The window has this afterwards, and had not before."""
    return lambda player: player.has(label, role)


def lacks(label, role=None):
    """The other way round."""
    return lambda player: not player.has(label, role)


def moved(label):
    """A control stands elsewhere than before."""
    return lambda player: player.value(label)


def is_light(player):
    return player.desk.picture().mean() > 128


# name, what the picture shows, what the hands do, what must be another one afterwards
MAP = "Map of all latents"
WALK = [
    ("open", "The window as it first opens, with its hints.", [wait(0.5)], sees("Never show again")),
    ("presets", "The browser of presets.", [click("Never show again"), click("Preset: ")], sees("Save as…")),
    ("preset", "A preset is chosen.", [click("Concert Grand", "ListItem"), click("Close")], sees("Preset: Concert Grand")),
    ("play", "A chord is held: keys, ring, spectrum, voices.", [play(*CHORD), wait(1.5)], sees("5 of ")),
    ("map", "A drag on the map moves all latents.", [drag(MAP, (0.5, 0.5), (0.7, 0.35)), wait(0.3)], moved("Latent 3")),
    ("menu", "A right click on a latent.", [right_click("Latent 4")], sees("Learn controller")),
    ("learn", "The latent waits for a controller.", [click("Learn controller")], lacks("Learn controller")),
    ("learnt", "A knob was turned: it moves the latent.", [turn(30, 20, 60, 100), wait(0.3)], moved("Latent 4")),
    ("controllers", "What moves what.", [click("Controllers", "Tab")], sees("Factory map")),
    ("record", "A movement is being drawn on the map.", [
        click("Map", "Tab"),
        wheel("Movement Record", 3),
        drag(MAP, (0.2, 0.5), (0.5, 0.2), (0.8, 0.5), (0.5, 0.8), (0.25, 0.55)),
    ], moved("Latent 3")),
    ("movement", "It plays, and can be bent by its points.", [
        wheel("Movement Record", -3),
        wheel("Movement", 3),
        wait(0.5),
    ], sees("Movement point 1 of ")),
    ("sound", "The page of the sound.", [click("Sound", "Tab")], sees("Tilt")),
    ("modulation", "What moves by itself.", [click("Modulation", "Tab")], sees("LFO 1 Shape")),
    ("light", "Light colours.", [click("Settings", "Tab"), click("Light"), click("Map", "Tab"), wait(0.3)], is_light),
    ("save", "The sound gets a name.", [
        let_go(*CHORD),
        click("Settings", "Tab"),
        click("Dark"),
        click("Map", "Tab"),
        click("Preset: "),
        click("Save as…"),
        wait(0.2),
    ], sees("Cancel")),
    ("saved", "It is a preset among the others.", [click("Save", "Button"), click("Preset: ")], lacks("Cancel")),
    ("reopen", "The project is closed and opened again.", [reopen(), play(*CHORD), wait(1.0)], sees("5 of ")),
]
