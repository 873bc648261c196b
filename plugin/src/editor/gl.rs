//! The library that draws stays loaded once a window has been open.
//!
//! ```text
//!  first window ─► libEGL, opened once more and never closed ─► every later window finds it there
//! ```
//!
//! The window's toolkit loads libEGL with each window and unloads it with each; with it go the
//! driver's tables, whose memory is lost, and code that a thread which is just ending may still
//! return to. One handle too many prevents both.

#![allow(
    unsafe_code,
    reason = "loading a library runs its code; nothing can make that safe"
)]

#[cfg(target_os = "linux")]
pub(super) fn keep_loaded() {
    use libloading::Library;
    use std::sync::OnceLock;
    static KEPT: OnceLock<Option<Library>> = OnceLock::new();
    KEPT.get_or_init(|| {
        // SAFETY: the system's own library, which the window's toolkit loads by this name right
        // afterwards; initialising it twice is what the dynamic loader prevents.
        unsafe { Library::new("libEGL.so.1") }.ok()
    });
}

#[cfg(not(target_os = "linux"))]
pub(super) fn keep_loaded() {}
