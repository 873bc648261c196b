//! The window: what the player sees of the instrument, and moves with the pointer.
//!
//! ```text
//!  ┌───────────────────────── header ──────────────────────────┐   parameters ──► views
//!  │ Map · Sound · Modulation · Playing · Controllers · Settings   telemetry  ──► map, spectra, keys
//!  │ latents: 8 sliders │ map: training     │ spectrum         │   model      ──► map, header
//!  │                    │ sounds, voices    │ spectrogram      │   settings   ──► theme, hints
//!  ├──────── loudness: attack … gain, morph ───────────────────┤
//!  │ chroma ring │ keyboard                                    │
//!  ├─ voices · load · host · problems ─────────────────────────┤
//!  └───────────────────────────────────────────────────────────┘   gestures   ──► host ──► parameters
//! ```
//!
//! It holds the parameters, the model's description and the engine's telemetry: no reference into
//! the engine. It repaints while something sounds or moves, and rests otherwise.

mod compact;
mod contour;
mod controllers;
mod controls;
mod controls_file;
mod dialog;
mod drawing;
mod files;
mod fingers;
mod gesture;
mod gl;
mod hand;
mod header;
mod hints;
mod host;
mod keyboard;
mod keys;
mod latents;
mod layout;
mod level;
mod map;
mod menu;
mod models;
mod modulation;
mod movement;
mod performance;
mod playing;
mod presets;
mod ring;
mod settings;
mod slider;
mod spectrogram;
mod spectrum;
mod status;
mod steps;
mod tabs;
#[cfg(test)]
pub(crate) mod tests;
mod theme;
mod tuning;
mod window;
mod words;

pub use window::Window;

use crate::library::{self, Description};
use crate::parameters::Parameters;
use crate::screen::Screen;
use crate::settings::Keeper;
use crate::tuning::Folder;
use betwixt_engine::Telemetry;
use nice_plug::params::persist::PersistentField;
use nice_plug::prelude::{Param, ParamSetter};
use std::sync::Arc;
use std::time::Duration;

/// Time between two pictures while something sounds.
const PICTURE: Duration = Duration::from_millis(16);
/// Below this peak the picture stands still.
const STILL: f32 = 1e-4;

/// Everything that the views read.
pub(crate) struct Editor {
    parameters: Arc<Parameters>,
    /// The model that is heard most.
    model: Arc<Description>,
    models: models::Panel,
    screen: Arc<Screen>,
    map: map::View,
    controllers: controllers::View,
    movement: movement::View,
    presets: presets::View,
    tab: tabs::Tab,
    limiter: level::Limiter,
    tuning: tuning::Panel,
    steps: steps::View,
    settings: Keeper,
    /// What could not be kept.
    problem: Option<String>,
    hints: hints::View,
    spectrogram: spectrogram::View,
    status: status::View,
    fingers: fingers::Fingers,
}

impl Editor {
    /// An editor of these parameters.
    pub(crate) fn new(parameters: Arc<Parameters>, screen: Arc<Screen>, settings: Keeper) -> Self {
        let model = Arc::clone(&library::factory()[0].description);
        let fingers = fingers::Fingers::new(Arc::clone(&screen));
        let mut editor = Self {
            map: map::View::new(&model, Arc::clone(&screen)),
            controllers: controllers::View::new(),
            movement: movement::View::new(),
            presets: presets::View::of_the_user(),
            tab: tabs::Tab::at(parameters.page.get()),
            limiter: level::Limiter::default(),
            parameters,
            models: models::Panel::new(),
            model,
            screen,
            tuning: tuning::Panel::new(Folder::of_the_user()),
            steps: steps::View::default(),
            settings,
            problem: None,
            hints: hints::View::default(),
            spectrogram: spectrogram::View::new(),
            status: status::View::default(),
            fingers,
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
            self.map.show(model);
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
        theme::begin(ui.ctx(), self.settings.get().theme);
        self.follow_model();
        // What has been learnt while the window was closed, or just now.
        self.parameters.map.settle();
        self.parameters.history.watch(&self.parameters);
        let telemetry = self.screen.telemetry();
        let parameters = Arc::clone(&self.parameters);
        let hand = hand::Hand::new(setter, &parameters);
        let areas = layout::Areas::of(ui.max_rect());
        ui.painter()
            .rect_filled(ui.max_rect(), 0.0, theme::ink().background);
        header::paint(ui, areas.header, self, &telemetry);
        models::paint(ui, areas.header, self, &hand);
        tuning::paint(ui, areas.header, self, &hand);
        presets::paint(ui, areas.header, self, &hand);
        self.tab = tabs::paint(ui, steps::beside(areas.tabs), self.tab);
        self.parameters.page.set(self.tab.place());
        steps::paint(ui, areas.tabs, self, &hand);
        self.map.pass(ui, &parameters);
        if !self.shows_keyboard() {
            // What the pointer held there cannot be let go elsewhere.
            self.fingers.point(None);
        }
        self.page(ui, &areas, &telemetry, &hand);
        status::paint(ui, areas.status, self, &telemetry);
        hints::paint(ui, &areas, self);
        let settings = self.settings.get();
        let letters = settings.typing.then_some(settings.letters);
        self.fingers.follow_keys(ui, letters);
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

    /// Whether the page with the keyboard is shown.
    fn shows_keyboard(&self) -> bool {
        self.tab == tabs::Tab::Map && !self.presets.is_open()
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
            tabs::Tab::Map => self.play(ui, areas, telemetry, hand),
            tabs::Tab::Sound => {
                performance::paint(ui, areas.performance, self, hand);
                let [left, right] =
                    [0, 1].map(|i| layout::column(areas.controls, i, 2, layout::GAP));
                contour::paint_tall(ui, left, self, hand);
                controls::paint(ui, right, self, hand);
            }
            tabs::Tab::Modulation => modulation::paint(ui, areas.page, self, telemetry, hand),
            tabs::Tab::Playing => playing::paint(ui, areas.page, self, hand),
            tabs::Tab::Controllers => controllers::paint(ui, areas.page, self),
            tabs::Tab::Settings => settings::paint(ui, areas.page, self),
        }
    }

    /// The page to play on.
    fn play(
        &mut self,
        ui: &mut egui::Ui,
        areas: &layout::Areas,
        telemetry: &Telemetry,
        hand: &hand::Hand<'_>,
    ) {
        latents::paint(ui, areas.latents, self, telemetry, hand);
        map::paint(ui, areas.map, self, telemetry, hand);
        spectrum::paint(ui, areas.spectrum, telemetry);
        spectrogram::paint(ui, areas.spectrogram, self, telemetry);
        contour::paint(ui, areas.contour, self, hand);
        ring::paint(ui, areas.ring, self, telemetry, hand);
        keyboard::paint(ui, areas.keyboard, self, telemetry);
    }
}
