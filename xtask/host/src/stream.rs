//! States in streams that give and take only so many bytes at a time, as a host's may.
//!
//! ```text
//!  state ─► plugin writes ─► at most `piece` bytes ─► … ─► bytes ─► at most `piece` ─► plugin reads
//! ```

use crate::error::HostError;
use crate::instance::Instance;
use clack_extensions::state::PluginState;
use std::io::{Read, Result, Write};

/// A stream that hands over at most `piece` bytes in a call.
struct Narrow<S> {
    stream: S,
    piece: usize,
}

impl<S: Read> Read for Narrow<S> {
    fn read(&mut self, into: &mut [u8]) -> Result<usize> {
        let length = into.len().min(self.piece);
        self.stream.read(&mut into[..length])
    }
}

impl<S: Write> Write for Narrow<S> {
    fn write(&mut self, from: &[u8]) -> Result<usize> {
        let length = from.len().min(self.piece);
        self.stream.write(&from[..length])
    }

    fn flush(&mut self) -> Result<()> {
        self.stream.flush()
    }
}

impl Instance {
    /// The whole state, taken in pieces of so many bytes at most.
    ///
    /// # Errors
    ///
    /// [`HostError::Refused`].
    pub fn save_state_in(&mut self, piece: usize) -> std::result::Result<Vec<u8>, HostError> {
        let stream = Vec::new();
        let mut narrow = Narrow { stream, piece };
        let handle = self.plugin.plugin_handle();
        let extension = handle.get_extension::<PluginState>();
        let saved = extension.is_some_and(|state| state.save(&handle, &mut narrow).is_ok());
        if saved {
            Ok(narrow.stream)
        } else {
            Err(self.refused("save its state", format!("in pieces of {piece}")))
        }
    }

    /// Gives the plugin a state to take on, in pieces of so many bytes at most.
    ///
    /// # Errors
    ///
    /// [`HostError::Refused`].
    pub fn load_state_in(
        &mut self,
        bytes: &[u8],
        piece: usize,
    ) -> std::result::Result<(), HostError> {
        let mut narrow = Narrow {
            stream: bytes,
            piece,
        };
        let handle = self.plugin.plugin_handle();
        let extension = handle.get_extension::<PluginState>();
        let loaded = extension.is_some_and(|state| state.load(&handle, &mut narrow).is_ok());
        self.idle();
        if loaded {
            Ok(())
        } else {
            Err(self.refused("load a state", format!("in pieces of {piece}")))
        }
    }
}
