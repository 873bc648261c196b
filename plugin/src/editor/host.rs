//! What the host hears of the window's size once the player has chosen one: that one, and no other.
//!
//! ```text
//!  Settings: a size ─► Screen: the wish ─┐
//!  window has another size ──────────────┴─ the one that was wished for? ─► host: make room
//! ```
//!
//! The toolkit tells the host of every size that the host has not set by its own call. A host under
//! X11 sets its old size once more before it hears of the new one; told of both, it sizes the window
//! between the two without end.

use crate::screen::Screen;
use nice_plug::editor::dpi::{NativeSize, Size};
use nice_plug::editor::{HostCallbacks, HostMethods};
use std::error::Error;
use std::sync::Arc;

/// The host behind a sieve.
struct Sieve {
    host: Box<dyn HostCallbacks>,
    screen: Arc<Screen>,
}

/// A host that hears what the player wishes, and not what comes of it.
pub(super) fn sieve(host: HostMethods, screen: Arc<Screen>) -> HostMethods {
    let callbacks = Box::new(Sieve {
        host: host.callbacks,
        screen,
    });
    HostMethods { callbacks, ..host }
}

impl HostCallbacks for Sieve {
    fn request_resize(&mut self, new_size: Size, scale: f64) -> Result<(), Box<dyn Error>> {
        let native: NativeSize<u32> = NativeSize::from_size(new_size, scale);
        let points = [native.width, native.height].map(|length| f64::from(length) / scale);
        if self.screen.tells(points) {
            return self.host.request_resize(new_size, scale);
        }
        Ok(())
    }

    fn destroyed(&mut self) {
        self.host.destroyed();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nice_plug::editor::HostMainThreadCaller;
    use nice_plug::editor::dpi::PhysicalSize;
    use std::sync::Mutex;

    #[derive(Clone, Default)]
    struct Heard(Arc<Mutex<Vec<Size>>>);

    impl HostCallbacks for Heard {
        fn request_resize(&mut self, new_size: Size, _: f64) -> Result<(), Box<dyn Error>> {
            self.0.lock().unwrap().push(new_size);
            Ok(())
        }

        fn destroyed(&mut self) {}
    }

    struct Nobody;

    impl HostMainThreadCaller for Nobody {
        fn call_main_thread(&mut self) {}
    }

    /// After a wish the host hears of that size, once, on a screen of two pixels per point as on any
    /// other, and of no other size; before it, of all.
    #[test]
    fn the_host_hears_wishes_alone() {
        let (heard, screen) = (Heard::default(), Arc::new(Screen::default()));
        let host = HostMethods {
            callbacks: Box::new(heard.clone()),
            main_thread_caller: Box::new(Nobody),
        };
        let mut host = sieve(host, Arc::clone(&screen));
        let mut sized = |width, height| {
            let size = Size::Physical(PhysicalSize::new(width, height));
            host.callbacks.request_resize(size, 2.0).unwrap();
        };
        sized(2_000, 1_400);
        assert_eq!(heard.0.lock().unwrap().len(), 1);
        screen.wish([1_296, 864]);
        sized(2_000, 1_400);
        sized(2_592, 1_728);
        sized(2_592, 1_728);
        assert_eq!(heard.0.lock().unwrap().len(), 2);
    }
}
