//! The window itself: opening at the size that the project remembers, and remembering it.
//!
//! ```text
//!  host opens ─► Window::spawn ─► App ─► Editor::ui, each picture
//!                  ▲               └─ resized ─► parameters.window ─► saved with the project
//!                  └────────────────────────────────┘
//! ```

use super::{Editor, Screen, theme};
use crate::parameters::Parameters;
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
            editor: Editor::new(Arc::clone(&self.parameters), Arc::clone(&self.screen)),
            context: None,
            parameters: Arc::clone(&self.parameters),
            scale: Arc::clone(&self.scale),
        };
        let settings = EguiNiceSettings::new()
            .with_tile("Betwixt")
            .with_resize_hint(resize_hint());
        let state = EguiEditorState::from_size(self.logical_size(), 1.0);
        create_egui_editor(state, self.screen.repaint.clone(), settings, app)
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
    parameters: Arc<Parameters>,
    scale: Arc<Scale>,
}

impl NiceEguiApp for App {
    fn build(
        &mut self,
        egui_context: egui::Context,
        gui_context: GuiContext,
        _frame: &mut nice_plug_egui::Frame,
    ) -> Result<(), HandlerError> {
        theme::install(&egui_context);
        self.context = Some(gui_context);
        Ok(())
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut nice_plug_egui::Frame) {
        if let Some(context) = &self.context {
            self.editor.ui(ui, &context.param_setter());
        }
    }

    fn resized(&mut self, size: NewSize) {
        self.scale.set(size.scale_factor);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a size is a small positive number; a wild one saturates and is clamped"
        )]
        let whole = |length: f64| length.round() as u32;
        let logical = [whole(size.logical.width), whole(size.logical.height)];
        self.parameters.window.set(logical);
    }
}
