//! The window of ours that the plugin's own is placed in, under X11.
//!
//! ```text
//!  DISPLAY ─► Frame (size, place) ◄─ parent of ─ the plugin's window
//! ```
//!
//! It draws nothing. Elsewhere than on Linux there is none yet, and it says so.

/// Pixels: width and height, or across and down.
pub type Pixels = [u32; 2];

#[cfg(target_os = "linux")]
pub(crate) use x11::Frame;

#[cfg(target_os = "linux")]
mod x11 {
    use super::Pixels;
    use x11rb::COPY_DEPTH_FROM_PARENT;
    use x11rb::connection::Connection;
    use x11rb::protocol::xproto::{
        ConfigureWindowAux, ConnectionExt, CreateWindowAux, Window, WindowClass,
    };
    use x11rb::rust_connection::RustConnection;

    /// A window on the display that the environment names; it goes with this value.
    pub(crate) struct Frame {
        connection: RustConnection,
        window: Window,
    }

    impl Frame {
        /// Opens it, at the upper left.
        pub(crate) fn open([width, height]: Pixels) -> Result<Self, String> {
            let (connection, screen) = RustConnection::connect(None).map_err(|e| {
                format!("no X11 display ({e}); start one: xvfb-run, or `cargo xtask check`")
            })?;
            let screen = &connection.setup().roots[screen];
            let (parent, visual) = (screen.root, screen.root_visual);
            let window = connection.generate_id().map_err(|e| e.to_string())?;
            let depth = COPY_DEPTH_FROM_PARENT;
            let (class, nothing) = (WindowClass::INPUT_OUTPUT, CreateWindowAux::new());
            let [width, height] = [short(width), short(height)];
            let made = connection.create_window(
                depth, window, parent, 0, 0, width, height, 0, class, visual, &nothing,
            );
            check(made)?;
            check(connection.map_window(window))?;
            Ok(Self { connection, window })
        }

        /// The window's number on its display.
        pub(crate) fn id(&self) -> Window {
            self.window
        }

        pub(crate) fn resize(&self, [width, height]: Pixels) -> Result<(), String> {
            let size = ConfigureWindowAux::new().width(width).height(height);
            check(self.connection.configure_window(self.window, &size))
        }

        pub(crate) fn move_to(&self, [across, down]: Pixels) -> Result<(), String> {
            let whole = |length| i32::try_from(length).unwrap_or(i32::MAX);
            let place = ConfigureWindowAux::new().x(whole(across)).y(whole(down));
            check(self.connection.configure_window(self.window, &place))
        }
    }

    impl Drop for Frame {
        fn drop(&mut self) {
            // If the display is gone, so is the window.
            if let Ok(cookie) = self.connection.destroy_window(self.window) {
                cookie.check().ok();
            }
        }
    }

    /// Waits until the display has done what was asked.
    fn check(
        asked: Result<
            x11rb::cookie::VoidCookie<'_, RustConnection>,
            x11rb::errors::ConnectionError,
        >,
    ) -> Result<(), String> {
        let cookie = asked.map_err(|e| e.to_string())?;
        cookie.check().map_err(|e| e.to_string())
    }

    fn short(length: u32) -> u16 {
        u16::try_from(length).unwrap_or(u16::MAX)
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) struct Frame;

#[cfg(not(target_os = "linux"))]
impl Frame {
    pub(crate) fn open(_: Pixels) -> Result<Self, String> {
        Err("this host opens windows on Linux only".into())
    }

    pub(crate) fn id(&self) -> u32 {
        0
    }

    pub(crate) fn resize(&self, _: Pixels) -> Result<(), String> {
        Ok(())
    }

    pub(crate) fn move_to(&self, _: Pixels) -> Result<(), String> {
        Ok(())
    }
}
