//! The keys that the window itself holds down: by pointer, by the computer's keys.
//!
//! ```text
//!  pointer on the keyboard ─┐
//!  computer's keys ─────────┴─► Fingers ─► Press down, Press up ─► Screen ─► the next call
//! ```
//!
//! *Promise:* a key that goes down comes up: when it is let go, when the window loses the computer's
//! keys, and when it closes.

use crate::screen::{Press, Screen};
use crate::settings::Letters;
use egui::{Event, Key, Ui};
use std::sync::Arc;

/// The computer's keys in the order of the semitones from C: two rows, as on a piano. The toolkit
/// tells letters and not places, and of what is no letter nothing.
type Typed = [Key; 16];

/// The same for every layout, and the two keys that go an octave down and up.
pub(super) fn typed(letters: Letters) -> (&'static Typed, [Key; 2]) {
    use Key::{A, D, E, F, G, H, J, K, L, O, P, Q, S, T, U, W, X, Y, Z};
    const QWERTY: Typed = [A, W, S, E, D, F, T, G, Y, H, U, J, K, O, L, P];
    const QWERTZ: Typed = [A, W, S, E, D, F, T, G, Z, H, U, J, K, O, L, P];
    const AZERTY: Typed = [Q, Z, S, E, D, F, T, G, Y, H, U, J, K, O, L, P];
    match letters {
        Letters::Qwerty => (&QWERTY, [Z, X]),
        Letters::Qwertz => (&QWERTZ, [Y, X]),
        Letters::Azerty => (&AZERTY, [W, X]),
    }
}

/// How hard the computer's keys strike.
const TYPED_VELOCITY: f32 = 0.8;
/// The C that the first of the computer's keys plays, and how low and high it may be put.
const FIRST: (u8, u8, u8) = (60, 24, 96);

/// What is held.
pub(super) struct Fingers {
    screen: Arc<Screen>,
    /// By the pointer.
    pointed: Option<u8>,
    /// By the computer's keys.
    typed: Vec<(Key, u8)>,
    first: u8,
}

impl Fingers {
    /// Nothing is held.
    pub(super) fn new(screen: Arc<Screen>) -> Self {
        Self {
            screen,
            pointed: None,
            typed: Vec::new(),
            first: FIRST.0,
        }
    }

    /// The MIDI key of the first of the computer's keys.
    pub(super) fn first(&self) -> u8 {
        self.first
    }

    /// The pointer holds this key, or none; one that it has left comes up.
    pub(super) fn point(&mut self, wanted: Option<(u8, f32)>) {
        let key = wanted.map(|(key, _)| key);
        if key == self.pointed {
            return;
        }
        if let Some(left) = std::mem::replace(&mut self.pointed, key) {
            self.up(left);
        }
        if let Some((key, velocity)) = wanted {
            self.down(key, velocity);
        }
    }

    /// Follows the computer's keys, where they play; none, where they do not.
    pub(super) fn follow_keys(&mut self, ui: &Ui, letters: Option<Letters>) {
        let context = ui.ctx();
        let (down, is_plain) =
            context.input(|input| (input.keys_down.clone(), input.modifiers.is_none()));
        let letters = letters.filter(|_| is_plain && !context.text_edit_focused());
        // A letter that comes up while another modifier is down is another letter for the toolkit:
        // with it all come up.
        let (over, kept): (Vec<_>, Vec<_>) = std::mem::take(&mut self.typed)
            .into_iter()
            .partition(|(key, _)| letters.is_none() || !down.contains(key));
        self.typed = kept;
        for (_, note) in over {
            self.up(note);
        }
        let Some(letters) = letters else {
            return;
        };
        let (keys, octaves) = typed(letters);
        // Not what repeats: a letter that came up for shift would be struck again.
        let strikes = |event: &Event, wanted: Key| matches!(event, Event::Key { key, pressed: true, repeat: false, .. } if *key == wanted);
        let is_pressed =
            |key: Key| context.input(|input| input.events.iter().any(|event| strikes(event, key)));
        self.shift(octaves.map(is_pressed));
        for (semitone, key) in (0u8..).zip(keys) {
            let is_held = self.typed.iter().any(|(held, _)| held == key);
            if is_pressed(*key) && !is_held {
                let note = self.first.saturating_add(semitone).min(127);
                self.typed.push((*key, note));
                self.down(note, TYPED_VELOCITY);
            }
        }
    }

    /// An octave down or up.
    fn shift(&mut self, [lower, higher]: [bool; 2]) {
        let (_, lowest, highest) = FIRST;
        if lower {
            self.first = (self.first - 12).max(lowest);
        }
        if higher {
            self.first = (self.first + 12).min(highest);
        }
    }

    fn down(&self, key: u8, velocity: f32) {
        self.screen.press(Press {
            key,
            velocity: Some(velocity),
        });
    }

    /// Comes up, unless another finger holds it.
    fn up(&self, key: u8) {
        let is_held = self.pointed == Some(key) || self.typed.iter().any(|(_, held)| *held == key);
        if !is_held {
            self.screen.press(Press {
                key,
                velocity: None,
            });
        }
    }
}

impl Drop for Fingers {
    fn drop(&mut self) {
        self.point(None);
        for (_, note) in std::mem::take(&mut self.typed) {
            self.up(note);
        }
    }
}
