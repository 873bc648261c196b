//! What sources and targets are, in the player's words.
//!
//! ```text
//!  source, target, depth ─► a sentence under the pointer
//! ```

use betwixt_engine::{Source, Target};

/// The columns of the slots.
pub(crate) const HEADINGS: [&str; 3] = ["SOURCE", "TARGET", "DEPTH"];
/// When an oscillator begins.
pub(crate) const TRIGGER: &str = "Note: each note has its own turn, from its beginning on.\n\
     Common: all notes turn together; with a length in beats, where the host is in the piece.";
/// What the seed is for.
pub(crate) const SEED: &str =
    "Which course Steps and Wander take: the same number, the same course.";

/// What a source is.
pub(crate) fn source(source: Source) -> &'static str {
    match source {
        Source::Off => "This slot moves nothing.",
        Source::Velocity => "How hard the key was struck: 0 to 1.",
        Source::Key => "The note's pitch: 0 at middle C, 1 five octaves above, -1 five below.",
        Source::Pressure => "Pressure on the key, or on the channel: 0 to 1.",
        Source::Slide => "Place along the key (slide, brightness): -1 to 1.",
        Source::Wheel => "The modulation wheel: 0 to 1.",
        Source::Random => "Another number for every note: -1 to 1.",
        Source::Lfo(_) => "The oscillator: -1 to 1.",
        Source::Envelope(_) => "The envelope: 0 to 1.",
    }
}

/// The heading of an oscillator.
pub(crate) fn lfo(number: usize) -> String {
    format!("LFO {number}")
}

/// The heading of an envelope.
pub(crate) fn envelope(number: usize) -> String {
    format!("ENVELOPE {number}")
}

/// How far a source of 1 at full depth takes a target.
fn way(target: Target) -> &'static str {
    match target {
        Target::Latent(_) => "the whole of its range",
        Target::Pitch => "an octave",
        Target::Level => "24 dB",
        Target::Pan => "the way from the middle to one side",
        Target::Speed | Target::VibratoRate | Target::Noise | Target::Inharmonicity => {
            "a factor of four"
        }
        Target::FreezePoint => "five seconds",
        Target::VibratoDepth => "100 cents",
        Target::Drift => "50 cents",
        Target::NaturalTuning | Target::Width | Target::Morph => "all of it",
        Target::Tilt => "6 dB per octave",
        Target::Formant => "two octaves",
    }
}

/// What full depth means for a target, or that the model does not have it.
pub(crate) fn target(target: Target, is_there: bool) -> String {
    if is_there {
        format!("A source of 1 at full depth moves it by {}.", way(target))
    } else {
        "This model does not have it: nothing is moved.".into()
    }
}

/// How far it goes; a negative depth moves the other way.
pub(crate) fn depth(percent: &str, target: Target) -> String {
    format!(
        "{percent} of {}, where the source stands at 1. Below zero it moves the other way.",
        way(target)
    )
}
