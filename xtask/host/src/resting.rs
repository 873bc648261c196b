//! What a host does with a plugin that it does not play: parameters without a block, rest and waking.
//!
//! ```text
//!  active:    flush on the audio thread,   stop ─► reset ─► start
//!  inactive:  flush on the main thread
//! ```

use crate::error::HostError;
use crate::event::{Event, Reply, push};
use crate::handlers::as_audio_thread;
use crate::instance::Instance;
use clack_extensions::params::PluginParams;
use clack_host::prelude::EventBuffer;

impl Instance {
    /// Gives the plugin parameters without a block, on the thread on which the format wants it; what it
    /// answered.
    ///
    /// # Errors
    ///
    /// [`HostError::Parameter`] for a name that does not exist; [`HostError::Refused`] when it has no
    /// parameters.
    pub fn flush(&mut self, events: &[Event]) -> Result<Vec<Reply>, HostError> {
        let (mut input, mut output) = (EventBuffer::new(), EventBuffer::new());
        for event in events {
            push(&mut input, 0, event, &self.parameters)?;
        }
        let handle = self.plugin.plugin_handle();
        let Some(params) = handle.get_extension::<PluginParams>() else {
            return Err(self.refused("take parameters", "it has none".into()));
        };
        let (from, mut into) = (input.as_input(), output.as_output());
        if let Some(audio) = &mut self.audio {
            as_audio_thread(|| {
                let handle = &mut audio.processor.plugin_handle();
                params.flush_active(handle, &from, &mut into);
            });
        } else if let Some(mut handle) = self.plugin.inactive_plugin_handle() {
            params.flush(&mut handle, &from, &mut into);
        }
        self.idle();
        Ok(output.iter().map(Reply::read).collect())
    }

    /// Stops the plugin's processing and starts it again, with so many resets in between.
    ///
    /// # Errors
    ///
    /// [`HostError::Refused`] when it does not start again; it can be activated again afterwards.
    pub fn rest(&mut self, resets: usize) -> Result<(), HostError> {
        let Some(audio) = self.audio.take() else {
            return Err(self.refused("rest", "it is not active".into()));
        };
        match as_audio_thread(|| audio.rest(resets)) {
            Ok(audio) => {
                self.audio = Some(audio);
                Ok(())
            }
            Err(reason) => Err(self.refused("start again", reason)),
        }
    }
}
