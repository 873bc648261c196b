//! A saved project: what the plugin remembers, opened, looked at, changed.
//!
//! ```text
//!  Instance::save_state ─► 8 bytes of length, JSON { version, params, fields } ─► Project ─► load_state
//! ```
//!
//! A field's content is itself a JSON text: so the framework saves what is no parameter.

use crate::{HostError, Instance};
use serde_json::{Value, json};

/// Bytes of the length before the text.
const LENGTH: usize = 8;

/// A saved project.
#[derive(Clone, Debug, PartialEq)]
pub struct Project(Value);

impl Project {
    /// One that says nothing: everything stands at its default.
    #[must_use]
    pub fn empty() -> Self {
        Self(json!({ "version": "", "params": {}, "fields": {} }))
    }

    /// Reads what a plugin has saved.
    ///
    /// # Errors
    ///
    /// [`HostError::Usage`] when it is no project.
    pub fn read(state: &[u8]) -> Result<Self, HostError> {
        let text = state.get(LENGTH..).unwrap_or_default();
        let read = serde_json::from_slice(text).map_err(|error| HostError::Usage {
            what: "a project",
            expected: "a length in eight bytes, and JSON".into(),
            found: error.to_string(),
        });
        read.map(Self)
    }

    /// What an instance would save now.
    ///
    /// # Errors
    ///
    /// [`HostError`] when it does not save, or no project.
    pub fn of(instance: &mut Instance) -> Result<Self, HostError> {
        Self::read(&instance.save_state()?)
    }

    /// The names of its fields, in order.
    #[must_use]
    pub fn fields(&self) -> Vec<String> {
        let fields = self.0["fields"].as_object();
        let mut names: Vec<String> = fields.map_or_else(Vec::new, |f| f.keys().cloned().collect());
        names.sort_unstable();
        names
    }

    /// The content of a field, JSON in itself.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<Value> {
        let text = self.0["fields"][name].as_str()?;
        serde_json::from_str(text).ok()
    }

    /// The same project with another content of a field.
    #[must_use]
    pub fn with(mut self, name: &str, content: &Value) -> Self {
        self.0["fields"][name] = Value::String(content.to_string());
        self
    }

    /// The same project without a field.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        if let Some(fields) = self.0["fields"].as_object_mut() {
            fields.remove(name);
        }
        self
    }

    /// The same project with these models of the factory in its slots, by their names; the other
    /// slots are empty.
    #[must_use]
    pub fn with_models(self, names: &[&str]) -> Self {
        let slot = |slot: usize| names.get(slot).map(|name| json!({ "name": name }));
        let slots: Vec<Option<Value>> = (0..4).map(slot).collect();
        self.with("models", &json!(slots))
    }

    /// The same project, edited as the JSON that it is.
    #[must_use]
    pub fn changed(mut self, edit: impl FnOnce(&mut Value)) -> Self {
        edit(&mut self.0);
        self
    }

    /// As a host keeps it.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let text = self.0.to_string();
        let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
        [&length.to_le_bytes(), text.as_bytes()].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is set is found again after the way through bytes, and nothing else has changed.
    #[test]
    fn a_project_comes_back() {
        let project = Project::empty().with("window", &json!([800, 600]));
        let changed = project.clone().with_models(&["struck", "synth"]);
        let read = Project::read(&changed.bytes()).expect("a project");
        assert_eq!(read, changed);
        assert_eq!(read.field("window"), Some(json!([800, 600])));
        let expected = json!([{ "name": "struck" }, { "name": "synth" }, null, null]);
        assert_eq!(read.field("models"), Some(expected));
        assert_eq!(read.without("models"), project);
        assert!(Project::read(b"none").is_err());
    }
}
