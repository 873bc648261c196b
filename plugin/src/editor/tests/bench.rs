//! A pointer over a window without a screen.

use super::super::{Editor, layout, theme};
use super::canvas::Canvas;
use super::host::Host;
use crate::library::Loaded;
use crate::library::tests::{slots_of, tiny};
use crate::parameters::Parameters;
use crate::screen::{Press, Screen};
use crate::settings::Keeper;
use nice_plug::context::gui::{GuiContext, GuiContextInner};
use nice_plug::prelude::{ParamPtr, ParamSetter};

use egui::{
    Event, FullOutput, Modifiers, MouseWheelSource, MouseWheelUnit, PointerButton, Pos2, RawInput,
    Rect, TouchPhase, Vec2, ViewportId, ViewportInfo, vec2,
};
use std::sync::Arc;
use std::time::Duration;

/// The size that the tests' windows have unless they say another.
pub(super) const SIZE: Vec2 = vec2(1080.0, 720.0);

/// What the tree for screen readers says of a control.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) label: String,
    pub(super) role: egui::Role,
    pub(super) bounds: Rect,
}

/// A window with a pointer.
pub(super) struct Bench {
    egui: egui::Context,
    pub(super) editor: Editor,
    pub(super) parameters: Arc<Parameters>,
    pub(super) host: Arc<Host>,
    gui: GuiContext,
    size: Vec2,
    pub(super) time_s: f64,
    pub(super) modifiers: Modifiers,
    held: Modifiers,
    pub(super) shapes: usize,
    words: Vec<String>,
    tree: Option<egui::accesskit::TreeUpdate>,
    pub(super) next_picture: Duration,
    /// Where pictures are drawn, if somebody looks at them.
    canvas: Option<Canvas>,
}

impl Bench {
    /// A window of this size on a model of frames.
    pub(super) fn new(latents: usize, size: Vec2) -> Self {
        Self::on(tiny(latents), size)
    }

    /// A window of this size.
    pub(super) fn on(model: impl Into<Arc<Loaded>>, size: Vec2) -> Self {
        Self::make(model.into(), size, None)
    }

    /// A window whose pictures are drawn, at so many pixels per point.
    pub(super) fn drawing(model: impl Into<Arc<Loaded>>, size: Vec2, scale: f32) -> Self {
        Self::make(model.into(), size, Some(Canvas::new(size, scale)))
    }

    fn make(model: Arc<Loaded>, size: Vec2, canvas: Option<Canvas>) -> Self {
        let header = model.description.header.clone();
        let parameters = Arc::new(Parameters::new(&header, slots_of(model)));
        Self::over(parameters, Arc::new(Screen::default()), size, canvas)
    }

    /// A window over an instrument that plays.
    pub(super) fn over(
        parameters: Arc<Parameters>,
        screen: Arc<Screen>,
        size: Vec2,
        canvas: Option<Canvas>,
    ) -> Self {
        let editor = Editor::new(Arc::clone(&parameters), screen, Keeper::at(None));
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
            words: Vec::new(),
            tree: None,
            next_picture: Duration::MAX,
            canvas,
        };
        bench.picture(Vec::new());
        bench
    }

    /// The host moves a parameter.
    #[allow(
        unsafe_code,
        reason = "only the framework's pointers can move a parameter"
    )]
    pub(super) fn put(&self, of: impl FnOnce(&Parameters) -> ParamPtr, normalized: f32) {
        let pointer = of(&self.parameters);
        // SAFETY: the bench owns the parameters.
        unsafe { pointer._internal_set_normalized_value(normalized) };
    }

    /// The last picture.
    pub(super) fn drawn(&self) -> image::RgbaImage {
        self.canvas.as_ref().expect("it is drawn").image()
    }

    /// Paints one picture, 50 ms after the last, with what happened in between.
    pub(super) fn picture(&mut self, events: Vec<Event>) {
        let mut output = self.run(events);
        self.shapes = output.shapes.len();
        let texts = output
            .shapes
            .iter()
            .filter_map(|clipped| match &clipped.shape {
                egui::Shape::Text(text) => Some(text.galley.text().to_owned()),
                _ => None,
            });
        self.words = texts.collect();
        self.tree = output.platform_output.accesskit_update.clone();
        self.next_picture = output.viewport_output[&ViewportId::ROOT].repaint_delay;
        if let Some(canvas) = &mut self.canvas {
            canvas.paint(&self.egui, &mut output);
        }
        output.drop_without_applying_deltas();
    }

    /// One picture as triangles: how many.
    pub(super) fn tessellated(&mut self) -> usize {
        let mut output = self.run(Vec::new());
        let shapes = std::mem::take(&mut output.shapes);
        let primitives = self.egui.tessellate(shapes, 1.0);
        let triangles = primitives.iter().map(|clipped| match &clipped.primitive {
            egui::epaint::Primitive::Mesh(mesh) => mesh.indices.len() / 3,
            egui::epaint::Primitive::Callback(_) => 0,
        });
        let count = triangles.sum();
        output.drop_without_applying_deltas();
        count
    }

    /// Has egui build one picture.
    fn run(&mut self, events: Vec<Event>) -> FullOutput {
        self.time_s += 0.05;
        let mut events = events;
        if self.held != self.modifiers {
            self.held = self.modifiers;
            events.insert(0, Event::ModifiersChanged(self.modifiers));
        }
        let scale = self.canvas.as_ref().map(Canvas::scale);
        let viewport = ViewportInfo {
            native_pixels_per_point: scale,
            ..ViewportInfo::default()
        };
        let input = RawInput {
            viewports: [(ViewportId::ROOT, viewport)].into_iter().collect(),
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, self.size)),
            time: Some(self.time_s),
            events,
            ..RawInput::default()
        };
        let (editor, gui) = (&mut self.editor, &self.gui);
        self.egui
            .run_ui(input, |ui| editor.ui(ui, &gui.param_setter()))
    }

    fn button(&self, pos: Pos2, pressed: bool) -> Event {
        self.other_button(pos, pressed, PointerButton::Primary)
    }

    fn other_button(&self, pos: Pos2, pressed: bool, button: PointerButton) -> Event {
        Event::PointerButton {
            pos,
            button,
            pressed,
            modifiers: self.modifiers,
        }
    }

    /// Presses, moves in ten steps, lets go. The pointer first moves past what egui takes for a
    /// click, which is part of the way.
    pub(super) fn drag(&mut self, from: Pos2, way: Vec2) {
        self.drag_with(PointerButton::Primary, from, way);
    }

    /// The same with any button.
    pub(super) fn drag_with(&mut self, button: PointerButton, from: Pos2, way: Vec2) {
        self.picture(vec![Event::PointerMoved(from)]);
        let press = self.other_button(from, true, button);
        self.picture(vec![press]);
        for step in 1..=10u8 {
            let at = from + way * (f32::from(step) / 10.0);
            self.picture(vec![Event::PointerMoved(at)]);
        }
        let release = self.other_button(from + way, false, button);
        self.picture(vec![release]);
        self.picture(Vec::new());
    }

    /// The pointer's button goes down or up somewhere.
    pub(super) fn hold(&mut self, at: Pos2, is_down: bool) {
        let button = self.button(at, is_down);
        self.picture(vec![Event::PointerMoved(at), button]);
    }

    pub(super) fn click(&mut self, at: Pos2) {
        let release = self.button(at, false);
        self.hold(at, true);
        self.picture(vec![release]);
    }

    pub(super) fn right_click(&mut self, at: Pos2) {
        let secondary = PointerButton::Secondary;
        let press = self.other_button(at, true, secondary);
        let release = self.other_button(at, false, secondary);
        self.picture(vec![Event::PointerMoved(at)]);
        self.picture(vec![press]);
        self.picture(vec![release]);
        self.picture(Vec::new());
    }

    /// What the tree for screen readers has of the next picture.
    fn tree(&mut self) -> impl Iterator<Item = &egui::accesskit::Node> {
        self.egui.enable_accesskit();
        self.picture(Vec::new());
        let nodes = self.tree.iter().flat_map(|tree| &tree.nodes);
        nodes.map(|(_, node)| node)
    }

    /// The place of what the tree for screen readers calls so.
    pub(super) fn named(&mut self, name: &str) -> Option<Pos2> {
        let mut nodes = self.tree();
        let bounds = nodes.find_map(|node| {
            let is_named = [node.label(), node.value()].contains(&Some(name));
            node.bounds().filter(|_| is_named)
        });
        Some(shown(bounds?).center())
    }

    /// Clicks on what is called so.
    pub(super) fn click_on(&mut self, name: &str) {
        let at = self
            .named(name)
            .unwrap_or_else(|| panic!("{name} is there"));
        self.time_s += 5.0;
        self.click(at);
        self.picture(Vec::new());
    }

    /// Types words into what has the focus, instead of what stands there.
    pub(super) fn write(&mut self, words: &str) {
        let all = Event::Key {
            key: egui::Key::A,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers: Modifiers::COMMAND,
        };
        self.picture(vec![all]);
        self.picture(vec![Event::Text(words.to_owned())]);
    }

    pub(super) fn wheel(&mut self, at: Pos2, notches: f32) {
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

    pub(super) fn areas(&self) -> layout::Areas {
        layout::Areas::of(Rect::from_min_size(Pos2::ZERO, self.size))
    }

    /// A place on the slider of a latent.
    pub(super) fn latent(&self, index: usize) -> Pos2 {
        let inside = self.areas().latents.shrink(12.0);
        let sliders = inside.with_min_y(inside.top() + 16.0);
        layout::row(sliders, index, 8, 6.0).center()
    }

    pub(super) fn value(&self, index: usize) -> f32 {
        self.parameters.latent(index).value()
    }

    /// Where the map lies when all of it is seen: its edges are the ends of the latents.
    pub(super) fn field(&self) -> Rect {
        super::super::map::field(self.areas().map).shrink(12.0)
    }

    /// All words in the picture.
    pub(super) fn texts(&self) -> Vec<String> {
        self.words.clone()
    }

    /// What the tree for screen readers calls disabled, by name.
    pub(super) fn disabled(&mut self) -> Vec<String> {
        let disabled = self.tree().filter(|node| node.is_disabled());
        disabled
            .filter_map(|node| node.label().map(str::to_owned))
            .collect()
    }

    /// Everything that the pointer can move or press, as the tree for screen readers has it.
    pub(super) fn nodes(&mut self) -> Vec<Node> {
        let size = self.size;
        let seen = self.tree().filter_map(|node| {
            let bounds = shown(node.bounds()?);
            let is_whole = bounds.width() >= size.x && bounds.height() >= size.y;
            Some(Node {
                label: node.label()?.to_owned(),
                role: node.role(),
                bounds,
            })
            .filter(|_| !is_whole)
        });
        seen.collect()
    }

    /// A key goes down and comes up.
    pub(super) fn press(&mut self, key: egui::Key) {
        for pressed in [true, false] {
            let event = Event::Key {
                key,
                physical_key: None,
                pressed,
                repeat: false,
                modifiers: self.modifiers,
            };
            self.picture(vec![event]);
        }
        self.picture(Vec::new());
    }

    /// The tree for screen readers says that the keyboard is here.
    pub(super) fn focused(&self) -> Option<String> {
        let tree = self.tree.as_ref()?;
        let mut nodes = tree.nodes.iter();
        let (_, node) = nodes.find(|(id, _)| *id == tree.focus)?;
        node.label().map(str::to_owned)
    }

    /// Where the tree for screen readers has something of this label.
    pub(super) fn labelled(&mut self, label: &str) -> Option<Pos2> {
        let mut nodes = self.tree();
        let node = nodes.find(|node| node.label() == Some(label))?;
        Some(shown(node.bounds()?).center())
    }

    /// Goes on with the tab key until this is focused.
    pub(super) fn tab_to(&mut self, label: &str) {
        self.nodes();
        let found = (0..250).any(|_| {
            self.press(egui::Key::Tab);
            self.focused().as_deref() == Some(label)
        });
        assert!(found, "{label} can be reached");
    }

    /// The keys that the window has sent to the audio thread since the last time.
    pub(super) fn presses(&self) -> Vec<Press> {
        std::iter::from_fn(|| self.editor.screen.take_press()).collect()
    }

    /// A sound becomes what is heard.
    pub(super) fn apply(&mut self, sound: &crate::sound::Sound) {
        sound.apply(&self.parameters, &self.gui.param_setter());
    }

    /// Does something with the host's ear.
    pub(super) fn with<T>(&self, act: impl FnOnce(&ParamSetter<'_>) -> T) -> T {
        act(&self.gui.param_setter())
    }

    /// A control on one of the pages, which is opened.
    pub(super) fn on_page(&mut self, page: &str, name: &str) -> Pos2 {
        self.click_on(page);
        self.named(name)
            .unwrap_or_else(|| panic!("{name} is on {page}"))
    }
}

/// A place in the tree for screen readers as one in the window.
fn shown(bounds: egui::accesskit::Rect) -> Rect {
    let ends = [bounds.x0, bounds.y0, bounds.x1, bounds.y1];
    let [x0, y0, x1, y1] = ends.map(betwixt_spectral::number::narrow);
    Rect::from_min_max(Pos2::new(x0, y0), Pos2::new(x1, y1))
}
