//! Which of the computer's keys are for the window, and which ones stay the host's.
//!
//! ```text
//!  a control, a line or a list has the focus ─► all of them
//!  else ─► the letters that play, without modifiers; undo, with command; tab, escape
//!          space still starts and stops the host, and its shortcuts are its own
//! ```

use super::{Editor, fingers};
use crate::settings::Letters;
use nice_plug_egui::{Key, KeyCapture};

/// What the window wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Every key.
    All,
    /// Those that work wherever one is.
    Few {
        /// The letters play notes now.
        letters: Option<Letters>,
        /// Z and Y undo and redo now.
        steps: bool,
    },
}

impl Editor {
    /// Which keys are for the window now.
    pub(super) fn wants_keys(&self, context: &egui::Context) -> Wanted {
        let has_focus = context.memory(|memory| memory.focused().is_some());
        if has_focus || self.presets.is_open() || egui::Popup::is_any_open(context) {
            return Wanted::All;
        }
        let (settings, modifiers) = (self.settings.get(), context.input(|input| input.modifiers));
        let plays = settings.typing && modifiers.is_none();
        Wanted::Few {
            letters: plays.then_some(settings.letters),
            steps: modifiers.command,
        }
    }
}

/// The same for the toolkit.
pub(super) fn capture(wanted: Wanted) -> KeyCapture {
    let Wanted::Few { letters, steps } = wanted else {
        return KeyCapture::CaptureAll;
    };
    let played = letters.map(fingers::typed);
    let played = played
        .iter()
        .flat_map(|(keys, octaves)| keys.iter().chain(octaves));
    let played = played.map(|key| key.name().to_lowercase());
    let steps = ["z", "Z", "y"].into_iter().filter(|_| steps);
    let always = ["Tab", "Escape"]
        .into_iter()
        .chain(steps)
        .map(str::to_owned);
    let taken = played
        .chain(always)
        .filter_map(|name| name.parse::<Key>().ok());
    KeyCapture::CaptureKeys(taken.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The space bar, the arrows and all shortcuts are the host's until something here has the focus.
    #[test]
    fn the_host_keeps_its_keys() {
        let taken = |letters, steps| match capture(Wanted::Few { letters, steps }) {
            KeyCapture::CaptureKeys(keys) => keys,
            _ => panic!("only some keys"),
        };
        let key = |name: &str| name.parse::<Key>().unwrap();
        let (playing, command) = (taken(Some(Letters::Qwertz), false), taken(None, true));
        for name in ["a", "w", "p", "x", "z", "Tab", "Escape"] {
            assert!(playing.contains(&key(name)), "{name}");
        }
        for name in [" ", "ArrowLeft", "Enter", "m"] {
            assert!(!playing.contains(&key(name)), "{name}");
        }
        assert!(!command.contains(&key("s")) && command.contains(&key("z")));
        assert!(!taken(None, false).contains(&key("z")));
    }
}
