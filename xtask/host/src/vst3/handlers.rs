//! What the plugin may ask of its host.

use super::words::to_wide;
use ::vst3::Class;
use ::vst3::Steinberg::Vst::{
    IComponentHandler, IComponentHandlerTrait, IHostApplication, IHostApplicationTrait, ParamID,
    ParamValue, String128,
};
use ::vst3::Steinberg::{TUID, int32, kNoInterface, kResultOk, tresult};
use std::ffi::c_void;

/// The host, as the plugin is told of it.
pub(super) struct Application;

impl Class for Application {
    type Interfaces = (IHostApplication,);
}

impl IHostApplicationTrait for Application {
    unsafe fn getName(&self, name: *mut String128) -> tresult {
        let text = to_wide("Betwixt host");
        let mut array = [0; 128];
        array[..text.len()].copy_from_slice(&text);
        // SAFETY: the caller's place for a name.
        unsafe { *name = array };
        kResultOk
    }

    unsafe fn createInstance(&self, _: *mut TUID, _: *mut TUID, _: *mut *mut c_void) -> tresult {
        kNoInterface
    }
}

/// Who hears what the plugin tells of itself.
pub(super) struct Handler;

impl Class for Handler {
    type Interfaces = (IComponentHandler,);
}

impl IComponentHandlerTrait for Handler {
    unsafe fn beginEdit(&self, _: ParamID) -> tresult {
        kResultOk
    }

    unsafe fn performEdit(&self, _: ParamID, _: ParamValue) -> tresult {
        kResultOk
    }

    unsafe fn endEdit(&self, _: ParamID) -> tresult {
        kResultOk
    }

    unsafe fn restartComponent(&self, _: int32) -> tresult {
        kResultOk
    }
}
