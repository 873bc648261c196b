//! A library with the interface of MTS-ESP, whose master is a test.
//!
//! ```text
//!  test ─► stand_in_* ─► table [128] Hz, filter [128], master? ◄─ MTS_* ◄─ plugin
//! ```
//!
//! The names that begin with `MTS_` and their signatures are those of the interface published by
//! ODDSound Ltd.; those that begin with `stand_in_` are the test's.

#![allow(
    unsafe_code,
    reason = "a C interface is exported under names that no other library of the process has"
)]

use std::ffi::c_char;
use std::ptr::from_ref;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, Ordering::Relaxed};

const KEYS: usize = 128;
const NAME: &[u8] = b"A stand-in\0";

/// Bits of frequencies: laid out as 128 doubles.
static TABLE: [AtomicU64; KEYS] = [const { AtomicU64::new(0) }; KEYS];
static FILTER: [AtomicBool; KEYS] = [const { AtomicBool::new(false) }; KEYS];
static MASTER: AtomicBool = AtomicBool::new(false);
static CLIENTS: AtomicI32 = AtomicI32::new(0);

/// One more client.
#[unsafe(no_mangle)]
pub extern "C" fn MTS_RegisterClient() {
    CLIENTS.fetch_add(1, Relaxed);
}

/// One client less.
#[unsafe(no_mangle)]
pub extern "C" fn MTS_DeregisterClient() {
    CLIENTS.fetch_sub(1, Relaxed);
}

/// Whether there is a master.
#[unsafe(no_mangle)]
pub extern "C" fn MTS_HasMaster() -> bool {
    MASTER.load(Relaxed)
}

/// The table, `[128]` Hz, for the life of the library.
#[unsafe(no_mangle)]
pub extern "C" fn MTS_GetTuningTable() -> *const f64 {
    from_ref(&TABLE).cast()
}

/// Whether a note is to be ignored; the channel may be unknown.
#[unsafe(no_mangle)]
pub extern "C" fn MTS_ShouldFilterNote(note: c_char, _channel: c_char) -> bool {
    FILTER[place(note)].load(Relaxed)
}

/// The scale's name, ended by a zero.
#[unsafe(no_mangle)]
pub extern "C" fn MTS_GetScaleName() -> *const c_char {
    NAME.as_ptr().cast()
}

/// How many clients there are.
#[unsafe(no_mangle)]
pub extern "C" fn stand_in_clients() -> i32 {
    CLIENTS.load(Relaxed)
}

/// A master comes or goes.
#[unsafe(no_mangle)]
pub extern "C" fn stand_in_master(is_there: bool) {
    MASTER.store(is_there, Relaxed);
}

/// The master tunes a key, and says whether its notes are to be ignored.
#[unsafe(no_mangle)]
pub extern "C" fn stand_in_tune(note: c_char, hz: f64, is_filtered: bool) {
    TABLE[place(note)].store(hz.to_bits(), Relaxed);
    FILTER[place(note)].store(is_filtered, Relaxed);
}

fn place(note: c_char) -> usize {
    usize::from(note.to_ne_bytes()[0]) % KEYS
}
