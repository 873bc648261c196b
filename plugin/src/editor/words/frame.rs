//! What stands around the pages: the header, the tabs and what lies beside them, hints, status.
//!
//! ```text
//!  presets   tuning   models   level
//!  tabs                        steps
//!  (a page, with hints)
//!  status
//! ```

/// The name of what is loaded, and the browser.
pub(crate) mod presets {
    use std::fmt::Display;

    pub(crate) const NONE: &str = "No preset";
    pub(crate) const PREVIOUS: &str = "Previous preset";
    pub(crate) const NEXT: &str = "Next preset";
    pub(crate) const SEARCH: &str = "Search";
    pub(crate) const ALL: &str = "All";
    pub(crate) const ALL_AUTHORS: &str = "All authors";
    pub(crate) const FAVOURITES: &str = "Favourites";
    /// Every parameter at its default.
    pub(crate) const INIT: &str = "Init";
    pub(crate) const SAVE_AS: &str = "Save as…";
    pub(crate) const CLOSE: &str = "Close";
    pub(crate) const READING: &str = "Reading …";
    pub(crate) const NOTHING_FOUND: &str = "No preset matches the search.";

    /// What is loaded, for those who hear the window.
    pub(crate) fn loaded(name: &str) -> String {
        format!("Preset: {name}")
    }

    /// The star of a preset, for those who hear the window.
    pub(crate) fn favourite(name: &str) -> String {
        format!("Favourite: {name}")
    }

    /// How many are found.
    pub(crate) fn count(found: usize, all: usize) -> String {
        format!("{found} of {all}")
    }

    pub(crate) fn favourites_unwritten(error: impl Display) -> String {
        format!("The favourites could not be written: {error}")
    }

    /// A file that could not be read; `others` are as bad.
    pub(crate) fn left_out(fault: impl Display, others: usize) -> String {
        match others {
            0 => format!("Left out: {fault}"),
            others => format!("Left out: {fault} (and {others} more)"),
        }
    }
}

/// The form to save a preset with.
pub(crate) mod saving {
    pub(crate) const HEADING: &str = "SAVE AS";
    pub(crate) const SAVE: &str = "Save";
    pub(crate) const REPLACE: &str = "Replace";
    pub(crate) const CANCEL: &str = "Cancel";
    pub(crate) const NAMELESS: &str = "Give it a name.";
    pub(crate) const NAME: &str = "Name";
    pub(crate) const BANK: &str = "Bank (a folder, may be empty)";
    pub(crate) const AUTHOR: &str = "Author";
    pub(crate) const TAGS: &str = "Tags, with commas";
    pub(crate) const COMMENT: &str = "Comment";
    pub(crate) const CATEGORY: &str = "Category";
}

/// The tuning in force, and its list.
pub(crate) mod tuning {
    use std::fmt::Display;

    pub(crate) const HEADING: &str = "Tuning";
    pub(crate) const SCALE: &str = "Scale";
    pub(crate) const KEYBOARD: &str = "Keyboard";
    /// A keyboard that comes without a file.
    pub(crate) const PLAIN_KEYBOARD: &str = "Every key, from middle C";
    pub(crate) const FOLLOW: &str = "Follow MTS-ESP";

    /// The tuning in force, for those who hear the window.
    pub(crate) fn in_force(name: &str) -> String {
        format!("Tuning: {name}")
    }

    pub(crate) fn folder(path: impl Display) -> String {
        format!("Files .scl and .kbm lie in {path}")
    }
}

/// The four models, and the list of each.
pub(crate) mod models {
    /// An empty slot.
    pub(crate) const NONE: &str = "–";
    pub(crate) const SEARCH: &str = "Search models";
    pub(crate) const EMPTY: &str = "Empty";
    pub(crate) const FACTORY: &str = "Factory";
    pub(crate) const YOURS: &str = "Yours";
    pub(crate) const PATH: &str = "Path of a .safetensors file";
    /// The title of the system's dialog, and what it calls the files.
    pub(crate) const DIALOG: &str = "Import a model";
    pub(crate) const FILES: &str = "Models";
    /// Two kinds of models.
    pub(crate) const PARTIALS: &str = "partials";
    pub(crate) const FRAMES: &str = "frames";

    /// A slot, as a step to undo.
    pub(crate) fn slot(slot: &str) -> String {
        format!("Model {slot}")
    }

    /// A slot and what is in it, for those who hear the window.
    pub(crate) fn in_slot(slot: &str, model: &str) -> String {
        format!("Model {slot}: {model}")
    }

    pub(crate) fn keep_in_project(size: &str) -> String {
        format!("Keep the models in the project ({size})")
    }

    pub(crate) fn folder(path: &str) -> String {
        format!("Your models lie in {path}")
    }

    pub(crate) fn not_a_model(file: &str) -> String {
        format!("{file}: not a model")
    }

    /// The last line of what there is to say of a model.
    pub(crate) fn origin(
        authors: &str,
        licence: &str,
        latents: usize,
        (kind, size): (&str, &str),
    ) -> String {
        format!("by {authors} · {licence} · {latents} latents · {kind} · {size}")
    }

    /// The size of a file.
    pub(crate) fn bytes(count: usize) -> String {
        match count {
            0..1_024 => format!("{count} B"),
            1_024..1_048_576 => format!("{} KiB", count.div_ceil(1_024)),
            _ => format!("{} MiB", count.div_ceil(1_048_576)),
        }
    }
}

/// How loud it is.
pub(crate) mod level {
    pub(crate) const PANIC: &str = "Panic";
    pub(crate) const PANIC_HINT: &str = "Ends every sound at once; no control moves.";
    pub(crate) const SILENT: &str = "silent";
    pub(crate) const LIMITER_WORKS: &str = "Limiter: holds peaks back";
    pub(crate) const LIMITER_RESTS: &str = "Limiter: rests";

    pub(crate) fn peak(peak_db: f32) -> String {
        format!("{peak_db:.1} dB")
    }
}

/// The pages.
pub(crate) mod tabs {
    pub(crate) const MAP: &str = "Map";
    pub(crate) const SOUND: &str = "Sound";
    pub(crate) const MODULATION: &str = "Modulation";
    pub(crate) const PLAYING: &str = "Playing";
    pub(crate) const CONTROLLERS: &str = "Controllers";
    pub(crate) const SETTINGS: &str = "Settings";
}

/// What has been done and what could be.
pub(crate) mod steps {
    pub(crate) const UNDO: &str = "Undo";
    pub(crate) const REDO: &str = "Redo";
    pub(crate) const NOTHING_TO_UNDO: &str = "There is nothing to undo";
    pub(crate) const NOTHING_TO_REDO: &str = "There is nothing to redo";
    pub(crate) const MUTATE: &str = "Mutate";
    pub(crate) const MUTATE_HINT: &str = "A step away from this sound";
    pub(crate) const RANDOM: &str = "Random";
    pub(crate) const RANDOM_HINT: &str = "Any sound that the model can make";
    pub(crate) const NOTHING_FOUND: &str =
        "No sound was found that is as loud and in tune: try again";
    pub(crate) const NO_MODEL: &str = "The model is missing";
    pub(crate) const LOCKS: &str = "Locks";
    pub(crate) const MUTATIONS: &str = "Mutations are";
    pub(crate) const LOCKED: &str = "Locked, never moved by them";
    /// A move on the map, and a change of the movement or the tuning, as steps to undo.
    pub(crate) const MAP: &str = "Map";
    pub(crate) const MOVEMENT: &str = "Movement";
    pub(crate) const TUNING: &str = "Tuning";

    /// What would be undone.
    pub(crate) fn undo(step: &str) -> String {
        format!("Undo: {step}")
    }

    /// What would be done again.
    pub(crate) fn redo(step: &str) -> String {
        format!("Redo: {step}")
    }

    /// Which of two sounds is heard.
    pub(crate) fn heard(own: &str) -> String {
        format!("A/B: {own}")
    }

    pub(crate) fn heard_hint(own: &str, other: &str) -> String {
        format!("{own} is heard; a click changes over to {other}")
    }

    pub(crate) fn copy(own: &str, other: &str) -> String {
        format!("Copy {own} to {other}")
    }

    /// How many locks there are.
    pub(crate) fn locks(count: usize) -> String {
        format!("Locks {count}")
    }
}

/// What to do in the first minute.
pub(crate) mod hints {
    pub(crate) const CHOOSE: &str = "1  Choose a sound here: a click opens the list";
    pub(crate) const PLAY: &str = "2  Play: here, on your own keyboard, or with the letters";
    pub(crate) const PLAY_KEYS: &str = "2  Play: here, or on your own keyboard";
    pub(crate) const DRAG: &str = "3  Drag on the map to move the sound; click a dot to hear it";
    pub(crate) const MENU: &str = "4  Right-click any control: learn, lock, type";
    pub(crate) const NOT_NOW: &str = "Not now";
    pub(crate) const NEVER: &str = "Never show again";
}

/// The last line of the window.
pub(crate) mod status {
    pub(crate) const HINT: &str = "Load: the share of its time that this instance takes, over the \
                                   last second; the worst is its most expensive call. At 100 % the \
                                   sound breaks.";
    pub(crate) const WAITING: &str =
        "The host plays nothing now: switch its audio or this track on";
    pub(crate) const HIGH: &str =
        "Nearly all the time is used: fewer voices, Economy, or longer blocks in the host";

    pub(crate) fn voices(sounding: u32, limit: u32) -> String {
        format!("{sounding} of {limit} voices")
    }

    /// Shares of the time that there is, 1 is all of it.
    pub(crate) fn load(mean: f32, worst: f32) -> String {
        let (mean, worst) = (100.0 * mean, 100.0 * worst);
        format!("load {mean:.0} %, worst {worst:.0} %")
    }

    pub(crate) fn rate(rate_hz: f32) -> String {
        format!("{} kHz", rate_hz / 1_000.0)
    }

    pub(crate) fn missing(slot: &str, problem: &str) -> String {
        format!("Model {slot} is missing: silent. {problem}")
    }

    pub(crate) fn later(count: usize) -> String {
        format!("Saved by a later version: {count} settings are kept, but not played")
    }
}
