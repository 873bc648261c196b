//! The built plugin as a guest that is tried with whatever a host may send: settings and notes by chance.
//!
//! ```text
//!  dice ─► values, notes ─► built .clap ─► numbers, silence, a note that is heard
//! ```

use crate::desk::in_order;
use crate::{Dice, built};
use betwixt_evaluation::measure::level;
use betwixt_host::{Blocks, Event, Instance, NoteAddress, Parameter, Setup, Timed};

/// The longest block in samples.
pub const LONGEST: u32 = 1_024;
/// Every channel, every key.
pub const EVERY: NoteAddress = NoteAddress {
    channel: 255,
    key: 255,
    id: None,
};

/// How it is activated.
#[must_use]
pub fn setup() -> Setup {
    Setup::new(built::RATE_HZ, LONGEST)
}

/// The built plugin, active.
///
/// # Panics
///
/// When the plugin refuses it.
#[must_use]
pub fn instance() -> Instance {
    built::clap(LONGEST)
}

/// Plays events, whatever their order, in blocks of these sizes; what comes out are numbers, none too
/// loud and none so small that a processor is slow with it.
///
/// # Panics
///
/// When the plugin refuses it, or other things come out.
pub fn play_in(
    instance: &mut Instance,
    events: &[Timed],
    frames: u64,
    blocks: &Blocks,
) -> [Vec<f32>; 2] {
    let played = instance.play(&in_order(events), frames, blocks);
    let played = played.expect("it plays");
    let sound = [played.left, played.right];
    let is_sound = |v: &f32| v.abs() <= 1.0 && !v.is_subnormal();
    let odd = sound.iter().flatten().find(|value| !is_sound(value));
    assert_eq!(odd, None, "after {events:?}");
    sound
}

/// The same in the longest blocks.
///
/// # Panics
///
/// When the plugin refuses it, or other things than numbers come out.
pub fn play(instance: &mut Instance, events: &[Timed], frames: u64) -> [Vec<f32>; 2] {
    play_in(instance, events, frames, &Blocks::Of(LONGEST))
}

/// A note can be heard, whatever was before; then all is quiet again.
///
/// # Panics
///
/// When the plugin refuses it, or nothing is heard.
///
/// # Panics
///
/// When the plugin refuses it, or something is heard.
pub fn can_be_played(instance: &mut Instance, what: &str) {
    let [sound, _] = play(instance, &[Event::note_on(60, 1.0).at(0)], 2_048);
    assert!(level::peak(&sound) > 1e-3, "{what}: silence");
    instance.reset();
}

/// Those that a host may automate, and so modulate.
#[must_use]
pub fn automatable(instance: &Instance) -> Vec<Parameter> {
    let all = instance.parameters().iter();
    all.filter(|p| p.automatable).cloned().collect()
}

/// Any value that a parameter can have.
pub fn value(parameter: &Parameter, dice: &mut Dice) -> f64 {
    let share = dice.roll(1_001) as f64 / 1_000.0;
    let value = parameter.minimum + (parameter.maximum - parameter.minimum) * share;
    if parameter.stepped {
        value.round()
    } else {
        value
    }
}

/// Every parameter somewhere.
pub fn anywhere(instance: &Instance, dice: &mut Dice) -> Vec<Event> {
    let all = automatable(instance).into_iter();
    all.map(|p| Event::parameter(&p.name, value(&p, dice)))
        .collect()
}

/// Every value, bit for bit.
///
/// # Panics
///
/// When the plugin refuses it.
pub fn values(instance: &mut Instance) -> Vec<(String, u64)> {
    let all = instance.parameters().to_vec().into_iter();
    let read = |p: Parameter| {
        let value = instance.value(&p.name).expect("known");
        (p.name, value.to_bits())
    };
    all.map(read).collect()
}

/// Notes by chance: begun, let go, stopped, some twice, some never.
///
/// # Panics
///
/// Never.
pub fn notes(dice: &mut Dice, count: usize, frames: u64) -> Vec<Timed> {
    let note = |dice: &mut Dice| NoteAddress {
        channel: u8::try_from(dice.roll(16)).expect("small"),
        key: u8::try_from(36 + dice.roll(48)).expect("small"),
        id: (dice.roll(2) == 0).then(|| u32::from(dice.byte())),
    };
    let any = |dice: &mut Dice| {
        let (note, at) = (note(dice), dice.roll(frames));
        let velocity = f64::from(dice.byte()) / 255.0;
        let event = match dice.roll(4) {
            0 | 1 => Event::NoteOn { note, velocity },
            2 => Event::NoteOff { note, velocity },
            _ => Event::NoteChoke { note },
        };
        event.at(at)
    };
    (0..count).map(|_| any(dice)).collect()
}

/// Everything stops; after the release of a choke nothing is heard.
///
/// # Panics
///
/// When the plugin refuses it, or something is heard.
pub fn falls_silent(instance: &mut Instance, what: &str) {
    play(instance, &[Event::NoteChoke { note: EVERY }.at(0)], 9_600);
    let [left, right] = play(instance, &[], 1_024);
    let is_silent = left.iter().chain(&right).all(|value| *value == 0.0);
    assert!(is_silent, "{what}");
}
