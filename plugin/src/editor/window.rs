//! The window itself: opening at the size that the project remembers, and remembering it.
//!
//! ```text
//!  host opens ─► Window::spawn ─► App ─► Editor::ui, each picture
//!                  ▲               ├─ resized ─► zoom: the whole window scales
//!                  │               └─ resized ─► parameters.window ─► saved with the project
//!                  └────────────────────────────────┘
//! ```
//!
//! The views are drawn in a space of 1080 × 720 points or more; a window of another size shows it
//! larger or smaller, from 0.6 times to three times, with letters as sharp as the screen allows.

use super::{Editor, controls_file, gl, host, keys, theme};
use crate::parameters::Parameters;
use crate::screen::Screen;
use crate::settings::Keeper;
use crate::state::WindowSize;
use nice_plug::context::gui::GuiContext;
use nice_plug::editor::dpi::{LogicalSize, NativeSize, Size};
use nice_plug::editor::{HostMethods, ResizeHint, SpawnedEditor};
use nice_plug::params::persist::PersistentField;
use nice_plug::prelude::ParentWindowHandle;
use nice_plug_egui::baseview::{HandlerError, WindowSize as NewSize};
use nice_plug_egui::{
    EguiEditor, EguiEditorHandle, EguiEditorState, EguiNiceSettings, NiceEguiApp,
    create_egui_editor,
};
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

/// The smallest and the largest zoom.
const ZOOMS: [f32; 2] = [0.6, 3.0];
/// A window that has had its size for so long is not being sized any more.
const STILL: Duration = Duration::from_millis(150);
/// Another zoom is not worth new letters.
const NOTABLE: f32 = 0.005;

/// The editor as the framework wants it.
pub struct Window {
    parameters: Arc<Parameters>,
    screen: Arc<Screen>,
    scale: Arc<Scale>,
}

/// Native pixels per logical point, as the last window found it.
struct Scale(AtomicU32);

impl Scale {
    fn get(&self) -> f64 {
        f64::from(f32::from_bits(self.0.load(Relaxed)))
    }

    fn set(&self, scale: f64) {
        #[expect(clippy::cast_possible_truncation, reason = "a scale needs few digits")]
        let scale = scale as f32;
        self.0.store(scale.to_bits(), Relaxed);
    }
}

impl Window {
    /// A window that is not open yet.
    pub(crate) fn new(parameters: Arc<Parameters>, screen: Arc<Screen>) -> Self {
        Self {
            parameters,
            screen,
            scale: Arc::new(Scale(AtomicU32::new(1f32.to_bits()))),
        }
    }

    fn logical_size(&self) -> Size {
        let [width, height] = self.parameters.window.get();
        Size::Logical(LogicalSize::new(f64::from(width), f64::from(height)))
    }

    /// The framework's editor, made for one opening: only so does it open at the saved size.
    fn framework_editor(&self) -> Option<EguiEditor<App>> {
        let app = App {
            editor: Editor::new(
                Arc::clone(&self.parameters),
                Arc::clone(&self.screen),
                Keeper::of_the_user(),
            ),
            context: None,
            egui: None,
            takes: None,
            parameters: Arc::clone(&self.parameters),
            screen: Arc::clone(&self.screen),
            scale: Arc::clone(&self.scale),
            zoom: zoom_of(vec_of(self.parameters.window.get())),
            still: (egui::Vec2::ZERO, 0.0),
        };
        app.screen.open();
        let settings = EguiNiceSettings::new()
            .with_tile("Betwixt")
            .with_resize_hint(resize_hint());
        // The framework makes the window as many times larger as it is zoomed.
        let [width, height] = self.parameters.window.get();
        let shown = |length: u32| f64::from(length) / f64::from(app.zoom);
        let size = Size::Logical(LogicalSize::new(shown(width), shown(height)));
        let state = EguiEditorState::from_size(size, app.zoom);
        create_egui_editor(state, self.screen.notifier(), settings, app)
    }
}

impl nice_plug::prelude::Editor for Window {
    type Handle = EguiEditorHandle;

    fn spawn(
        &self,
        parent: Option<ParentWindowHandle>,
        wait_for_parent: bool,
        fallback_scale_factor: Option<f64>,
        gui_context: GuiContext,
        host: Option<HostMethods>,
    ) -> Result<SpawnedEditor<EguiEditorHandle>, Box<dyn Error>> {
        gl::keep_loaded();
        let screen = &self.screen;
        let host = host.map(|methods| host::sieve(methods, Arc::clone(screen)));
        let editor = self.framework_editor().ok_or("no window could be made")?;
        nice_plug::prelude::Editor::spawn(
            &editor,
            parent,
            wait_for_parent,
            fallback_scale_factor,
            gui_context,
            host,
        )
    }

    fn size(&self) -> NativeSize<u32> {
        NativeSize::from_size(self.logical_size(), self.scale.get())
    }

    fn resize_hint(&self) -> ResizeHint {
        resize_hint()
    }
}

fn resize_hint() -> ResizeHint {
    let logical = |[width, height]: [u32; 2]| LogicalSize::new(points(width), points(height));
    ResizeHint::resizable().with_min_max_logical_size(
        Some(logical(WindowSize::SMALLEST)),
        Some(logical(WindowSize::LARGEST)),
    )
}

fn points(length: u32) -> f32 {
    f32::from(u16::try_from(length).unwrap_or(u16::MAX))
}

/// What runs while the window is open.
struct App {
    editor: Editor,
    context: Option<GuiContext>,
    egui: Option<egui::Context>,
    parameters: Arc<Parameters>,
    screen: Arc<Screen>,
    scale: Arc<Scale>,
    /// Which of the computer's keys the host does not get.
    takes: Option<keys::Wanted>,
    /// How large everything is shown.
    zoom: f32,
    /// The window's size, and since when it is that.
    still: (egui::Vec2, f64),
}

/// How large a window of this size shows everything: so that all of it fits.
fn zoom_of(size: egui::Vec2) -> f32 {
    let fits = size / super::layout::USUAL;
    fits.min_elem().clamp(ZOOMS[0], ZOOMS[1])
}

/// A size in points.
fn vec_of([width, height]: [u32; 2]) -> egui::Vec2 {
    egui::vec2(points(width), points(height))
}

impl App {
    /// Follows the window's size once it stands still. The framework takes another zoom for the
    /// wish for a window of another size, so it is told the size that there is; told while the host
    /// is still sizing the window, it would hold against the host.
    fn follow_zoom(&mut self, context: &egui::Context) {
        let (now, now_s) = (context.zoom_factor(), context.input(|input| input.time));
        let shown = context.viewport_rect().size();
        let size = shown * now;
        if (size - self.still.0).abs().max_elem() > 0.5 {
            self.still = (size, now_s);
        }
        let (again, later) = self.screen.unfulfilled(size.into());
        if let Some(wished) = again {
            let wished = vec_of(wished) / now;
            context.send_viewport_cmd(egui::ViewportCommand::InnerSize(wished));
        }
        if let Some(later) = later {
            context.request_repaint_after(later);
        }
        let wanted = zoom_of(size);
        if self.zoom != now {
            self.zoom = now;
            context.send_viewport_cmd(egui::ViewportCommand::InnerSize(shown));
        } else if (wanted - now).abs() > NOTABLE {
            if now_s - self.still.1 >= STILL.as_secs_f64() {
                context.set_zoom_factor(wanted);
            } else {
                context.request_repaint_after(STILL);
            }
        }
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.screen.close();
    }
}

impl NiceEguiApp for App {
    fn build(
        &mut self,
        egui_context: egui::Context,
        gui_context: GuiContext,
        _frame: &mut nice_plug_egui::Frame,
    ) -> Result<(), HandlerError> {
        theme::install(&egui_context);
        controls_file::install(&egui_context);
        self.context = Some(gui_context);
        self.egui = Some(egui_context);
        Ok(())
    }

    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut nice_plug_egui::Frame) {
        self.follow_zoom(ui.ctx());
        if let Some(context) = &self.context {
            self.editor.ui(ui, &context.param_setter());
        }
        let wanted = self.editor.wants_keys(ui.ctx());
        if self.takes != Some(wanted) {
            self.takes = Some(wanted);
            frame.set_key_capture(keys::capture(wanted));
        }
    }

    fn resized(&mut self, size: NewSize) {
        // The framework counts its zoom in: points of the host's are meant here.
        let zoom = self.egui.as_ref().map_or(1.0, egui::Context::zoom_factor);
        let zoom = f64::from(zoom);
        self.scale.set(size.scale_factor / zoom);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a size is a small positive number; a wild one saturates and is clamped"
        )]
        let whole = |length: f64| (length * zoom).round() as u32;
        let logical = [whole(size.logical.width), whole(size.logical.height)];
        self.parameters.window.set(logical);
    }
}
