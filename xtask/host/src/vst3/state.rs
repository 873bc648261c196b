//! The whole state of the plugin, and streams that are not as they should be.

use super::instance::Instance;
use super::stream::{Fault, Stream};
use crate::error::HostError;
use ::vst3::ComWrapper;
use ::vst3::Steinberg::Vst::{IComponentTrait, IEditControllerTrait};
use ::vst3::Steinberg::{IBStream, kResultOk};

fn stream(bytes: &[u8], fault: Fault) -> (ComWrapper<Stream>, *mut IBStream) {
    let stream = ComWrapper::new(Stream::new(bytes, fault));
    let interface = stream.as_com_ref::<IBStream>();
    let pointer = interface.map_or(std::ptr::null_mut(), |stream| stream.as_ptr());
    (stream, pointer)
}

impl Instance {
    /// The whole state, as a project would keep it.
    ///
    /// # Errors
    ///
    /// [`HostError::Refused`].
    pub fn save_state(&self) -> Result<Vec<u8>, HostError> {
        let (stream, pointer) = stream(&[], Fault::None);
        let said = ask!(self.component.getState(pointer));
        (said == kResultOk)
            .then(|| stream.bytes())
            .ok_or_else(|| super::instance::refused("save its state", said))
    }

    /// Gives the plugin a state to take on, both its sides, as when a project is opened.
    ///
    /// # Errors
    ///
    /// [`HostError::Refused`].
    pub fn load_state(&mut self, bytes: &[u8]) -> Result<(), HostError> {
        let is_taken = self.load_state_from(bytes, Fault::None);
        let refused = || super::instance::refused("load its state", kResultOk);
        is_taken.then_some(()).ok_or_else(refused)
    }

    /// The same from a stream with a fault; whether the plugin took it.
    pub fn load_state_from(&mut self, bytes: &[u8], fault: Fault) -> bool {
        let (_kept, pointer) = stream(bytes, fault);
        let is_taken = ask!(self.component.setState(pointer)) == kResultOk;
        let (_kept, pointer) = stream(bytes, fault);
        is_taken && ask!(self.controller.setComponentState(pointer)) == kResultOk
    }

    /// What the plugin says to no stream at all, saving and loading: whether it refuses both.
    pub fn refuses_no_stream(&mut self) -> bool {
        let none = std::ptr::null_mut();
        let saved = ask!(self.component.getState(none));
        let loaded = ask!(self.component.setState(none));
        saved != kResultOk && loaded != kResultOk
    }
}
