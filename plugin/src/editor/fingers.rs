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
use egui::{Key, Ui};
use std::sync::Arc;

/// The computer's keys in the order of the semitones from C: two rows, as on a piano.
pub(super) const TYPED: [(Key, &str); 18] = [
    (Key::A, "A"),
    (Key::W, "W"),
    (Key::S, "S"),
    (Key::E, "E"),
    (Key::D, "D"),
    (Key::F, "F"),
    (Key::T, "T"),
    (Key::G, "G"),
    (Key::Y, "Y"),
    (Key::H, "H"),
    (Key::U, "U"),
    (Key::J, "J"),
    (Key::K, "K"),
    (Key::O, "O"),
    (Key::L, "L"),
    (Key::P, "P"),
    (Key::Semicolon, ";"),
    (Key::Quote, "'"),
];
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

    /// Follows the computer's keys, unless they are for something else.
    pub(super) fn follow_keys(&mut self, ui: &Ui, may_play: bool) {
        let context = ui.ctx();
        let may_play = may_play && !context.text_edit_focused();
        let (pressed, down, is_plain) = context.input(|input| {
            let pressed = TYPED.iter().map(|(key, _)| input.key_pressed(*key));
            let down = input.keys_down.clone();
            (pressed.collect::<Vec<_>>(), down, input.modifiers.is_none())
        });
        let (over, kept): (Vec<_>, Vec<_>) = std::mem::take(&mut self.typed)
            .into_iter()
            .partition(|(key, _)| !may_play || !down.contains(key));
        self.typed = kept;
        for (_, note) in over {
            self.up(note);
        }
        if !may_play || !is_plain {
            return;
        }
        self.shift(ui);
        for (semitone, ((key, _), is_pressed)) in (0u8..).zip(TYPED.iter().zip(pressed)) {
            let is_held = self.typed.iter().any(|(held, _)| held == key);
            if is_pressed && !is_held {
                let note = self.first.saturating_add(semitone).min(127);
                self.typed.push((*key, note));
                self.down(note, TYPED_VELOCITY);
            }
        }
    }

    /// Z and X go an octave down and up.
    fn shift(&mut self, ui: &Ui) {
        let [lower, higher] = [Key::Z, Key::X].map(|key| ui.input(|input| input.key_pressed(key)));
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
