//! What the plugin may ask of its host, answered from whichever thread it asks.
//!
//! ```text
//!  plugin, any thread ─► Shared (flags, log) ─► Instance looks at the flags between blocks
//! ```

use crate::frame::Pixels;
use clack_extensions::gui::{GuiSize, HostGui, HostGuiImpl};
use clack_extensions::latency::{HostLatency, HostLatencyImpl};
use clack_extensions::log::{HostLog, HostLogImpl, LogSeverity};
use clack_extensions::params::{
    HostParams, HostParamsImplMainThread, HostParamsImplShared, ParamClearFlags, ParamRescanFlags,
};
use clack_extensions::state::{HostState, HostStateImpl};
use clack_extensions::tail::{HostTail, HostTailImpl};
use clack_extensions::thread_check::{HostThreadCheck, HostThreadCheckImpl};
use clack_extensions::voice_info::{HostVoiceInfo, HostVoiceInfoImpl};
use clack_host::prelude::{
    AudioProcessorHandler, ClapId, HostError, HostExtensions, HostHandlers, MainThreadHandler,
    SharedHandler,
};
use std::cell::Cell;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::ThreadId;

thread_local! {
    /// Whether this thread is inside a call that only the audio thread may make.
    static PROCESSING: Cell<bool> = const { Cell::new(false) };
}

/// Marks the running thread as the audio thread while `work` runs.
pub(crate) fn as_audio_thread<T>(work: impl FnOnce() -> T) -> T {
    let before = PROCESSING.replace(true);
    let result = work();
    PROCESSING.set(before);
    result
}

/// The types that answer, by thread.
pub(crate) struct Handlers;

impl HostHandlers for Handlers {
    type Shared<'a> = Shared;
    type MainThread<'a> = MainThread<'a>;
    type AudioProcessor<'a> = AudioThread;

    fn declare_extensions(builder: &mut HostExtensions<Self>, _: &Self::Shared<'_>) {
        builder
            .register::<HostGui>()
            .register::<HostLatency>()
            .register::<HostLog>()
            .register::<HostParams>()
            .register::<HostState>()
            .register::<HostTail>()
            .register::<HostThreadCheck>()
            .register::<HostVoiceInfo>();
    }
}

/// Answers from any thread.
pub(crate) struct Shared {
    main_thread: ThreadId,
    callback: AtomicBool,
    restart: AtomicBool,
    dirty: AtomicBool,
    /// What size the plugin's window asked for.
    size: Mutex<Option<Pixels>>,
    log: Mutex<Vec<String>>,
    active: AtomicBool,
    /// Calls from the wrong thread, or at the wrong time.
    strays: Mutex<Vec<String>>,
}

impl Shared {
    /// Must be called on the thread that will own the instance.
    pub(crate) fn new() -> Self {
        Self {
            main_thread: std::thread::current().id(),
            callback: AtomicBool::new(false),
            restart: AtomicBool::new(false),
            dirty: AtomicBool::new(false),
            size: Mutex::new(None),
            log: Mutex::new(Vec::new()),
            active: AtomicBool::new(false),
            strays: Mutex::new(Vec::new()),
        }
    }

    /// Whether the plugin asked to be called on the main thread since the last look.
    pub(crate) fn take_callback(&self) -> bool {
        self.callback.swap(false, Ordering::AcqRel)
    }

    /// Whether the plugin asked to be activated anew since the last look.
    pub(crate) fn take_restart(&self) -> bool {
        self.restart.swap(false, Ordering::AcqRel)
    }

    /// Whether the plugin said that its state changed since the last look.
    pub(crate) fn take_dirty(&self) -> bool {
        self.dirty.swap(false, Ordering::AcqRel)
    }

    /// The size that the plugin's window asked for since the last look.
    pub(crate) fn take_size(&self) -> Option<Pixels> {
        let size = self.size.lock();
        size.unwrap_or_else(std::sync::PoisonError::into_inner)
            .take()
    }

    /// The plugin is active from here on.
    pub(crate) fn is_activated(&self) {
        self.active.store(true, Ordering::Release);
    }

    /// It is not any more.
    pub(crate) fn is_deactivated(&self) {
        self.active.store(false, Ordering::Release);
    }

    /// Calls from the wrong thread, or at the wrong time.
    pub(crate) fn strays(&self) -> Vec<String> {
        let strays = self.strays.lock();
        strays
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }

    /// Keeps a call that should not have been made.
    fn expect(&self, is_allowed: bool, call: &str) {
        if !is_allowed {
            let strays = self.strays.lock();
            let mut strays = strays.unwrap_or_else(std::sync::PoisonError::into_inner);
            strays.push(call.into());
        }
    }

    /// Everything that the plugin has logged.
    pub(crate) fn log(&self) -> Vec<String> {
        let log = self.log.lock();
        log.unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }
}

impl SharedHandler<'_> for Shared {
    fn request_restart(&self) {
        self.restart.store(true, Ordering::Release);
    }

    fn request_process(&self) {}

    fn request_callback(&self) {
        self.callback.store(true, Ordering::Release);
    }
}

impl HostLogImpl for Shared {
    fn log(&self, severity: LogSeverity, message: &str) {
        let mut log = self
            .log
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        log.push(format!("{severity}: {message}"));
    }
}

impl HostGuiImpl for Shared {
    fn resize_hints_changed(&self) {}

    fn request_resize(&self, GuiSize { width, height }: GuiSize) -> Result<(), HostError> {
        let size = self.size.lock();
        *size.unwrap_or_else(std::sync::PoisonError::into_inner) = Some([width, height]);
        Ok(())
    }

    fn request_show(&self) -> Result<(), HostError> {
        Ok(())
    }

    fn request_hide(&self) -> Result<(), HostError> {
        Ok(())
    }

    fn closed(&self, _: bool) {}
}

impl HostThreadCheckImpl for Shared {
    fn is_main_thread(&self) -> bool {
        std::thread::current().id() == self.main_thread && !PROCESSING.get()
    }

    fn is_audio_thread(&self) -> bool {
        PROCESSING.get()
    }
}

impl HostParamsImplShared for Shared {
    fn request_flush(&self) {
        self.expect(!self.is_audio_thread(), "params: request_flush");
    }
}

/// Answers on the thread that owns the instance.
pub(crate) struct MainThread<'a> {
    pub(crate) shared: &'a Shared,
}

impl<'a> MainThreadHandler<'a> for MainThread<'a> {}

impl MainThread<'_> {
    /// Keeps a call that was made elsewhere, or at a time that is not allowed.
    fn on_main_thread(&self, is_allowed: bool, call: &str) {
        let is_here = self.shared.is_main_thread();
        self.shared.expect(is_here && is_allowed, call);
    }
}

impl HostParamsImplMainThread for MainThread<'_> {
    fn rescan(&self, flags: ParamRescanFlags) {
        let is_at_rest = !self.shared.active.load(Ordering::Acquire);
        let is_allowed = is_at_rest || !flags.contains(ParamRescanFlags::ALL);
        let what = format!("params: rescan {flags:?}");
        self.on_main_thread(is_allowed, &what);
    }

    fn clear(&self, _: ClapId, _: ParamClearFlags) {
        self.on_main_thread(true, "params: clear");
    }
}

impl HostStateImpl for MainThread<'_> {
    fn mark_dirty(&self) {
        self.on_main_thread(true, "state: mark_dirty");
        self.shared.dirty.store(true, Ordering::Release);
    }
}

impl HostLatencyImpl for MainThread<'_> {
    fn changed(&self) {
        let is_at_rest = !self.shared.active.load(Ordering::Acquire);
        self.on_main_thread(is_at_rest, "latency: changed");
    }
}

impl HostVoiceInfoImpl for MainThread<'_> {
    fn changed(&self) {
        self.on_main_thread(true, "voice info: changed");
    }
}

/// Answers on the audio thread.
pub(crate) struct AudioThread;

impl AudioProcessorHandler<'_> for AudioThread {}

impl HostTailImpl for AudioThread {
    fn changed(&mut self) {}
}
