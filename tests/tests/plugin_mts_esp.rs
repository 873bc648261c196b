//! The built plugin beside a master of MTS-ESP: a library with the same interface, whose master is
//! this test.
//!
//! ```text
//!  test ─► stand-in library ◄─ the same file, loaded by the built .clap ─► samples ─► cents off
//! ```
//!
//! All of it is one test: the library is one for the whole process.

#![allow(
    unsafe_code,
    reason = "the stand-in is a C library, and where it lies is told through the environment"
)]

use betwixt_evaluation::measure::pitch::error_cents;
use betwixt_host::{Blocks, Event, Instance, Timed};
use betwixt_tests::keys::{RATE_HZ, assert_in_tune, errors_cents, plugin, tune};
use libloading::{Library, library_filename};
use serde_json::json;
use std::ffi::c_char;

/// The default, which draws partials, and the one that draws frames.
const MODELS: [(&str, &str); 2] = [("instruments", "partials"), ("notes", "frames")];

/// The stand-in, as its master sees it.
struct Master(Library);

impl Master {
    /// Loads the library, which cargo has built beside this test, and tells the plugin of it.
    fn new() -> Self {
        let program = std::env::current_exe().expect("this test has a file");
        let path = program.with_file_name(library_filename("betwixt_stand_in"));
        // SAFETY: no other thread of this test's process has been started yet.
        unsafe { std::env::set_var("BETWIXT_MTS_ESP", &path) };
        // SAFETY: the stand-in has no initialisation.
        Self(unsafe { Library::new(&path) }.expect("the stand-in is built"))
    }

    fn is_there(&self, is_there: bool) {
        // SAFETY: the type is that of the stand-in's function.
        let call = unsafe { self.0.get::<extern "C" fn(bool)>("stand_in_master") };
        call.expect("it is exported")(is_there);
    }

    fn clients(&self) -> i32 {
        // SAFETY: the type is that of the stand-in's function.
        let call = unsafe { self.0.get::<extern "C" fn() -> i32>("stand_in_clients") };
        call.expect("it is exported")()
    }

    /// Tunes every key in Hz; nothing where its notes are to be ignored.
    fn tune(&self, hz: impl Fn(u8) -> Option<f64>) {
        type Tune = extern "C" fn(c_char, f64, bool);
        // SAFETY: the type is that of the stand-in's function.
        let call = unsafe { self.0.get::<Tune>("stand_in_tune") }.expect("it is exported");
        for key in 0..128 {
            let note = c_char::try_from(key).expect("seven bits");
            call(note, hz(key).unwrap_or(440.0), hz(key).is_none());
        }
    }
}

/// Thirteen equal steps to the twelfth above 100 Hz on key 40, every fifth key ignored.
fn bohlen_pierce(key: u8) -> Option<f64> {
    let steps = f64::from(key) - 40.0;
    (!key.is_multiple_of(5)).then(|| 100.0 * 3f64.powf(steps / 13.0))
}

fn pitch(hz: f64) -> f64 {
    69.0 + 12.0 * (hz / 440.0).log2()
}

/// Holds a key while the master changes its mind; cents off the Bohlen-Pierce scale afterwards.
fn held(instance: &mut Instance, key: u8, change: impl Fn()) -> f64 {
    let mut play = |events: &[Timed]| {
        let sound = instance.play(events, 24_000, &Blocks::Of(480));
        sound.expect("it plays").left
    };
    play(&[Event::note_on(key, 0.9).at(0)]);
    change();
    let sound = [play(&[]), play(&[])].concat();
    instance.reset();
    let wanted = bohlen_pierce(key).expect("it is tuned");
    // The pitch arrives within some milliseconds.
    error_cents(&sound[4_800..], RATE_HZ, wanted).expect("it sounds")
}

/// Pitches of a piano.
fn tuned(hz: impl Fn(u8) -> Option<f64>) -> Vec<(u8, f64)> {
    let keys = (0..128).filter_map(|key| Some((key, pitch(hz(key)?))));
    keys.filter(|(_, pitch)| (21.0..=108.0).contains(pitch))
        .collect()
}

/// A master that is there is obeyed on every key within half a cent and its filter too, in both
/// families; one that changes its mind is followed, by notes that sound too, one that goes leaves the project's own tuning,
/// one that is not to be followed is not, and wild tables do no harm.
#[test]
fn a_master_of_mts_esp_is_followed() {
    let master = Master::new();
    let a_few = [(48, 48.0), (64, 64.0), (81, 81.0)];
    for (model, what) in MODELS {
        master.is_there(false);
        let mut instance = plugin(model);
        assert_eq!(master.clients(), 1, "{what}: it is registered");
        assert_in_tune(&mut instance, &a_few, &format!("{what}, no master"));

        master.tune(bohlen_pierce);
        master.is_there(true);
        let keys = tuned(bohlen_pierce);
        assert_in_tune(&mut instance, &keys, &format!("{what}, a master"));
        let ignored = errors_cents(&mut instance, &[(45, 45.0), (60, 60.0)]);
        assert_eq!(ignored, [None; 2], "{what}: the master's filter");

        let lower = |key: u8| Some(432.0 * 2f64.powf((f64::from(key) - 69.0) / 24.0));
        master.tune(lower);
        let keys = [
            (50, pitch(lower(50).expect("tuned"))),
            (90, pitch(lower(90).expect("tuned"))),
        ];
        assert_in_tune(&mut instance, &keys, &format!("{what}, another scale"));

        let error = held(&mut instance, 62, || master.tune(bohlen_pierce));
        assert!(error.abs() < 0.5, "{what}, while a note sounds: {error:.3}");
        master.tune(lower);

        tune(&mut instance, &json!({ "follow": false }));
        assert_in_tune(&mut instance, &a_few, &format!("{what}, not followed"));
        tune(&mut instance, &json!({ "follow": true }));
        assert_in_tune(&mut instance, &keys, &format!("{what}, followed again"));

        let wild = [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-300, 1e300];
        master.tune(|key| Some(wild[usize::from(key) % wild.len()]));
        let all: Vec<_> = (0..128).map(|key| (key, f64::from(key))).collect();
        let errors = errors_cents(&mut instance, &all[20..50]);
        assert!(errors.iter().all(Option::is_none), "{what}: {errors:?}");

        master.is_there(false);
        assert_in_tune(
            &mut instance,
            &a_few,
            &format!("{what}, the master has gone"),
        );
        drop(instance);
        assert_eq!(master.clients(), 0, "{what}: it is not registered any more");
    }
}
