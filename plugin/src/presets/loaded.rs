//! The preset that was loaded last: its name, whether the sound has been changed since, and what the
//! project remembers of it.
//!
//! ```text
//!  load, save ─► Loaded ─► project: its text, or null
//!                   └────► window: name, changed or not, the last thing that went wrong
//! ```
//!
//! The project has the whole text: so it knows whether the sound has been changed, and saves what a
//! later version wrote, where the preset's file is not.

use super::Preset;
use crate::parameters::Parameters;
use crate::sound::Sound;
use nice_plug::params::persist::PersistentField;
use nice_plug::prelude::ParamSetter;
use serde_json::Value;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The key of what a project says instead of a text when its preset was refused.
const PROBLEM: &str = "problem";

/// The preset of an instance.
#[derive(Debug, Default)]
pub(crate) struct Loaded(Mutex<Kept>);

/// Which preset that is: what undo brings back.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kept {
    text: Option<String>,
    /// What the text says, once somebody has asked.
    preset: Option<Arc<Preset>>,
    problem: Option<String>,
}

/// What the window shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Shown {
    /// The preset's name; none where there was none.
    pub(crate) name: Option<String>,
    /// Whether what is heard is not what it was.
    pub(crate) is_changed: bool,
    /// What went wrong, or what this version leaves alone.
    pub(crate) problem: Option<String>,
}

impl Loaded {
    /// A field of a state that loads a preset's text.
    pub(super) fn field(text: &str) -> String {
        Value::from(text).to_string()
    }

    /// The same for a preset that was refused.
    pub(super) fn refused(problem: &str) -> String {
        serde_json::json!({ PROBLEM: problem }).to_string()
    }

    /// The preset that was loaded last.
    pub(crate) fn preset(&self, parameters: &Parameters) -> Option<Arc<Preset>> {
        let mut kept = self.lock();
        // What could not be read once is not read again for every picture.
        if kept.preset.is_none() && kept.problem.is_none() {
            let read = Preset::read("The project's preset", kept.text.as_deref()?, parameters);
            match read {
                Ok(preset) => {
                    kept.problem = preset.later.words();
                    kept.preset = Some(Arc::new(preset));
                }
                Err(error) => {
                    kept.problem.get_or_insert(error.to_string());
                }
            }
        }
        kept.preset.clone()
    }

    /// This preset has been loaded, or the sound has been saved as it.
    pub(crate) fn remember(&self, preset: Arc<Preset>, parameters: &Parameters) {
        *self.lock() = Kept {
            text: Some(preset.text(parameters)),
            problem: preset.later.words(),
            preset: Some(preset),
        };
    }

    /// Which preset it is.
    pub(crate) fn kept(&self) -> Kept {
        self.lock().clone()
    }

    /// It is this one again.
    pub(crate) fn put_back(&self, kept: Kept) {
        *self.lock() = kept;
    }

    /// What the window shows. Compares the whole sound, value by value.
    pub(crate) fn shown(&self, parameters: &Parameters) -> Shown {
        let preset = self.preset(parameters);
        let is_changed = |preset: &Arc<Preset>| {
            let difference = preset.sound.difference(&Sound::of(parameters));
            !difference.is_none()
        };
        Shown {
            name: preset.as_ref().map(|preset| preset.head.name.clone()),
            is_changed: preset.as_ref().is_some_and(is_changed),
            problem: self.lock().problem.clone(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// A preset by its text, as projects have it.
    pub(crate) fn of(text: Option<String>) -> Self {
        Self {
            text,
            ..Self::default()
        }
    }

    /// Its text, if there is one.
    pub(crate) fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }
}

impl Preset {
    /// Makes it what is heard, and remembers it.
    pub(crate) fn load(self: &Arc<Self>, parameters: &Parameters, setter: &ParamSetter<'_>) {
        self.sound.apply(parameters, setter);
        parameters.loaded.remember(Arc::clone(self), parameters);
    }
}

impl PersistentField<'_, Value> for Loaded {
    fn set(&self, saved: Value) {
        let problem = saved.get(PROBLEM).and_then(Value::as_str);
        *self.lock() = Kept {
            text: saved.as_str().map(str::to_owned),
            preset: None,
            problem: problem.map(str::to_owned),
        };
    }

    fn map<F: Fn(&Value) -> R, R>(&self, read: F) -> R {
        let kept = self.lock();
        match (&kept.text, &kept.problem) {
            (Some(text), _) => read(&Value::from(text.as_str())),
            (None, Some(problem)) => read(&serde_json::json!({ PROBLEM: problem })),
            (None, None) => read(&Value::Null),
        }
    }
}
