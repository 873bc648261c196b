//! The window: what the player sees of the instrument, and moves with the pointer.
//!
//! ```text
//!  ┌───────────────────────── header ──────────────────────────┐   parameters ──► views
//!  │ Sound · Modulation · Playing · Controllers                │
//!  │ latents: 8 sliders │ pad: 2 latents,   │ spectrum of the  │   telemetry  ──► header, spectrum
//!  │                    │ training sounds   │ newest note      │   model      ──► header, pad
//!  ├──────── time, tone, pitch, width of a model of partials ──┤
//!  ├───────────────── the other parameters ────────────────────┤
//!  └───────────────────────────────────────────────────────────┘   gestures   ──► host ──► parameters
//! ```
//!
//! It holds the parameters, the model's description and the engine's telemetry: no reference into
//! the engine. It repaints while something sounds or moves, and rests otherwise.

mod compact;
mod controls;
mod drawing;
mod files;
mod gesture;
mod hand;
mod header;
mod latents;
mod layout;
mod level;
mod map;
mod menu;
mod models;
mod modulation;
mod movement;
mod pad;
mod performance;
mod playing;
mod presets;
mod slider;
mod spectrum;
mod steps;
mod tabs;
#[cfg(test)]
mod tests;
mod theme;
mod tuning;
mod window;

pub use window::Window;

use crate::library::{self, Description};
use crate::parameters::Parameters;
use crate::tuning::Folder;
use betwixt_engine::Telemetry;
use nice_plug::prelude::{Param, ParamSetter};
use nice_plug_egui::RepaintNotifier;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Time between two pictures while something sounds.
const PICTURE: Duration = Duration::from_millis(33);
/// Below this peak the picture stands still.
const STILL: f32 = 1e-4;

/// What the shell tells the window: whose numbers to show, and that there is something to see.
#[derive(Default)]
pub(crate) struct Screen {
    telemetry: Mutex<Arc<Telemetry>>,
    repaint: RepaintNotifier,
    /// The player wants every sound to end.
    silence: AtomicBool,
}

impl Screen {
    /// A new engine plays: its numbers are shown from now on. Not for the audio thread.
    pub(crate) fn show(&self, telemetry: Arc<Telemetry>) {
        *self.lock() = telemetry;
        self.wake();
    }

    /// Asks for a picture; one atomic store, from any thread.
    pub(crate) fn wake(&self) {
        self.repaint.request_repaint();
    }

    /// Every sound is to end at once.
    pub(crate) fn silence(&self) {
        self.silence.store(true, Relaxed);
    }

    /// Whether every sound is to end, since the last time that this was asked; one atomic look.
    pub(crate) fn take_silence(&self) -> bool {
        self.silence.load(Relaxed) && self.silence.swap(false, Relaxed)
    }

    fn telemetry(&self) -> Arc<Telemetry> {
        Arc::clone(&self.lock())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Arc<Telemetry>> {
        self.telemetry
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Everything that the views read.
pub(crate) struct Editor {
    parameters: Arc<Parameters>,
    /// The model that is heard most.
    model: Arc<Description>,
    models: models::Panel,
    screen: Arc<Screen>,
    cloud: pad::Cloud,
    map_view: map::View,
    movement: movement::View,
    presets: presets::View,
    tab: tabs::Tab,
    limiter: level::Limiter,
    tuning: tuning::Panel,
    steps: steps::View,
}

impl Editor {
    /// An editor of these parameters.
    pub(crate) fn new(parameters: Arc<Parameters>, screen: Arc<Screen>) -> Self {
        let model = Arc::clone(&library::factory()[0].description);
        let mut editor = Self {
            cloud: pad::Cloud::new(&model),
            map_view: map::View::new(),
            movement: movement::View::new(),
            presets: presets::View::of_the_user(),
            tab: tabs::Tab::default(),
            limiter: level::Limiter::default(),
            parameters,
            models: models::Panel::new(),
            model,
            screen,
            tuning: tuning::Panel::new(Folder::of_the_user()),
            steps: steps::View::default(),
        };
        editor.follow_model();
        editor
    }

    /// Shows the model that is heard most; while it is looked for, the one before.
    fn follow_model(&mut self) {
        let heard = self.heard_slots()[0];
        let found = &self.parameters.slots.found()[heard];
        let description = found.description();
        if let Some(model) = description.filter(|model| !Arc::ptr_eq(model, &self.model)) {
            self.cloud = pad::Cloud::new(model);
            self.model = Arc::clone(model);
        }
    }

    /// The slots that are heard: the one that is heard most, and the other.
    fn heard_slots(&self) -> [usize; 2] {
        let place = self.morph();
        let nearest = layout::whole(place.round());
        let others = [place.floor(), place.ceil()].map(layout::whole);
        let other = if others[0] == nearest {
            others[1]
        } else {
            others[0]
        };
        [nearest, other].map(|slot| self.parameters.slots.heard(slot))
    }

    /// Whether the model that is heard most is there.
    fn model_is_here(&self) -> bool {
        let heard = self.heard_slots()[0];
        self.parameters.slots.found()[heard].description().is_some()
    }

    /// Where the morph stands, held by a controller or set.
    fn morph(&self) -> f32 {
        let morph = &self.parameters.morph;
        let place = self.parameters.place_of(morph);
        let held = place.and_then(|place| self.parameters.controllers.position(place));
        held.map_or_else(
            || morph.unmodulated_plain_value(),
            |held| morph.preview_plain(held),
        )
    }

    /// Paints the window's whole body and follows the pointer.
    pub(crate) fn ui(&mut self, ui: &mut egui::Ui, setter: &ParamSetter<'_>) {
        self.follow_model();
        // What has been learnt while the window was closed, or just now.
        self.parameters.map.settle();
        let telemetry = self.screen.telemetry();
        let parameters = Arc::clone(&self.parameters);
        let hand = hand::Hand::new(setter, &parameters);
        let areas = layout::Areas::of(ui.max_rect());
        ui.painter()
            .rect_filled(ui.max_rect(), 0.0, theme::BACKGROUND);
        header::paint(ui, areas.header, self, &telemetry);
        models::paint(ui, areas.header, self, &hand);
        tuning::paint(ui, areas.header, self, &hand);
        presets::paint(ui, areas.header, self, &hand);
        self.tab = tabs::paint(ui, steps::beside(areas.tabs), self.tab);
        steps::paint(ui, areas.tabs, self, &hand);
        self.page(ui, &areas, &telemetry, &hand);
        if !ui.input(|input| input.pointer.any_down()) {
            parameters.history.close();
        }
        if parameters.map.armed().is_some() {
            ui.ctx().request_repaint_after(PICTURE);
        }
        if telemetry.voices() > 0 || telemetry.peak() > STILL {
            ui.ctx().request_repaint_after(PICTURE);
        }
    }

    fn page(
        &mut self,
        ui: &mut egui::Ui,
        areas: &layout::Areas,
        telemetry: &Telemetry,
        hand: &hand::Hand<'_>,
    ) {
        if self.presets.is_open() {
            presets::browse(ui, areas.page, self, hand);
            return;
        }
        match self.tab {
            tabs::Tab::Sound => {
                latents::paint(ui, areas.latents, self, hand);
                pad::paint(ui, areas.pad, self, telemetry, hand);
                spectrum::paint(ui, areas.spectrum, telemetry);
                performance::paint(ui, areas.performance, self, hand);
                controls::paint(ui, areas.controls, self, hand);
            }
            tabs::Tab::Modulation => modulation::paint(ui, areas.page, self, hand),
            tabs::Tab::Playing => playing::paint(ui, areas.page, self, hand),
            tabs::Tab::Controllers => map::paint(ui, areas.page, self),
        }
    }
}
