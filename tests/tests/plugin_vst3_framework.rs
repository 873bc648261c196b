//! Where the plugin's framework does otherwise than the VST3 format says, and the plugin can do
//! nothing about it: each test says so as soon as the framework does better.
//!
//! ```text
//!  host ─► framework (here it ends) ─✗─► plugin
//! ```

use betwixt_evaluation::measure::level;
use betwixt_host::vst3::{Buffers, Call, Instance};
use betwixt_host::{Event, Expression, NoteAddress};
use betwixt_spectral::pitch::hz;
use betwixt_tests::amplitude;
use betwixt_tests::built::{self, RATE_HZ};

fn instance() -> Instance {
    built::vst3(48_000)
}

fn heard(instance: &mut Instance, frames: u32, events: &[(i32, Event)]) -> Vec<f32> {
    let answer = instance.call(&Call::new(frames, events)).expect("known");
    assert!(answer.accepted);
    answer.left
}

fn strike(id: u32, key: u8) -> Event {
    let note = NoteAddress::named(id, key);
    let velocity = 0.75;
    Event::NoteOn { note, velocity }
}

/// One note is held while others come and go, and is then taken an octave up; whether it went.
fn goes_up_after(others: u32) -> bool {
    let mut instance = instance();
    heard(&mut instance, 64, &[(0, strike(1_000, 69))]);
    for id in 0..others {
        let (note, velocity) = (NoteAddress::named(id, 40), 0.0);
        let end = Event::NoteOff { note, velocity };
        heard(&mut instance, 64, &[(0, strike(id, 40)), (32, end)]);
    }
    let (note, kind, value) = (NoteAddress::named(1_000, 69), Expression::Tuning, 12.0);
    let up = Event::Expression { note, kind, value };
    let sound = heard(&mut instance, 48_000, &[(0, up)]);
    let [low, high] = [69.0, 81.0].map(|pitch| amplitude(&sound[24_000..], hz(pitch), RATE_HZ));
    high > 10.0 * low
}

/// Among the last 32 notes each is known by its number. Those before are forgotten, whether they are
/// held or not, and what is meant for them is dropped.
#[test]
fn it_knows_32_notes() {
    assert!(goes_up_after(31));
    assert!(!goes_up_after(32), "it knows more now");
}

/// Volume rests at a quarter of its way, vibrato at its foot, expression at its head: it names the
/// middle for all, and a host that goes back to rest by that makes notes louder by 6 dB.
#[test]
fn it_names_the_middle_as_every_expression_s_rest() {
    let kinds = instance().expressions(0);
    assert!(kinds.iter().all(|kind| kind.default == 0.5), "{kinds:?}");
}

/// The wheel rests in its middle: it names its foot, where it has bent all the way down.
#[test]
fn it_names_the_foot_as_the_wheel_s_rest() {
    let instance = instance();
    let wheel = instance.controller(0, 129);
    let wheel = instance.parameters().iter().find(|p| Some(p.id) == wheel);
    assert_eq!(wheel.map(|parameter| parameter.default), Some(0.0));
}

/// What comes too early, before its block, happens at the block's last sample instead of its first.
#[test]
fn it_takes_early_for_late() {
    let sound = heard(&mut instance(), 4_800, &[(-1, Event::note_on(60, 0.75))]);
    assert_eq!(level::peak(&sound[..4_799]), 0.0, "it is in time now");
}

/// Notes and controllers of a call without samples never arrive, and a note that ends there sounds
/// on; parameters do arrive.
#[test]
fn it_drops_notes_of_calls_without_sound() {
    for buffers in [Buffers::Whole, Buffers::NoBus] {
        let mut instance = instance();
        heard(&mut instance, 4_800, &[(0, Event::note_on(60, 0.75))]);
        let events = [(0, Event::note_off(60)), (0, Event::controller(120, 127))];
        let silent = Call {
            buffers,
            ..Call::new(0, &events)
        };
        assert!(instance.call(&silent).expect("known").accepted);
        let sound = heard(&mut instance, 48_000, &[]);
        assert!(level::peak(&sound[40_000..]) > 0.01, "{buffers:?}: it ends");
    }
}

/// The flags of silence stay as the host has set them, whatever is in the buffers: a host must have
/// cleared them.
#[test]
fn it_leaves_the_flags_of_silence() {
    let events = [(0, Event::note_on(60, 0.75))];
    let said = Call {
        silence: 3,
        ..Call::new(4_800, &events)
    };
    let answer = instance().call(&said).expect("known");
    assert!(level::peak(&answer.left) > 0.01);
    assert_eq!(answer.silence, 3, "it clears them now");
}

/// A host that has no list of inputs, where there are none, cannot choose the outputs.
#[test]
fn it_wants_a_list_of_no_inputs() {
    let mut instance = instance();
    instance.suspend().expect("at rest");
    assert!(instance.refuses_no_list_of_inputs(), "it needs none now");
}

/// One parameter more than there are is described: the place behind the last.
#[test]
fn it_describes_one_parameter_too_many() {
    let instance = instance();
    let count = i32::try_from(instance.parameters().len()).expect("small");
    assert!(instance.describes_parameter(count), "it stops in time now");
    assert!(!instance.describes_parameter(count + 1));
}
