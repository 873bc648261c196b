//! The built plugin at a desk of controllers: states with a map, events, what is heard.
//!
//! ```text
//!  rows of a map ─► state ─► built .clap ◄─ MIDI ─► left channel
//! ```

use crate::built;
use betwixt_host::{Blocks, Event, Instance, Project, Timed};
use serde_json::Value;

pub use crate::built::{RATE_HZ, SECOND};

/// The longest block in samples.
pub const LONGEST: u32 = 4_096;

/// The built plugin, active.
///
/// # Panics
///
/// When the plugin refuses it.
#[must_use]
pub fn instance() -> Instance {
    built::clap(LONGEST)
}

/// A field of a state.
///
/// # Panics
///
/// When the plugin refuses it.
#[must_use]
pub fn field(instance: &mut Instance, name: &str) -> Value {
    let project = Project::of(instance).expect("saved");
    project.field(name).expect("the field is there")
}

/// Opens the same project, edited as the JSON that it is.
///
/// # Panics
///
/// When the plugin refuses it.
pub fn change(instance: &mut Instance, edit: impl FnOnce(&mut Value)) {
    let project = Project::of(instance).expect("saved").changed(edit);
    let opened = instance.load_state(&project.bytes());
    opened.expect("the state is sound");
}

/// A project in which these mappings are all there is.
///
/// # Panics
///
/// When the plugin refuses it.
#[must_use]
pub fn mapped(rows: &str) -> Instance {
    let mut instance = instance();
    let map = Value::from(format!("format = 1\n{rows}"));
    change(&mut instance, |state| {
        state["fields"]["map"] = map.to_string().into();
    });
    instance
}

/// One mapping; `more` is whole lines.
#[must_use]
pub fn row(source: &str, number: Option<u16>, target: &str, more: &str) -> String {
    let number = number.map_or(String::new(), |number| format!("number = {number}\n"));
    format!("[[mapping]]\nsource = \"{source}\"\n{number}target = \"{target}\"\n{more}\n")
}

/// Plays events in blocks of 480; the left channel.
///
/// # Panics
///
/// When the plugin refuses it.
pub fn play(instance: &mut Instance, events: &[Timed], frames: u64) -> Vec<f32> {
    play_in(instance, events, frames, &Blocks::Of(480))
}

/// Plays events in blocks of any sizes; the left channel.
///
/// # Panics
///
/// When the plugin refuses it.
pub fn play_in(
    instance: &mut Instance,
    events: &[Timed],
    frames: u64,
    blocks: &Blocks,
) -> Vec<f32> {
    let played = instance.play(&in_order(events), frames, blocks);
    played.expect("it plays").left
}

/// The same events by their time; those of one moment stay as they were.
#[must_use]
pub fn in_order(events: &[Timed]) -> Vec<Timed> {
    let mut events = events.to_vec();
    events.sort_by_key(|timed| timed.frame);
    events
}

/// The first place at which two renders differ.
///
/// # Panics
///
/// When the plugin refuses it.
#[must_use]
pub fn parting(one: &[f32], other: &[f32]) -> Option<usize> {
    assert_eq!(one.len(), other.len());
    (0..one.len()).find(|&at| one[at].to_bits() != other[at].to_bits())
}

/// A note that stands still: time is frozen, nothing moves by itself, the limiter rests.
#[must_use]
pub fn steady() -> Vec<Timed> {
    steady_from(10)
}

/// The same, struck at this sample.
#[must_use]
pub fn steady_from(at: u64) -> Vec<Timed> {
    let still = ["Vibrato Depth", "Drift", "Noise", "Width"].map(|name| (name, 0.0));
    let frozen = [
        ("Freeze", 1.0),
        ("Freeze Point", 0.4),
        ("Velocity", 0.0),
        ("Attack", 0.0),
    ];
    let set = still.into_iter().chain(frozen);
    let mut events: Vec<Timed> = set
        .map(|(name, value)| Event::parameter(name, value).at(0))
        .collect();
    events.push(Event::note_on(48, 0.6).at(at));
    events
}

/// Events and more of them.
#[must_use]
pub fn with(base: &[Timed], more: impl IntoIterator<Item = Timed>) -> Vec<Timed> {
    base.iter().cloned().chain(more).collect()
}

/// Both halves of a number of 14 bits on a pair of controllers.
///
/// # Panics
///
/// When the plugin refuses it.
#[must_use]
pub fn fine(controller: u8, whole: u16, at: u64) -> [Timed; 2] {
    let [high, low] = [whole >> 7, whole & 127].map(|half| u8::try_from(half).expect("7 bits"));
    let halves = [(controller, high), (controller + 32, low)];
    halves.map(|(number, value)| Event::controller(number, value).at(at))
}
