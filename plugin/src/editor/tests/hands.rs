//! The window's deeds over an instrument that plays: what a storm does with it.
//!
//! ```text
//!  place in the table, positions ─► Hand ─┬► host: at once, or with its next call ─► parameters
//!  place in the window ─► pointer ─► Editor ┘► history
//! ```
//!
//! *Promise:* nothing is written to the player's own folders, and no dialog of the system is opened.

use super::super::hand::Hand;
use super::super::tabs::Tab;
use super::super::{gesture, presets, tuning};
use super::bench::{Bench, SIZE};
use crate::parameters::{Kind, Parameters};
use crate::presets::Favourites;
use crate::screen::Screen;
use crate::sound::{self, Value};
use crate::tuning::Folder;
use nice_plug::prelude::{Param, ParamSetter};
use std::path::Path;
use std::sync::Arc;

use egui::{Pos2, Rect, vec2};

/// What writes files of the player's, or asks the system for one.
const APART: [&str; 7] = [
    "Browse…",
    "Export",
    "Import",
    "Replace",
    "Save",
    "Save as my default",
    "Save as…",
];

/// A window, its pointer, and a host.
pub(crate) struct Hands {
    bench: Bench,
}

/// What the pointer does at its place.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Touch {
    Click,
    RightClick,
    /// Notches of the wheel.
    Wheel(f32),
    /// Shares of the window's width and height.
    Drag(f32, f32),
}

impl Hands {
    /// A window on these parameters, which watches this screen.
    pub(crate) fn new(parameters: &Arc<Parameters>, screen: &Arc<Screen>) -> Self {
        let (parameters, screen) = (Arc::clone(parameters), Arc::clone(screen));
        screen.open();
        let mut bench = Bench::over(parameters, screen, SIZE, None);
        bench.editor.presets = presets::View::new(None, Favourites::at(None));
        bench.editor.tuning = tuning::Panel::new(Folder::at(Path::new("")));
        Self { bench }
    }

    /// Does something with the host's ear.
    pub(crate) fn with<T>(&self, act: impl FnOnce(&ParamSetter<'_>) -> T) -> T {
        let done = self.bench.with(act);
        self.bench.host.take();
        done
    }

    /// From now on the host waits with what it is told until its next call, or does not.
    pub(crate) fn set_deaf(&self, is_deaf: bool) {
        self.bench.host.set_deaf(is_deaf);
    }

    /// The host's next call.
    pub(crate) fn deliver(&self) {
        self.bench.host.deliver();
    }

    /// Takes a parameter, moves it, lets it go; without a position it goes to its default.
    pub(crate) fn gesture(&self, place: usize, positions: &[f32]) {
        let parameters = Arc::clone(&self.bench.parameters);
        self.with(|setter| {
            let hand = Hand::new(setter, &parameters);
            match parameters.table()[place].kind {
                Kind::Real(parameter) => whole(&hand, parameter, positions),
                Kind::Whole(parameter) => whole(&hand, parameter, positions),
                Kind::Switch(parameter) => whole(&hand, parameter, positions),
                Kind::Choice(_) => choose(&hand, place, positions),
            }
        });
    }

    /// What there is to see, painted.
    pub(crate) fn picture(&mut self) {
        self.bench.time_s += 2.0;
        self.bench.picture(Vec::new());
        self.bench.host.take();
    }

    /// The pointer does something at shares of the window's width and height, unless that is apart.
    pub(crate) fn touch(&mut self, [x, y]: [f32; 2], touch: Touch) {
        // On that page new instances' map can be written.
        if self.bench.editor.tab == Tab::Controllers {
            self.bench.editor.tab = Tab::Map;
        }
        let at = Pos2::new(x * SIZE.x, y * SIZE.y);
        let is_apart =
            |label: &str, bounds: Rect| APART.contains(&label) && bounds.expand(8.0).contains(at);
        let nodes = self.bench.nodes();
        if nodes.iter().any(|node| is_apart(&node.label, node.bounds)) {
            return;
        }
        self.bench.time_s += 2.0;
        match touch {
            Touch::Click => self.bench.click(at),
            Touch::RightClick => self.bench.right_click(at),
            Touch::Wheel(notches) => self.bench.wheel(at, notches),
            Touch::Drag(x, y) => self.bench.drag(at, vec2(x * SIZE.x, y * SIZE.y)),
        }
        self.picture();
    }

    /// Menus are closed, and no line is written in.
    pub(crate) fn escape(&mut self) {
        self.bench.press(egui::Key::Escape);
        self.picture();
    }

    /// Waits for what is looked for beside the window, and takes it.
    pub(crate) fn wait(&mut self) {
        while self.bench.editor.steps.is_busy() || self.bench.editor.presets.is_busy() {
            std::thread::yield_now();
            self.picture();
        }
        self.picture();
    }
}

impl Drop for Hands {
    fn drop(&mut self) {
        self.bench.editor.screen.close();
    }
}

/// One gesture, as sliders make them.
fn whole<P: Param>(hand: &Hand<'_>, parameter: &P, positions: &[f32]) {
    if positions.is_empty() {
        gesture::once(hand, parameter, parameter.default_normalized_value());
        hand.grip(parameter).release();
        return;
    }
    hand.begin(parameter);
    for position in positions {
        gesture::set(parameter, hand, *position);
    }
    hand.end(parameter, None);
}

/// One of some variants, as lists choose them.
fn choose(hand: &Hand<'_>, place: usize, positions: &[f32]) {
    let parameters = hand.parameters();
    let entry = &parameters.table()[place];
    parameters.history.begin(parameters, place, entry);
    for position in positions {
        let value = Value::at(entry.kind, *position);
        parameters.history.move_to(place, value);
        sound::tell(parameters, hand, (place, entry, value));
    }
    parameters.history.end(None);
}
