//! The window without a screen: a pointer that presses, drags and turns, and what the host hears.

use super::{Editor, Screen, layout, theme};
use crate::library::tests::{identity, tiny};
use crate::parameters::Parameters;
use betwixt_engine::{Controls, Engine, Event as Played, EventKind, Note, Settings};
use nice_plug::context::PluginApi;
use nice_plug::context::gui::{GuiContext, GuiContextInner};
use nice_plug::params::persist::PersistentField;
use nice_plug::plugin::PluginState;
use nice_plug::prelude::ParamPtr;

use egui::{
    Event, Modifiers, MouseWheelSource, MouseWheelUnit, PointerButton, Pos2, RawInput, Rect,
    TouchPhase, Vec2, pos2, vec2,
};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What a host heard of one parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Heard {
    Begin,
    Set,
    End,
}

/// A host that applies what it is told and remembers it.
#[derive(Default)]
struct Host {
    heard: Mutex<Vec<(String, Heard)>>,
}

impl Host {
    fn note(&self, name: &str, heard: Heard) {
        self.heard.lock().unwrap().push((name.to_owned(), heard));
    }

    /// What was heard since the last time, by name; repeated sets count once.
    fn take(&self) -> Vec<(String, Heard)> {
        let mut heard = std::mem::take(&mut *self.heard.lock().unwrap());
        heard.dedup();
        heard
    }
}

#[allow(
    unsafe_code,
    reason = "the trait of the framework is unsafe; the parameters outlive every call here"
)]
impl GuiContextInner for Host {
    fn plugin_api(&self) -> PluginApi {
        PluginApi::Clap
    }

    unsafe fn raw_begin_set_parameter(&self, param: ParamPtr) {
        // SAFETY: the bench owns the parameters and the window.
        self.note(unsafe { param.name() }, Heard::Begin);
    }

    unsafe fn raw_set_parameter_normalized(&self, param: ParamPtr, normalized: f32) {
        // SAFETY: the bench owns the parameters and the window.
        self.note(unsafe { param.name() }, Heard::Set);
        // SAFETY: as above; this is what a host does with the value.
        unsafe { param._internal_set_normalized_value(normalized) };
    }

    unsafe fn raw_end_set_parameter(&self, param: ParamPtr) {
        // SAFETY: the bench owns the parameters and the window.
        self.note(unsafe { param.name() }, Heard::End);
    }

    fn get_state(&self) -> PluginState {
        PluginState {
            version: String::new(),
            params: Default::default(),
            fields: Default::default(),
        }
    }

    fn set_state(&self, _state: PluginState) {}

    fn request_restart(&self) {}
}

/// A window with a pointer.
struct Bench {
    egui: egui::Context,
    editor: Editor,
    parameters: Arc<Parameters>,
    host: Arc<Host>,
    gui: GuiContext,
    size: Vec2,
    time_s: f64,
    modifiers: Modifiers,
    held: Modifiers,
    shapes: usize,
    next_picture: Duration,
}

impl Bench {
    fn new(latents: usize, size: Vec2) -> Self {
        let model = tiny(latents);
        let parameters = Parameters::new(&model.description.header, identity());
        let parameters = Arc::new(parameters);
        let editor = Editor::new(
            Arc::clone(&parameters),
            model.description,
            Arc::new(Screen::default()),
        );
        let egui = egui::Context::default();
        theme::install(&egui);
        let host = Arc::new(Host::default());
        let mut bench = Self {
            egui,
            editor,
            parameters,
            gui: GuiContext::new(Arc::clone(&host) as Arc<dyn GuiContextInner>),
            host,
            size,
            time_s: 0.0,
            modifiers: Modifiers::NONE,
            held: Modifiers::NONE,
            shapes: 0,
            next_picture: Duration::MAX,
        };
        bench.picture(Vec::new());
        bench
    }

    /// Paints one picture, 50 ms after the last, with what happened in between.
    fn picture(&mut self, events: Vec<Event>) {
        self.time_s += 0.05;
        let mut events = events;
        if self.held != self.modifiers {
            self.held = self.modifiers;
            events.insert(0, Event::ModifiersChanged(self.modifiers));
        }
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, self.size)),
            time: Some(self.time_s),
            events,
            ..RawInput::default()
        };
        let (editor, gui) = (&mut self.editor, &self.gui);
        let output = self
            .egui
            .run_ui(input, |ui| editor.ui(ui, &gui.param_setter()));
        self.shapes = output.shapes.len();
        self.next_picture = output.viewport_output[&egui::ViewportId::ROOT].repaint_delay;
        output.drop_without_applying_deltas();
    }

    fn button(&self, pos: Pos2, pressed: bool) -> Event {
        Event::PointerButton {
            pos,
            button: PointerButton::Primary,
            pressed,
            modifiers: self.modifiers,
        }
    }

    /// Presses, moves in ten steps, lets go. The pointer first moves past what egui takes for a
    /// click, which is part of the way.
    fn drag(&mut self, from: Pos2, way: Vec2) {
        self.picture(vec![Event::PointerMoved(from)]);
        let press = self.button(from, true);
        self.picture(vec![press]);
        for step in 1..=10u8 {
            let at = from + way * (f32::from(step) / 10.0);
            self.picture(vec![Event::PointerMoved(at)]);
        }
        let release = self.button(from + way, false);
        self.picture(vec![release]);
        self.picture(Vec::new());
    }

    fn click(&mut self, at: Pos2) {
        let (press, release) = (self.button(at, true), self.button(at, false));
        self.picture(vec![Event::PointerMoved(at), press]);
        self.picture(vec![release]);
    }

    fn wheel(&mut self, at: Pos2, notches: f32) {
        let turned = Event::MouseWheel {
            unit: MouseWheelUnit::Line,
            delta: vec2(0.0, notches),
            phase: TouchPhase::Move,
            source: MouseWheelSource::Unknown,
            modifiers: self.modifiers,
        };
        self.picture(vec![Event::PointerMoved(at)]);
        self.picture(vec![turned]);
    }

    fn areas(&self) -> layout::Areas {
        layout::Areas::of(Rect::from_min_size(Pos2::ZERO, self.size))
    }

    /// A place on the slider of a latent.
    fn latent(&self, index: usize) -> Pos2 {
        let inside = self.areas().latents.shrink(12.0);
        let sliders = inside.with_min_y(inside.top() + 16.0);
        layout::row(sliders, index, 8, 6.0).center()
    }

    fn value(&self, index: usize) -> f32 {
        self.parameters.latent(index).value()
    }
}

const SIZE: Vec2 = vec2(960.0, 640.0);

fn gesture_of(name: &str) -> Vec<(String, Heard)> {
    [Heard::Begin, Heard::Set, Heard::End]
        .map(|heard| (name.to_owned(), heard))
        .to_vec()
}

/// A drag moves the latent under it, to the right for more, as one whole gesture, and no other.
#[test]
fn a_drag_moves_one_latent() {
    for index in 0..8 {
        let mut bench = Bench::new(8, SIZE);
        let before: Vec<f32> = (0..8).map(|other| bench.value(other)).collect();
        let at = bench.latent(index);
        bench.drag(at, vec2(60.0, 0.0));
        let name = format!("Latent {}", index + 1);
        assert_eq!(bench.host.take(), gesture_of(&name));
        for (other, before) in before.into_iter().enumerate() {
            let moved = bench.value(other) - before;
            assert_eq!(
                moved > 0.1,
                other == index,
                "latent {other} moved by {moved}"
            );
        }
    }
}

/// The length of the slider is the whole range, and shift makes the same drag ten times finer.
#[test]
fn shift_makes_a_drag_ten_times_finer() {
    let moved_by = |modifiers: Modifiers| {
        let mut bench = Bench::new(8, SIZE);
        let (before, at) = (bench.value(0), bench.latent(0));
        bench.modifiers = modifiers;
        bench.drag(at, vec2(100.0, 0.0));
        bench.value(0) - before
    };
    let (plain, fine) = (moved_by(Modifiers::NONE), moved_by(Modifiers::SHIFT));
    let width = Bench::new(8, SIZE).areas().latents.shrink(12.0).width();
    assert!(
        (plain - 100.0 / width).abs() < 10.5 / width,
        "{plain} of {width}"
    );
    assert!((fine - plain / 10.0).abs() < 1e-4, "{fine} against {plain}");
}

/// A double-click, or a click with command, goes back to the model's own position.
#[test]
fn a_double_click_resets() {
    for modifiers in [Modifiers::NONE, Modifiers::COMMAND] {
        let mut bench = Bench::new(8, SIZE);
        let (default, at) = (bench.value(2), bench.latent(2));
        bench.drag(at, vec2(80.0, 0.0));
        assert_ne!(bench.value(2), default);
        bench.host.take();
        bench.time_s += 5.0;
        bench.modifiers = modifiers;
        bench.click(at);
        if modifiers == Modifiers::NONE {
            assert!(
                bench.host.take().is_empty(),
                "one click alone changes nothing"
            );
            bench.click(at);
        }
        assert_eq!(bench.value(2), default, "{modifiers:?}");
        assert_eq!(bench.host.take(), gesture_of("Latent 3"));
    }
}

/// The wheel steps by 2 %, with shift by 0.2 %, and stops at the ends.
#[test]
fn the_wheel_steps() {
    let mut bench = Bench::new(8, SIZE);
    let (before, at) = (bench.value(4), bench.latent(4));
    bench.wheel(at, 3.0);
    assert!((bench.value(4) - before - 0.06).abs() < 1e-6);
    assert_eq!(bench.host.take(), gesture_of("Latent 5"));
    bench.modifiers = Modifiers::SHIFT;
    bench.wheel(at, -5.0);
    assert!((bench.value(4) - before - 0.05).abs() < 1e-6);
    bench.modifiers = Modifiers::NONE;
    bench.wheel(at, 1_000.0);
    assert_eq!(bench.value(4), 1.0);
}

/// A stepped parameter moves by a whole step however little the wheel turns.
#[test]
fn the_wheel_moves_stepped_parameters_by_one() {
    let mut bench = Bench::new(8, SIZE);
    let inside = bench.areas().controls.shrink(12.0);
    let at = layout::column(layout::row(inside, 0, 2, 12.0), 5, 6, 18.0).center();
    let before = bench.parameters.voices.value();
    bench.wheel(at, 0.1);
    assert_eq!(bench.parameters.voices.value(), before + 1);
    bench.wheel(at, -0.1);
    assert_eq!(bench.parameters.voices.value(), before);
}

/// A click on a choice takes the next, round to the first again.
#[test]
fn a_click_takes_the_next_choice() {
    let mut bench = Bench::new(8, SIZE);
    let inside = bench.areas().controls.shrink(12.0);
    let at = layout::column(layout::row(inside, 0, 2, 12.0), 1, 6, 18.0).center();
    let shown = |bench: &Bench| bench.parameters.phase.to_string();
    for expected in ["Stored noise", "Gradient"] {
        bench.time_s += 5.0;
        bench.click(at);
        assert_eq!(shown(&bench), expected);
    }
}

/// The pad moves its two latents to where the pointer is, both as whole gestures; up is more.
#[test]
fn the_pad_moves_two_latents() {
    let mut bench = Bench::new(8, SIZE);
    bench.parameters.pad.set([2, 5]);
    let centre = bench.areas().pad.center();
    bench.drag(centre, vec2(60.0, -60.0));
    let (across, up) = (bench.value(2), bench.value(5));
    assert!(
        across > 0.55 && across < 0.95 && up > 0.55 && up < 0.95,
        "{across}, {up}"
    );
    let mut heard = bench.host.take();
    heard.sort_by(|a, b| a.0.cmp(&b.0));
    let count = |name: &str, what| {
        heard
            .iter()
            .filter(|h| **h == (name.to_owned(), what))
            .count()
    };
    for name in ["Latent 3", "Latent 6"] {
        assert_eq!(
            (count(name, Heard::Begin), count(name, Heard::End)),
            (1, 1),
            "{name}"
        );
        assert!(count(name, Heard::Set) > 0, "{name}");
    }
    assert!(
        heard
            .iter()
            .all(|(name, _)| ["Latent 3", "Latent 6"].contains(&name.as_str()))
    );
}

/// With shift the pad's mark moves a tenth of the pointer's way, and a double-click resets both.
#[test]
fn the_pad_is_fine_with_shift_and_resets() {
    let mut bench = Bench::new(8, SIZE);
    let centre = bench.areas().pad.center();
    let before = (bench.value(0), bench.value(1));
    bench.modifiers = Modifiers::SHIFT;
    bench.drag(centre, vec2(80.0, -80.0));
    let moved = (bench.value(0) - before.0, bench.value(1) - before.1);
    assert!(moved.0 > 0.01 && moved.0 < 0.05, "across by {}", moved.0);
    assert!(moved.1 > 0.01 && moved.1 < 0.05, "up by {}", moved.1);
    bench.modifiers = Modifiers::NONE;
    bench.time_s += 5.0;
    bench.click(centre);
    bench.click(centre);
    assert_eq!((bench.value(0), bench.value(1)), before);
}

/// The numbers along the edges choose which latents the pad moves.
#[test]
fn the_pads_axes_can_be_chosen() {
    let mut bench = Bench::new(8, SIZE);
    let inside = bench.areas().pad.shrink(12.0);
    let width = inside.width() - 20.0;
    let fifth = pos2(
        inside.left() + 20.0 + width * 4.5 / 8.0,
        inside.bottom() - 10.0,
    );
    bench.click(fifth);
    assert_eq!(bench.parameters.pad.get(), [4, 1]);
    let highest = pos2(inside.left() + 10.0, inside.top() + 16.0 + 8.0);
    bench.click(highest);
    assert_eq!(bench.parameters.pad.get(), [4, 7]);
}

/// Every view paints something at every size that a host may force, and nothing panics.
#[test]
fn every_size_can_be_painted() {
    for latents in [1, 3, 8] {
        for size in [
            (1.0, 1.0),
            (30.0, 900.0),
            (640.0, 460.0),
            (960.0, 640.0),
            (3840.0, 2160.0),
        ] {
            let mut bench = Bench::new(latents, vec2(size.0, size.1));
            let everywhere = pos2(size.0 / 2.0, size.1 / 2.0);
            bench.drag(everywhere, vec2(5.0, 5.0));
            assert!(bench.shapes > 40, "{} shapes at {size:?}", bench.shapes);
        }
    }
}

/// A project with a missing model says so, and one click accepts the model that is there.
#[test]
fn a_missing_model_is_said_and_can_be_replaced() {
    let mut bench = Bench::new(8, SIZE);
    bench.parameters.model.set("another".into());
    bench.picture(Vec::new());
    let button = bench.areas().header.right_center() - vec2(60.0, 0.0);
    bench.click(button);
    assert!(!bench.parameters.model.is_missing());
}

/// A parameter that cannot be reached in the window would be a promise not kept.
#[test]
fn every_parameter_can_be_moved_in_the_window() {
    let mut bench = Bench::new(8, SIZE);
    let (width, height) = (96u16, 64u16);
    for column in 0..width {
        for row in 0..height {
            let at = pos2(f32::from(column) * 10.0 + 5.0, f32::from(row) * 10.0 + 5.0);
            if row % 2 == 0 && column % 4 == 0 {
                bench.wheel(at, 1.0);
            }
        }
    }
    let mut moved: Vec<String> = bench
        .host
        .take()
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    moved.sort();
    moved.dedup();
    let by_kind = bench.parameters.by_kind();
    let expected = by_kind.real.len() + by_kind.whole.len() + by_kind.choices.len();
    assert_eq!(moved.len(), expected, "{moved:?}");
}

/// While a note sounds its spectrum is drawn and the next picture is due within 33 ms; in silence
/// nothing is drawn anew until something happens.
#[test]
fn pictures_are_painted_only_while_something_sounds() {
    let mut bench = Bench::new(8, SIZE);
    for _ in 0..20 {
        bench.picture(Vec::new());
    }
    let at_rest = bench.shapes;
    assert!(
        bench.next_picture > Duration::from_secs(60),
        "{:?}",
        bench.next_picture
    );

    let settings = Settings {
        sample_rate_hz: 48_000.0,
        seed: 1,
    };
    let mut engine = Engine::new(tiny(8).decoder, settings);
    bench.editor.screen.show(engine.telemetry());
    let note = Note {
        id: None,
        channel: 0,
        key: 60,
    };
    let struck = Played {
        offset_samples: 0,
        kind: EventKind::NoteOn {
            note,
            velocity: 1.0,
        },
    };
    let (mut left, mut right) = ([0.0; 4_096], [0.0; 4_096]);
    engine.process(&Controls::default(), &[struck], &mut left, &mut right);
    bench.picture(Vec::new());
    assert!(
        bench.next_picture <= Duration::from_millis(33),
        "{:?}",
        bench.next_picture
    );
    assert!(
        bench.shapes > at_rest,
        "{} shapes, {at_rest} at rest",
        bench.shapes
    );
    let mut magnitudes = [0.0; betwixt_engine::telemetry::SPECTRUM_POINTS];
    engine.telemetry().read_spectrum(&mut magnitudes);
    assert!(
        magnitudes.iter().any(|m| *m > 1e-3),
        "there is something to draw"
    );
}
