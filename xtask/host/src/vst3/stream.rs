//! A state on its way: bytes in memory, behind the interface that the plugin reads and writes.

use ::vst3::Class;
use ::vst3::Steinberg::IBStream_::IStreamSeekMode_::{kIBSeekCur, kIBSeekEnd, kIBSeekSet};
use ::vst3::Steinberg::{
    IBStream, IBStreamTrait, int32, int64, kInvalidArgument, kResultFalse, kResultOk, tresult,
};
use std::cell::{Cell, RefCell};
use std::ffi::c_void;

/// What is wrong with a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// It begins with so many bytes of somebody else, and stands behind them.
    Header(usize),
    /// It cannot be moved in.
    Unmovable,
    /// It gives half of what is asked for.
    Half,
    /// It gives nothing, and says that all is well.
    Empty,
}

/// Bytes that can be read and written.
pub(super) struct Stream {
    bytes: RefCell<Vec<u8>>,
    at: Cell<usize>,
    fault: Fault,
}

impl Class for Stream {
    type Interfaces = (IBStream,);
}

impl Stream {
    /// A stream of bytes.
    pub(super) fn new(bytes: &[u8], fault: Fault) -> Self {
        let before = match fault {
            Fault::Header(length) => length,
            _ => 0,
        };
        Self {
            bytes: RefCell::new([&vec![0xaa; before], bytes].concat()),
            at: Cell::new(before),
            fault,
        }
    }

    /// Everything that it holds.
    pub(super) fn bytes(&self) -> Vec<u8> {
        self.bytes.borrow().clone()
    }

    fn readable(&self, asked: usize) -> usize {
        let left = self.bytes.borrow().len().saturating_sub(self.at.get());
        match self.fault {
            Fault::Half => left.min(asked) / 2,
            Fault::Empty => 0,
            _ => left.min(asked),
        }
    }
}

fn tell(into: *mut int32, count: usize) {
    if !into.is_null() {
        // SAFETY: the caller's, and not null.
        unsafe { *into = int32::try_from(count).unwrap_or(int32::MAX) };
    }
}

impl IBStreamTrait for Stream {
    unsafe fn read(&self, buffer: *mut c_void, asked: int32, read: *mut int32) -> tresult {
        let Ok(asked) = usize::try_from(asked) else {
            return kInvalidArgument;
        };
        let (count, at) = (self.readable(asked), self.at.get());
        if count > 0 {
            let bytes = &self.bytes.borrow()[at..at + count];
            // SAFETY: the caller has room for what it asked for, and no more is given.
            unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), buffer.cast(), count) };
        }
        self.at.set(at + count);
        tell(read, count);
        kResultOk
    }

    unsafe fn write(&self, buffer: *mut c_void, given: int32, written: *mut int32) -> tresult {
        let Ok(count) = usize::try_from(given) else {
            return kInvalidArgument;
        };
        // SAFETY: the caller says that so many bytes are there.
        let given = unsafe { std::slice::from_raw_parts(buffer.cast::<u8>(), count) };
        let mut bytes = self.bytes.borrow_mut();
        bytes.truncate(self.at.get());
        bytes.extend_from_slice(given);
        self.at.set(bytes.len());
        tell(written, count);
        kResultOk
    }

    unsafe fn seek(&self, by: int64, mode: int32, result: *mut int64) -> tresult {
        let base = match u32::try_from(mode) {
            _ if self.fault == Fault::Unmovable => return kResultFalse,
            Ok(mode) if mode == kIBSeekSet => 0,
            Ok(mode) if mode == kIBSeekCur => self.at.get(),
            Ok(mode) if mode == kIBSeekEnd => self.bytes.borrow().len(),
            _ => return kInvalidArgument,
        };
        let place = int64::try_from(base)
            .unwrap_or(int64::MAX)
            .saturating_add(by);
        self.at.set(usize::try_from(place).unwrap_or(0));
        // SAFETY: the caller's place for the answer, or null.
        unsafe { self.tell(result) };
        kResultOk
    }

    unsafe fn tell(&self, place: *mut int64) -> tresult {
        if !place.is_null() {
            let at = int64::try_from(self.at.get()).unwrap_or(int64::MAX);
            // SAFETY: the caller's, and not null.
            unsafe { *place = at };
        }
        kResultOk
    }
}
