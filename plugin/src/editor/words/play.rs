//! The page to play on.
//!
//! ```text
//!  latents   map        spectrum
//!                       spectrogram
//!  ring      keyboard
//! ```

/// What the model's sounds differ in.
pub(crate) mod latents {
    pub(crate) const HEADING: &str = "LATENTS";

    /// A latent without a name of its own.
    pub(crate) fn unnamed(number: usize) -> String {
        format!("Latent {number}")
    }

    /// A latent by its number and, if it has one, its name.
    pub(crate) fn in_list(number: usize, name: Option<&str>) -> String {
        match name {
            Some(name) => format!("Latent {number}  {name}"),
            None => unnamed(number),
        }
    }
}

/// The map and what stands in its heading and along its edges.
pub(crate) mod map {
    pub(crate) const HEADING: &str = "MAP";
    /// What it shows, for those who hear the window.
    pub(crate) const NAME_ALL: &str = "Map of all latents";
    /// What the dots are coloured by: on the button, and whole.
    pub(crate) const INSTRUMENT: &str = "Instrument";
    pub(crate) const BY_INSTRUMENT: &str = "Colour by instrument";
    pub(crate) const NOTE: &str = "Note";
    pub(crate) const BY_NOTE: &str = "Colour by note";
    pub(crate) const AUDITION: &str = "Audition";
    pub(crate) const AUDITION_HINT: &str = "Play a sound for a moment when you click on it.";
    /// Its two planes.
    pub(crate) const ALL: &str = "All latents";
    pub(crate) const ALL_HINT: &str =
        "Sounds that are alike lie together. A drag moves all latents.";
    pub(crate) const TWO: &str = "Two latents";
    pub(crate) const TWO_HINT: &str =
        "One latent across, one up: choose them with the numbers along the edges.";
    pub(crate) const FARTHER: &str = "Farther";
    pub(crate) const CLOSER: &str = "Closer";
    pub(crate) const WHOLE: &str = "Whole map";
    pub(crate) const POINT_HINT: &str =
        "Drag to bend the movement; right-click to straighten it here.";

    /// Two latents, by their numbers.
    pub(crate) fn name_two(across: usize, up: usize) -> String {
        format!("Map of latents {across} and {up}")
    }

    /// A place of the movement that can be taken.
    pub(crate) fn point(number: usize, count: usize) -> String {
        format!("Movement point {number} of {count}")
    }

    /// Chooses a latent for an axis.
    pub(crate) fn across(number: usize) -> String {
        format!("Latent {number} across")
    }

    pub(crate) fn up(number: usize) -> String {
        format!("Latent {number} up")
    }

    pub(crate) fn goes_across(latent: &str) -> String {
        format!("{latent} goes across on the map")
    }

    pub(crate) fn goes_up(latent: &str) -> String {
        format!("{latent} goes up on the map")
    }
}

/// What is heard now.
pub(crate) mod spectrum {
    pub(crate) const HEADING: &str = "SPECTRUM";
    pub(crate) const NAME: &str = "Spectrum of the sound";
    pub(crate) const NOISE: &str = "noise";
    pub(crate) const TONE: &str = "tone";
    /// Frequencies that are named.
    pub(crate) const MARKS: [(f64, &str); 3] =
        [(100.0, "100"), (1_000.0, "1k"), (10_000.0, "10k Hz")];

    pub(crate) fn level(level_db: f32) -> String {
        format!("{level_db:.0} dB")
    }
}

/// What has been heard.
pub(crate) mod spectrogram {
    pub(crate) const HEADING: &str = "LAST 4 SECONDS";
    pub(crate) const NAME: &str = "Spectrogram of the sound";
}

/// The pitch class that colours the timbre.
pub(crate) mod ring {
    /// Every key has its own.
    pub(crate) const PLAYED: &str = "played";

    /// A pitch class, for those who hear the window.
    pub(crate) fn colour(class: &str) -> String {
        format!("Colour of {class}")
    }

    pub(crate) fn is_chosen(class: &str) -> String {
        format!("Every key has the colour of {class}; a click ends that")
    }

    pub(crate) fn can_be_chosen(class: &str) -> String {
        format!("A click gives every key the colour of {class}")
    }
}

/// The keys.
pub(crate) mod keyboard {
    pub(crate) const NAME: &str = "Keyboard";
    pub(crate) const HINT: &str = "Click to play; further down on a key is harder. Letters: the \
                                   computer's keys; the first two of the lowest row go an octave \
                                   down and up. Settings has their layout.";
    const CLASSES: [&str; 12] = [
        "C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B",
    ];

    /// A MIDI key by name: 60 is C4.
    pub(crate) fn key(note: u8) -> String {
        let octave = i16::from(note / 12) - 1;
        format!("{}{octave}", CLASSES[usize::from(note % 12)])
    }
}

#[cfg(test)]
mod tests {
    use super::keyboard::key;

    /// Middle C is C4, as most makers count.
    #[test]
    fn keys_have_their_names() {
        assert_eq!(
            [key(60), key(0), key(69), key(22)],
            ["C4", "C-1", "A4", "A#0"]
        );
    }
}
