//! What a plugin tells a host about itself beside its parameters.
//!
//! ```text
//!  voice info ─► Voices      remote controls ─► Page × n
//! ```

use crate::parameter::Parameter;
use clack_extensions::remote_controls::RemoteControlsPage;

/// What a plugin says of its voices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Voices {
    /// As many may sound now.
    pub count: u32,
    /// As many may ever sound.
    pub capacity: u32,
    /// Whether several notes may have one key.
    pub may_overlap: bool,
}

/// Knobs that hardware shows together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// What the page belongs to.
    pub section: String,
    /// Its name.
    pub name: String,
    /// The parameters, by name; `None` where a knob does nothing.
    pub parameters: Vec<Option<String>>,
}

impl Page {
    pub(crate) fn read(page: &RemoteControlsPage<'_>, parameters: &[Parameter]) -> Self {
        let words = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let name = |parameter: &Parameter| parameter.name.clone();
        let of = |id: &Option<clack_host::prelude::ClapId>| {
            let found = parameters.iter().find(|p| Some(p.clap_id()) == *id);
            found.map(name)
        };
        Self {
            section: words(page.section_name),
            name: words(page.page_name),
            parameters: page.param_ids.iter().map(of).collect(),
        }
    }
}
