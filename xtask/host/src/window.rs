//! The plugin's window, as a host opens, sizes, moves and closes it.
//!
//! ```text
//!  open:  create ─► scale ─► size ─► Frame of that size ─► set_parent ─► show
//!  plugin asks for another size ─► Shared ─► idle ─► Frame
//!  close: destroy ─► Frame goes
//! ```
//!
//! *Promise:* closed, nothing of it is left: no connection to the display, no thread.
//!
//! *Source:* clap/ext/gui.h, "Showing the GUI works as follows".

use crate::error::HostError;
use crate::frame::{Frame, Pixels};
use crate::handlers::{Handlers, Shared};
use clack_extensions::gui::{GuiApiType, GuiConfiguration, GuiError, GuiSize, PluginGui, Window};
use clack_extensions::state::PluginState;
use clack_host::prelude::{PluginInstance, PluginMainThreadHandle};

/// The main thread's half of an instance: what may be done while it plays on another thread.
pub struct Front<'a> {
    pub(crate) plugin: &'a mut PluginInstance<Handlers>,
    pub(crate) frame: &'a mut Option<Frame>,
}

/// What both sides speak, the plugin's window inside ours.
fn configuration() -> Option<GuiConfiguration<'static>> {
    Some(GuiConfiguration {
        api_type: GuiApiType::default_for_current_platform()?,
        is_floating: false,
    })
}

impl Front<'_> {
    /// Opens the window, in the size that the plugin wants.
    ///
    /// # Errors
    ///
    /// [`HostError::Refused`] when it is open already, or there is no display.
    pub fn open_window(&mut self) -> Result<(), HostError> {
        let gui = self.gui()?;
        let handle = self.plugin.plugin_handle();
        let created = configuration().map(|wanted| gui.create(&handle, wanted));
        if !matches!(created, Some(Ok(()))) {
            return Err(self.refused("make a window", "it does not say why".into()));
        }
        let opened = self.place(&gui);
        if opened.is_err() {
            gui.destroy(&self.plugin.plugin_handle());
            self.frame.take();
        }
        opened
    }

    /// A frame around the window that has been made.
    fn place(&mut self, gui: &PluginGui) -> Result<(), HostError> {
        let handle = self.plugin.plugin_handle();
        // A plugin may refuse a scale and keep its own.
        gui.set_scale(&handle, 1.0).ok();
        let size = gui.get_size(&handle);
        let size = size.ok_or_else(|| self.refused("tell its window's size", "none".into()))?;
        let frame = Frame::open([size.width, size.height]);
        let frame = frame.map_err(|reason| self.refused("open its window", reason))?;
        let parent = Window::from_x11_handle(frame.id().into());
        *self.frame = Some(frame);
        let handle = self.plugin.plugin_handle();
        set_parent(gui, &handle, parent)
            .and_then(|()| gui.show(&handle))
            .map_err(|e| self.refused("show its window", e.to_string()))
    }

    /// Closes the window, if it is open.
    pub fn close_window(&mut self) {
        if self.frame.is_some() {
            if let Ok(gui) = self.gui() {
                gui.destroy(&self.plugin.plugin_handle());
            }
            self.frame.take();
        }
    }

    /// Sizes the window as near to a wish as the plugin allows; the size that came of it.
    ///
    /// # Errors
    ///
    /// [`HostError::Refused`] when it is not open or cannot be sized.
    pub fn resize_window(&mut self, [width, height]: Pixels) -> Result<Pixels, HostError> {
        let gui = self.gui()?;
        let handle = self.plugin.plugin_handle();
        let wish = GuiSize { width, height };
        let size = gui.adjust_size(&handle, wish).unwrap_or(wish);
        let sized = gui.set_size(&handle, size).map_err(|e| e.to_string());
        let pixels = [size.width, size.height];
        let sized = sized.and_then(|()| self.in_frame(|frame| frame.resize(pixels)));
        sized.map_err(|reason| self.refused("size its window", reason))?;
        Ok(pixels)
    }

    /// Moves the window.
    ///
    /// # Errors
    ///
    /// [`HostError::Refused`] when it is not open.
    pub fn move_window(&mut self, place: Pixels) -> Result<(), HostError> {
        self.in_frame(|frame| frame.move_to(place))
            .map_err(|reason| self.refused("have its window moved", reason))
    }

    /// The size that the plugin says its window has.
    pub fn window_size(&mut self) -> Option<Pixels> {
        let gui = self.gui().ok()?;
        let size = gui.get_size(&self.plugin.plugin_handle())?;
        Some([size.width, size.height])
    }

    /// Gives the plugin the main-thread time that it asked for, and its window the size.
    pub fn idle(&mut self) {
        if self.plugin.access_shared_handler(Shared::take_callback) {
            self.plugin.call_on_main_thread_callback();
        }
        if let Some(size) = self.plugin.access_shared_handler(Shared::take_size) {
            // A frame that is too small hides something; the plugin is none the worse.
            self.in_frame(|frame| frame.resize(size)).ok();
        }
    }

    /// Gives the plugin a state to take on, as when a project is opened.
    ///
    /// # Errors
    ///
    /// [`HostError::Refused`].
    pub fn load_state(&mut self, bytes: &[u8]) -> Result<(), HostError> {
        let handle = self.plugin.plugin_handle();
        let mut reader = bytes;
        let loaded = handle
            .get_extension::<PluginState>()
            .is_some_and(|state| state.load(&handle, &mut reader).is_ok());
        self.idle();
        if loaded {
            Ok(())
        } else {
            Err(self.refused("load a state", format!("of {} bytes", bytes.len())))
        }
    }

    fn in_frame(&self, work: impl Fn(&Frame) -> Result<(), String>) -> Result<(), String> {
        let closed = || Err("its window is closed".into());
        self.frame.as_ref().map_or_else(closed, work)
    }

    fn gui(&mut self) -> Result<PluginGui, HostError> {
        let gui = self.plugin.plugin_handle().get_extension::<PluginGui>();
        gui.ok_or_else(|| self.refused("have a window", "it has none".into()))
    }

    pub(crate) fn refused(&self, attempt: &'static str, reason: String) -> HostError {
        let log = self.plugin.access_shared_handler(Shared::log);
        HostError::Refused {
            attempt,
            reason,
            log,
        }
    }
}

#[allow(
    unsafe_code,
    reason = "that a window lives as long as the plugin needs it, no type says"
)]
fn set_parent(
    gui: &PluginGui,
    handle: &PluginMainThreadHandle<'_>,
    parent: Window<'_, '_>,
) -> Result<(), GuiError> {
    // SAFETY: the parent is the frame that lies in its place already; it goes after `destroy` only,
    // in `close_window`, when opening fails, and when the instance ends.
    unsafe { gui.set_parent(handle, parent) }
}
