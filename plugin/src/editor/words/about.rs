//! What every parameter does, in plain words: what stands under the pointer.
//!
//! ```text
//!  identifier ─► stem ─► words
//! ```

use crate::explore::parted;

/// What a parameter does; numbered ones by their stem.
pub(crate) fn about(id: &str) -> Option<&'static str> {
    let (stem, _) = parted(id);
    let own = WORDS.iter().find(|(own, _)| *own == stem);
    own.map(|(_, words)| *words)
}

/// By stem, in the order of the table of parameters.
const WORDS: [(&str, &str); 59] = [
    (
        "latent",
        "One direction in which the model's sounds differ; the name says what changes most.",
    ),
    (
        "chroma",
        "Which pitch class colours the timbre: the key's own, or one for every key.",
    ),
    (
        "phase",
        "How frames become sound: stored phase, or found from the magnitudes; Refined costs most and is the clearest.",
    ),
    ("octave", "Plays every key so many octaves higher or lower."),
    (
        "fine",
        "Tunes everything up or down by up to a semitone; 100 ct are one.",
    ),
    ("bend", "How far the pitch wheel bends, in semitones."),
    ("attack", "How long a note takes to reach its loudness."),
    (
        "decay",
        "How long it then takes to fall to the level of Sustain.",
    ),
    ("sustain", "How loud a held note stays."),
    (
        "release",
        "How long a note sounds on after its key comes up.",
    ),
    (
        "velocity",
        "How much softer a soft stroke is; at 0 % every stroke is as loud.",
    ),
    (
        "gain",
        "How loud everything is; all the way down is silence.",
    ),
    (
        "voices",
        "How many notes may sound at once; a further one takes the place of the quietest.",
    ),
    (
        "economy",
        "Computes fewer frames: cheaper, with slower changes of timbre.",
    ),
    (
        "morph",
        "Between the models A to D: 0 is A, 1 is B, halfway is half of each.",
    ),
    (
        "time_speed",
        "How fast a note lives through its own time; below zero it runs backwards.",
    ),
    ("freeze", "Holds the timbre at one moment of the note."),
    ("freeze_point", "The moment that Freeze holds."),
    ("vibrato_rate", "How fast the vibrato is."),
    (
        "vibrato_depth",
        "How far it bends the pitch; the modulation wheel adds to it.",
    ),
    (
        "vibrato_delay",
        "How long a note waits before its vibrato begins.",
    ),
    (
        "vibrato_jitter",
        "How unsteady the vibrato is, as with a player.",
    ),
    ("drift", "How far the pitch of a held note wanders."),
    (
        "natural_tuning",
        "How far the pitch follows the recorded instruments' own, off the tuning.",
    ),
    (
        "noise",
        "How loud breath, bow and hammer are beside the tone.",
    ),
    (
        "inharmonicity",
        "How far the partials of strings and bells are stretched; 100 % is as recorded.",
    ),
    (
        "tilt",
        "Darker to the left, brighter to the right, in decibels per octave.",
    ),
    (
        "formant",
        "Shifts the body of the sound without the pitch, in semitones.",
    ),
    (
        "formant_follow",
        "How far the body goes along with a bend or a glide; at 0 % it stays in its place.",
    ),
    ("width", "How far left and right differ."),
    (
        "play_mode",
        "Poly: each key has a note. Mono: the last key has it. Legato: it goes on sounding.",
    ),
    ("glide", "The time from one pitch to the next."),
    (
        "glide_mode",
        "Glides always, or only while another key is down.",
    ),
    ("unison", "How many voices each note takes."),
    (
        "unison_detune",
        "How far they lie apart in pitch, lowest to highest.",
    ),
    ("unison_spread", "How far they lie apart among the latents."),
    (
        "unison_width",
        "How far they lie apart between left and right.",
    ),
    (
        "mpe",
        "For keyboards whose keys bend and press by themselves: which channels are theirs.",
    ),
    ("mpe_bend", "How far a single key bends, in semitones."),
    (
        "movement_record",
        "Writes down how the latents move until it is switched off.",
    ),
    (
        "movement",
        "How the recorded movement plays: once, in a loop, to and fro.",
    ),
    (
        "movement_for",
        "One movement for all notes, or each note from its beginning.",
    ),
    ("movement_sync", "Follows the host's beats."),
    ("movement_speed", "How fast the movement plays."),
    ("movement_depth", "How far the latents follow the movement."),
    ("lfo_shape", "The course that repeats."),
    ("lfo_rate", "How often it repeats in a second."),
    (
        "lfo_sync",
        "Lasts so long in the host's beats, instead of by its rate.",
    ),
    ("lfo_phase", "Where in its course it begins."),
    ("lfo_fade", "How long it takes to come in."),
    (
        "lfo_trigger",
        "Begins with every note, or runs for all notes together.",
    ),
    (
        "lfo_seed",
        "Which of the random courses it takes; the same number is the same course.",
    ),
    ("env_attack", "How long the contour takes to its height."),
    (
        "env_decay",
        "How long it then takes to fall to the level of Sustain.",
    ),
    ("env_sustain", "Where it stays while the key is held."),
    ("env_release", "How long it takes back to nothing."),
    ("mod_source", "What moves the target."),
    ("mod_target", "What is moved."),
    ("mod_depth", "How far, and which way."),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::tests::slots;
    use crate::library::tests::tiny;
    use crate::parameters::Parameters;

    /// Every parameter that the player sees is explained, in a sentence that ends, and no sentence
    /// explains what is not there.
    #[test]
    fn every_parameter_is_explained() {
        let header = tiny(8).description.header.clone();
        let parameters = Parameters::new(&header, slots(8));
        let ids: Vec<&str> = parameters.table().iter().map(|entry| entry.id).collect();
        for id in ids.iter().filter(|id| **id != "changes") {
            let words = about(id).unwrap_or_else(|| panic!("{id} is explained"));
            assert!(words.ends_with('.') && words.len() < 140, "{id}: {words}");
        }
        for (stem, _) in WORDS {
            assert!(ids.iter().any(|id| parted(id).0 == stem), "{stem} exists");
        }
    }
}
