//! What goes along with a block, behind the interfaces that the plugin reads it through.
//!
//! ```text
//!  [Event] ─► Events      id ─► [(sample, value)] = Points ─► Changes
//! ```

use ::vst3::Steinberg::Vst::{
    Event, IEventList, IEventListTrait, IParamValueQueue, IParamValueQueueTrait, IParameterChanges,
    IParameterChangesTrait, ParamID, ParamValue,
};
use ::vst3::Steinberg::{int32, kInvalidArgument, kResultFalse, kResultOk, tresult};
use ::vst3::{Class, ComWrapper};
use std::cell::RefCell;

/// Notes and what is done to them, in the order in which they were put there.
#[derive(Default)]
pub(super) struct Events(pub(super) RefCell<Vec<Event>>);

impl Class for Events {
    type Interfaces = (IEventList,);
}

impl IEventListTrait for Events {
    unsafe fn getEventCount(&self) -> int32 {
        count(self.0.borrow().len())
    }

    unsafe fn getEvent(&self, index: int32, event: *mut Event) -> tresult {
        let events = self.0.borrow();
        match usize::try_from(index).ok().and_then(|i| events.get(i)) {
            Some(own) => {
                // SAFETY: the caller's place for one event.
                unsafe { *event = *own };
                kResultOk
            }
            None => kInvalidArgument,
        }
    }

    unsafe fn addEvent(&self, event: *mut Event) -> tresult {
        // SAFETY: the caller's event.
        self.0.borrow_mut().push(unsafe { *event });
        kResultOk
    }
}

/// Where one parameter goes.
pub(super) struct Points {
    pub(super) id: ParamID,
    pub(super) points: Vec<(int32, ParamValue)>,
}

impl Class for Points {
    type Interfaces = (IParamValueQueue,);
}

impl IParamValueQueueTrait for Points {
    unsafe fn getParameterId(&self) -> ParamID {
        self.id
    }

    unsafe fn getPointCount(&self) -> int32 {
        count(self.points.len())
    }

    unsafe fn getPoint(&self, index: int32, at: *mut int32, value: *mut ParamValue) -> tresult {
        let point = usize::try_from(index).ok().and_then(|i| self.points.get(i));
        match point {
            Some(point) => {
                // SAFETY: the caller's places for one point.
                unsafe { (*at, *value) = *point };
                kResultOk
            }
            None => kInvalidArgument,
        }
    }

    unsafe fn addPoint(&self, _: int32, _: ParamValue, _: *mut int32) -> tresult {
        kResultFalse
    }
}

/// All that moves in a block.
#[derive(Default)]
pub(super) struct Changes(Vec<ComWrapper<Points>>);

impl Changes {
    /// The points of each parameter.
    pub(super) fn new(parameters: Vec<Points>) -> Self {
        Self(parameters.into_iter().map(ComWrapper::new).collect())
    }
}

impl Class for Changes {
    type Interfaces = (IParameterChanges,);
}

impl IParameterChangesTrait for Changes {
    unsafe fn getParameterCount(&self) -> int32 {
        count(self.0.len())
    }

    unsafe fn getParameterData(&self, index: int32) -> *mut IParamValueQueue {
        let points = usize::try_from(index).ok().and_then(|i| self.0.get(i));
        let points = points.and_then(ComWrapper::as_com_ref::<IParamValueQueue>);
        points.map_or(std::ptr::null_mut(), |points| points.as_ptr())
    }

    unsafe fn addParameterData(&self, _: *const ParamID, _: *mut int32) -> *mut IParamValueQueue {
        std::ptr::null_mut()
    }
}

fn count(length: usize) -> int32 {
    int32::try_from(length).unwrap_or(int32::MAX)
}
