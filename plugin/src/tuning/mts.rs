//! The library of MTS-ESP, through which one plugin of a session tunes all the others.
//!
//! ```text
//!  libMTS (system-wide, installed by a master) ─► Library, once per process
//!       instance ─► Client: registered ─► has_master, frequency [Hz], title ─► … ─► deregistered
//! ```
//!
//! It is opened on the main thread, when an instance is made; where it is not installed there is
//! simply no master. It stays loaded for the life of the process, so that its table stays where it
//! is. One table holds for all MIDI channels: the channel is told as unknown, which the interface
//! allows.
//!
//! *Real time:* [`Client::has_master`] and [`Client::frequency`] ask the library for what stands in its
//! memory. That allocates, locks and waits for nothing: its makers want audio threads to ask as often
//! as they can. With a master there a call asks for 128 keys, 0.4 µs; without one, for the master.
//!
//! *Source:* the interface published by ODDSound Ltd. as MTS-ESP (names, places, signatures).

#![allow(
    unsafe_code,
    reason = "a library of another maker is opened and called; each call says why it may be made"
)]

use betwixt_engine::tuning::KEYS;
use libloading::Library as Opened;
use std::ffi::c_char;
use std::path::{Path, PathBuf};
use std::ptr::NonNull;
use std::sync::{Mutex, PoisonError};

/// Another library than the system's, for tests.
const INSTEAD: &str = "BETWIXT_MTS_ESP";
/// The channel of a note whose channel is not told.
const ANY_CHANNEL: c_char = -1i8 as c_char;
/// Bytes of a scale's name that are shown.
const LONGEST_NAME: usize = 128;

/// The functions of the library, and its table.
#[derive(Debug)]
struct Library {
    register: unsafe extern "C" fn(),
    deregister: unsafe extern "C" fn(),
    /// A `bool`, read as the byte that it is.
    has_master: unsafe extern "C" fn() -> u8,
    is_filtered: unsafe extern "C" fn(c_char, c_char) -> u8,
    scale_name: unsafe extern "C" fn() -> *const c_char,
    /// `[128]`, Hz.
    table: NonNull<f64>,
}

// SAFETY: the functions are the library's, which is made to be called from every thread of every
// plugin of a process; the table is memory of the library, which is never unloaded, and is only read,
// one volatile word at a time.
unsafe impl Send for Library {}
// SAFETY: as above.
unsafe impl Sync for Library {}

impl Library {
    /// Opens a library and finds its functions.
    fn open(path: &Path) -> Result<Self, String> {
        let file = path.display();
        // SAFETY: what opening runs is the initialisation of the library that the player has
        // installed for this purpose, at the place that its interface names.
        let opened = unsafe { Opened::new(path) }.map_err(|error| {
            format!("{file}: this library of MTS-ESP cannot be opened ({error}). Install it anew")
        })?;
        let library = Self::find(&opened).map_err(|name| {
            format!("{file}: it is no library of MTS-ESP, {name} is missing. Install it anew")
        })?;
        // Its functions and its table are used until the process ends.
        std::mem::forget(opened);
        Ok(library)
    }

    /// The functions and the table, or the name of what is missing.
    fn find(opened: &Opened) -> Result<Self, &'static str> {
        macro_rules! function {
            ($name:literal) => {
                // SAFETY: the type of the field is the one that the interface gives this function.
                *unsafe { opened.get($name) }.map_err(|_| $name)?
            };
        }
        let table: unsafe extern "C" fn() -> *const f64 = function!("MTS_GetTuningTable");
        // SAFETY: it only returns where the table is.
        let table = unsafe { table() };
        Ok(Self {
            register: function!("MTS_RegisterClient"),
            deregister: function!("MTS_DeregisterClient"),
            has_master: function!("MTS_HasMaster"),
            is_filtered: function!("MTS_ShouldFilterNote"),
            scale_name: function!("MTS_GetScaleName"),
            table: NonNull::new(table.cast_mut()).ok_or("its table")?,
        })
    }
}

/// The library, opened once; one that is not there may be there for the next instance.
fn library() -> Result<Option<&'static Library>, String> {
    static OPENED: Mutex<Option<&'static Library>> = Mutex::new(None);
    let mut opened = OPENED.lock().unwrap_or_else(PoisonError::into_inner);
    if opened.is_none() {
        let Some(path) = place().filter(|path| path.exists()) else {
            return Ok(None);
        };
        *opened = Some(Box::leak(Box::new(Library::open(&path)?)));
    }
    Ok(*opened)
}

/// Where the library is, if it is installed.
fn place() -> Option<PathBuf> {
    let instead = std::env::var_os(INSTEAD).filter(|path| !path.is_empty());
    instead.map(PathBuf::from).or_else(of_the_system)
}

/// Where a master's installation puts it.
fn of_the_system() -> Option<PathBuf> {
    if cfg!(windows) {
        let common = PathBuf::from(std::env::var_os("CommonProgramFiles")?);
        Some(common.join("MTS-ESP").join("LIBMTS.dll"))
    } else if cfg!(target_os = "macos") {
        Some("/Library/Application Support/MTS-ESP/libMTS.dylib".into())
    } else {
        Some("/usr/local/lib/libMTS.so".into())
    }
}

/// One instance's connection; it ends with it.
#[derive(Debug)]
pub(crate) struct Client(&'static Library);

impl Client {
    /// Connects to the library; nothing where it is not installed. Loads a file: not for the audio
    /// thread.
    ///
    /// # Errors
    ///
    /// In words, with the library's path: it is there and cannot be used.
    pub(crate) fn connect() -> Result<Option<Self>, String> {
        Ok(library()?.map(|library| {
            // SAFETY: the library is loaded; it counts its clients, and `drop` takes this one back.
            unsafe { (library.register)() };
            Self(library)
        }))
    }

    /// Whether there is a master now. Real-time.
    pub(crate) fn has_master(&self) -> bool {
        // SAFETY: the library is loaded, and the function takes nothing.
        unsafe { (self.0.has_master)() != 0 }
    }

    /// The frequency of a key in Hz, as the master wrote it; not a number where its notes are to be
    /// ignored. Real-time.
    ///
    /// # Panics
    ///
    /// When there is no such key.
    pub(crate) fn frequency(&self, key: usize) -> f64 {
        assert!(key < KEYS, "keys are 0…127");
        let Ok(number) = c_char::try_from(key) else {
            return f64::NAN;
        };
        // SAFETY: the library is loaded; every key of 0…127 and the unknown channel are allowed.
        if unsafe { (self.0.is_filtered)(number, ANY_CHANNEL) } != 0 {
            return f64::NAN;
        }
        // SAFETY: the table has 128 entries and the key is below. The master may be writing: an
        // aligned word of eight bytes comes as it was before or after, and is read once.
        unsafe { self.0.table.add(key).read_volatile() }
    }

    /// What the window calls the tuning: MTS-ESP, and the name of its scale.
    pub(crate) fn title(&self) -> String {
        // SAFETY: the library is loaded, and the function takes nothing.
        let name = unsafe { (self.0.scale_name)() };
        let Some(name) = NonNull::new(name.cast_mut()) else {
            return "MTS-ESP".into();
        };
        let read = |place: usize| {
            // SAFETY: the name ends with a zero, and nothing is read behind it.
            let letter = unsafe { name.add(place).read_volatile() };
            (letter != 0).then_some(letter.to_ne_bytes()[0])
        };
        let bytes: Vec<u8> = (0..LONGEST_NAME).map_while(read).collect();
        match String::from_utf8_lossy(&bytes).trim() {
            "" => "MTS-ESP".into(),
            name => format!("MTS-ESP: {name}"),
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // SAFETY: the library is loaded, and this client was registered.
        unsafe { (self.0.deregister)() };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file that is no library, and a library that is another one, are refused by name with what
    /// to do.
    #[test]
    fn what_is_no_such_library_is_refused_by_name() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("libMTS.so");
        std::fs::write(&path, b"\x7fELF and nothing more").unwrap();
        let words = Library::open(&path).unwrap_err();
        assert!(
            words.contains("libMTS.so") && words.contains("Install"),
            "{words}"
        );
    }
}
