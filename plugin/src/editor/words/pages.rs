//! The pages behind the tabs but the first one; modulation has a file of its own.
//!
//! ```text
//!  sound   playing, movement   controllers   settings
//! ```

/// What a model of partials can be asked for, loudness, pitch.
pub(crate) mod sound {
    pub(crate) const TIME: &str = "TIME";
    pub(crate) const STEREO: &str = "STEREO";
    pub(crate) const TONE: &str = "TONE";
    pub(crate) const PITCH: &str = "PITCH";
    pub(crate) const LOUDNESS: &str = "LOUDNESS";
    pub(crate) const PITCH_AND_VOICES: &str = "PITCH AND VOICES";
    /// Why controls are dimmed.
    pub(crate) const UNREAD: &str = "not read by this model: it draws frames, not partials";
}

/// How keys become notes.
pub(crate) mod playing {
    pub(crate) const KEYS: &str = "KEYS";
    pub(crate) const KEYS_HINT: &str = "Poly: every key has its note. Mono: the last key has it, \
                                        and strikes it anew. Legato: the last key takes the \
                                        sounding note over. Glide is the time from one pitch to \
                                        the next; always, or only while another key is down.";
    pub(crate) const UNISON: &str = "UNISON";
    pub(crate) const UNISON_HINT: &str = "How many of the voices a note takes. Detune: cents from \
                                          the lowest to the highest. Spread: how far apart they \
                                          lie among the latents. Width: between left and right.";
    pub(crate) const MPE: &str = "MPE";
    pub(crate) const MPE_HINT: &str = "Lower zone: channels 2 to 16 under channel 1. Upper zone: \
                                       1 to 15 under 16. Both: 2 to 8, and 9 to 15. A keyboard \
                                       that asks for its zones by itself has them. Where pressure \
                                       and slide go stands under Modulation.";
}

/// The recorded movement of the latents.
pub(crate) mod movement {
    pub(crate) const HEADING: &str = "MOVEMENT";
    pub(crate) const RECORDING: &str = "recording";
    pub(crate) const HINT: &str = "While Record is on, the latents are written down as pointer, \
                                   controllers or automation move them. Then the movement plays: \
                                   once, in a loop, to and fro.";
    pub(crate) const EMPTY: &str = "Nothing has been recorded yet.";
    pub(crate) const CLEARED: &str = "Nothing moves any more.";
    /// The title of the system's dialog, and what it calls the files.
    pub(crate) const DIALOG: &str = "Import a movement";
    pub(crate) const FILES: &str = "Movements";

    /// How long it is, in seconds and perhaps in beats, and what it moves.
    pub(crate) fn about(length_s: f32, beats: Option<f32>, latents: &str) -> String {
        match beats {
            Some(beats) => format!("{length_s:.2} s, {beats} beats: {latents}"),
            None => format!("{length_s:.2} s: {latents}"),
        }
    }
}

/// The map of controllers.
pub(crate) mod controllers {
    pub(crate) const HEADING: &str = "CONTROLLERS";
    pub(crate) const EMPTY: &str = "No controller moves anything.";
    /// The columns of the map; the last one has the button that removes.
    pub(crate) const COLUMNS: [&str; 8] = [
        "source",
        "channel",
        "moves",
        "from",
        "to",
        "curve",
        "takes over",
        "",
    ];
    pub(crate) const REMOVE: &str = "Remove";
    pub(crate) const ANY_CHANNEL: &str = "any";
    /// How a controller takes over.
    pub(crate) const AT_ONCE: &str = "at once";
    pub(crate) const SOFTLY: &str = "softly";
    pub(crate) const SAVE_DEFAULT: &str = "Save as my default";
    pub(crate) const FACTORY: &str = "Factory map";
    pub(crate) const FACTORY_TAKEN: &str = "The map of the factory: CC 20 to 27 move the latents.";
    pub(crate) const HINT: &str = "A right click on a control lets it learn. Pedals (64, 66), \
                                   parameter numbers (98 to 101) and channel messages (120 to \
                                   127) keep the meaning that MIDI gives them.";
    pub(crate) const NO_FOLDER: &str =
        "This system names no folder for user data; export the map to a file instead.";
    /// The title of the system's dialog, and what it calls the files.
    pub(crate) const DIALOG: &str = "Import a map of controllers";
    pub(crate) const FILES: &str = "Maps of controllers";

    pub(crate) fn default_saved(path: &str) -> String {
        format!("{path}: saved, and new instances begin with it")
    }
}

/// What is set once for all instances.
pub(crate) mod settings {
    use std::fmt::Display;

    pub(crate) const WINDOW: &str = "WINDOW";
    pub(crate) const PLAYING: &str = "PLAYING";
    pub(crate) const FILES: &str = "FILES";
    pub(crate) const COLOURS: &str = "Colours";
    pub(crate) const DARK: &str = "Dark";
    pub(crate) const LIGHT: &str = "Light";
    pub(crate) const SIZE: &str = "Size of this window; every new one opens so";
    pub(crate) const TYPING: &str = "The computer's keys play notes while this window has them";
    pub(crate) const LETTERS: &str = "How its letters lie";
    /// The layouts, as they are called everywhere.
    pub(crate) const LAYOUTS: [&str; 3] = ["QWERTY", "QWERTZ", "AZERTY"];
    pub(crate) const HINTS: &str = "Show the hints of the first minute";
    pub(crate) const NO_FOLDER: &str = "The system names no folder for your own files.";
    /// What this is, and whose.
    pub(crate) const ABOUT: &str = concat!(
        "Betwixt ",
        env!("CARGO_PKG_VERSION"),
        ", MIT or Apache-2.0. Letters: IBM Plex Sans, SIL Open Font License 1.1."
    );

    pub(crate) fn folder(path: impl Display) -> String {
        format!("Your models, presets, tunings and maps: {path}")
    }

    pub(crate) fn unwritten(error: impl Display) -> String {
        format!("The settings could not be written: {error}")
    }
}
