//! A host that remembers what the window tells it.
//!
//! ```text
//!  window ─► begin, set, end ─┬─► heard: what a test looks at
//!                             └─► parameters, at once or (deaf) with the next call
//! ```

use nice_plug::context::PluginApi;
use nice_plug::context::gui::GuiContextInner;
use nice_plug::plugin::PluginState;
use nice_plug::prelude::ParamPtr;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// What a host heard of one parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Heard {
    Begin,
    Set,
    End,
}

/// A host that applies what it is told and remembers it.
#[derive(Default)]
pub(super) struct Host {
    heard: Mutex<Vec<(String, Heard)>>,
    /// What it was told last of each parameter.
    last: Mutex<BTreeMap<String, f32>>,
    /// What it has not applied yet.
    waiting: Mutex<Vec<(ParamPtr, f32)>>,
    /// It remembers and does not apply: its next call has not come yet.
    is_deaf: AtomicBool,
}

impl Host {
    fn note(&self, name: &str, heard: Heard) {
        self.heard.lock().unwrap().push((name.to_owned(), heard));
    }

    /// Whether it waits with what it is told.
    pub(super) fn set_deaf(&self, is_deaf: bool) {
        self.is_deaf.store(is_deaf, Relaxed);
    }

    /// Its next call comes: what has waited is applied.
    #[allow(
        unsafe_code,
        reason = "only the framework's pointers can move a parameter"
    )]
    pub(super) fn deliver(&self) {
        for (param, normalized) in std::mem::take(&mut *self.waiting.lock().unwrap()) {
            // SAFETY: whoever waits for the next call owns the parameters.
            unsafe { param._internal_set_normalized_value(normalized) };
        }
    }

    /// Where a parameter was told to go last.
    pub(super) fn last_of(&self, name: &str) -> Option<f32> {
        self.last.lock().unwrap().get(name).copied()
    }

    /// What was heard since the last time, by name; repeated sets count once.
    pub(super) fn take(&self) -> Vec<(String, Heard)> {
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
        let name = unsafe { param.name() };
        self.note(name, Heard::Set);
        self.last
            .lock()
            .unwrap()
            .insert(name.to_owned(), normalized);
        if self.is_deaf.load(Relaxed) {
            self.waiting.lock().unwrap().push((param, normalized));
            return;
        }
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
