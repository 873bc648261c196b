//! Where sound and notes go in and out of a plugin.
//!
//! ```text
//!  audio ports ─► AudioPort × n      note ports ─► NotePort × n
//! ```

use crate::instance::Instance;
use clack_extensions::audio_ports::{AudioPortFlags, AudioPortInfoBuffer, PluginAudioPorts};
use clack_extensions::note_ports::{NoteDialect, NotePortInfoBuffer, PluginNotePorts};

/// Where sound goes in or out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudioPort {
    /// Its number.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// Its channels.
    pub channels: u32,
    /// What the channels are, in the format's words; empty when it does not say.
    pub kind: String,
    /// Whether it is the main one.
    pub is_main: bool,
    /// Whether it takes samples of 64 bits.
    pub is_double: bool,
    /// The port of the other direction that may share its memory.
    pub pair: Option<u32>,
}

/// Where notes go in or out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotePort {
    /// Its number.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// Whether it speaks the format's own language.
    pub has_clap: bool,
    /// Whether it speaks MIDI.
    pub has_midi: bool,
    /// Whether the one that it likes best is one that it speaks.
    pub prefers_its_own: bool,
}

fn words(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

impl Instance {
    /// The ports of sound of one direction, as many as the plugin counts; one that it counts and does
    /// not describe is `None`. The last is the one past the end, which must not be there.
    pub fn audio_ports(&mut self, is_input: bool) -> Vec<Option<AudioPort>> {
        let handle = self.plugin.plugin_handle();
        let Some(extension) = handle.get_extension::<PluginAudioPorts>() else {
            return Vec::new();
        };
        let read = |index| {
            let mut buffer = AudioPortInfoBuffer::new();
            let port = extension.get(&handle, index, is_input, &mut buffer)?;
            Some(AudioPort {
                id: port.id.get(),
                name: words(port.name),
                channels: port.channel_count,
                kind: port
                    .port_type
                    .map_or(String::new(), |k| words(k.0.to_bytes())),
                is_main: port.flags.contains(AudioPortFlags::IS_MAIN),
                is_double: port.flags.contains(AudioPortFlags::SUPPORTS_64BITS),
                pair: port.in_place_pair.map(|id| id.get()),
            })
        };
        (0..=extension.count(&handle, is_input)).map(read).collect()
    }

    /// The ports of notes of one direction, as [`Instance::audio_ports`].
    pub fn note_ports(&mut self, is_input: bool) -> Vec<Option<NotePort>> {
        let handle = self.plugin.plugin_handle();
        let Some(extension) = handle.get_extension::<PluginNotePorts>() else {
            return Vec::new();
        };
        let read = |index| {
            let mut buffer = NotePortInfoBuffer::new();
            let port = extension.get(&handle, index, is_input, &mut buffer)?;
            let speaks = |dialect: NoteDialect| port.supported_dialects.supports(dialect);
            Some(NotePort {
                id: port.id.get(),
                name: words(port.name),
                has_clap: speaks(NoteDialect::Clap),
                has_midi: speaks(NoteDialect::Midi),
                prefers_its_own: port.preferred_dialect.is_some_and(speaks),
            })
        };
        (0..=extension.count(&handle, is_input)).map(read).collect()
    }
}
