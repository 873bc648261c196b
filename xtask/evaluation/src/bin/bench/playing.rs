//! Voices in an engine: what each share of a core buys.
//!
//! Notes are held while their own time runs at a quarter of its speed, so that five seconds later
//! they still sound and every decode and lobe is paid for.

use crate::Done;
use crate::timing::{median, row, verdict};
use betwixt_engine::{
    Controls, Decoder, Engine, Event, EventKind, MAX_VOICES, Note, PhaseMode, Settings, Slot,
    Source, Target,
};
use betwixt_model::Model;
use betwixt_model::header::Output;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

/// The host rate and block of all engine figures.
const RATE_HZ: f32 = 48_000.0;
const BLOCK: usize = 64;
/// Time between two calls, in microseconds.
const DEADLINE_US: f64 = BLOCK as f64 / RATE_HZ as f64 * 1e6;
/// Five seconds.
const BLOCKS: usize = 3_750;
const PASSES: usize = 5;

/// How many voices, where, and the share of a core that was promised for partials.
struct Setting {
    name: &'static str,
    voices: u8,
    keys: (u8, u8),
    promised: Option<f64>,
}

const fn setting(name: &'static str, voices: u8, keys: (u8, u8), promised: Option<f64>) -> Setting {
    Setting {
        name,
        voices,
        keys,
        promised,
    }
}

const SETTINGS: [Setting; 5] = [
    setting("1 voice, key 60", 1, (60, 60), None),
    setting("8 voices, keys 36–91", 8, (36, 91), None),
    setting("16 voices, keys 48–72", 16, (48, 72), Some(0.04)),
    setting("16 voices, keys 24–36", 16, (24, 36), Some(0.15)),
    setting("64 voices, keys 48–72", 64, (48, 72), Some(1.0)),
];

/// Phases beside the usual one, of models of frames.
const PHASES: [(&str, PhaseMode); 2] = [
    ("16 voices, keys 48–72, refined", PhaseMode::Refined),
    ("16 voices, keys 48–72, peak lock", PhaseMode::PeakLock),
];

/// How far the wheel of a bent sound goes, and the blocks of its way from end to end: a second.
const BEND_SEMITONES: f32 = 12.0;
const BEND_BLOCKS: usize = 750;

/// Prints the engine's figures; returns whether a struck chord meets its deadline.
pub(crate) fn figures(model: &Model) -> Done<bool> {
    let decoder = Arc::new(Decoder::new(model)?);
    let controls = controls(&decoder);
    let paints = matches!(model.header.output, Output::Partials(_));
    for setting in SETTINGS {
        let promised = setting.promised.filter(|_| paints);
        let strikes = strikes(setting.voices, setting.keys);
        let cost = held_us(&decoder, &controls, &strikes, |_| None);
        held(setting.name, cost, promised);
    }
    let sixteen = strikes(SETTINGS[2].voices, SETTINGS[2].keys);
    let controls_bent = Controls {
        bend_range_semitones: BEND_SEMITONES,
        ..controls
    };
    let cost = held_us(&decoder, &controls_bent, &sixteen, |block| {
        Some(bend(block))
    });
    held("16 voices, keys 48–72, bent", cost, None);
    let cost = held_us(&decoder, &moved(&controls), &sixteen, |_| None);
    held("16 voices, keys 48–72, moved by LFOs", cost, None);
    let saving = Controls {
        economy: true,
        ..controls
    };
    let cost = held_us(&decoder, &saving, &sixteen, |_| None);
    held("16 voices, keys 48–72, economy", cost, None);
    for (name, phase) in PHASES.into_iter().filter(|_| !paints) {
        let controls = Controls { phase, ..controls };
        held(name, held_us(&decoder, &controls, &sixteen, |_| None), None);
        struck(&decoder, &controls, "  8 notes struck in one block");
    }
    let in_time = struck(&decoder, &controls, "8 notes struck in one block");
    Ok(in_time)
}

/// The same controls with every slot moving something, fast.
fn moved(controls: &Controls) -> Controls {
    let mut moved = *controls;
    let modulation = &mut moved.modulation;
    modulation.lfos.iter_mut().for_each(|lfo| lfo.rate_hz = 5.0);
    let targets = [
        Target::Latent(0),
        Target::Pitch,
        Target::Tilt,
        Target::Level,
    ];
    for (index, slot) in modulation.slots.iter_mut().enumerate() {
        *slot = Slot {
            source: Source::Lfo(index % 2),
            target: targets[index % targets.len()],
            depth: 0.02,
        };
    }
    moved
}

/// Mean and worst block of a held sound, and whether the mean is as promised.
fn held(name: &str, (mean, worst): (f64, f64), promised: Option<f64>) {
    let share = mean / DEADLINE_US;
    let mut remark = format!(
        "{:.2} % of a core; worst block {worst:.0} µs = {:.0} % of its deadline",
        100.0 * share,
        100.0 * worst / DEADLINE_US
    );
    if let Some(promised) = promised {
        let word = verdict(share <= promised);
        remark += &format!("; at most {:.0} %: {word}", 100.0 * promised);
    }
    row(name, mean, &remark);
}

/// Whether a chord is in time.
fn struck(decoder: &Arc<Decoder>, controls: &Controls, name: &str) -> bool {
    let chord = chord_us(decoder, controls);
    let in_time = chord < DEADLINE_US;
    let remark = format!(
        "{:.0} % of {DEADLINE_US:.0} µs: {}",
        100.0 * chord / DEADLINE_US,
        if in_time { "in time" } else { "TOO LATE" }
    );
    row(name, chord, &remark);
    in_time
}

/// The model's first sound, slowly.
fn controls(decoder: &Decoder) -> Controls {
    let mut controls = Controls {
        voice_limit: MAX_VOICES,
        ..Controls::default()
    };
    let knobs = controls.latents.iter_mut().zip(decoder.defaults());
    knobs.for_each(|(to, from)| *to = *from);
    controls.performance.time.speed = 0.25;
    controls
}

fn engine(decoder: &Arc<Decoder>) -> Engine {
    Engine::new(
        Arc::clone(decoder),
        Settings {
            sample_rate_hz: RATE_HZ,
            seed: 1,
        },
    )
}

/// Keys spread evenly over a range, both ends included; more voices than keys go to more channels.
fn strikes(voices: u8, (low, high): (u8, u8)) -> Vec<Event> {
    let keys = high - low + 1;
    let strike = |voice: u8| {
        let key = if voices <= keys {
            let place = u16::from(voice) * u16::from(high - low) / u16::from((voices - 1).max(1));
            low + u8::try_from(place).unwrap_or(0)
        } else {
            low + voice % keys
        };
        let note = Note {
            id: None,
            channel: voice / keys,
            key,
        };
        Event {
            offset_samples: 0,
            kind: EventKind::NoteOn {
                note,
                velocity: 0.8,
            },
        }
    };
    (0..voices).map(strike).collect()
}

/// The wheel at a block, to and fro between its ends.
fn bend(block: usize) -> Event {
    let place = (block % (2 * BEND_BLOCKS)) as f32 / BEND_BLOCKS as f32;
    let value = 1.0 - 2.0 * (place - 1.0).abs();
    let kind = EventKind::PitchBend { channel: 0, value };
    Event {
        offset_samples: 0,
        kind,
    }
}

/// Mean and worst block of held notes over five seconds, with what happens in each block.
///
/// Every pass does the same work block for block, so the least time of each block is what it costs
/// when nothing else disturbs the machine.
fn held_us(
    decoder: &Arc<Decoder>,
    controls: &Controls,
    strikes: &[Event],
    happens: impl Fn(usize) -> Option<Event>,
) -> (f64, f64) {
    let mut least = vec![f64::MAX; BLOCKS];
    for _ in 0..PASSES {
        let mut engine = engine(decoder);
        block_us(&mut engine, controls, strikes);
        for (block, least) in least.iter_mut().enumerate() {
            let event = happens(block);
            *least = least.min(block_us(&mut engine, controls, event.as_slice()));
        }
    }
    let mean = least.iter().sum::<f64>() / least.len() as f64;
    (mean, least.iter().copied().fold(0.0, f64::max))
}

/// The block in which a chord is struck on an engine that plays another one: median of 25.
fn chord_us(decoder: &Arc<Decoder>, controls: &Controls) -> f64 {
    let strike = || {
        let mut engine = engine(decoder);
        block_us(&mut engine, controls, &strikes(4, (38, 62)));
        (0..40).for_each(|_| {
            block_us(&mut engine, controls, &[]);
        });
        block_us(&mut engine, controls, &strikes(8, (36, 91)))
    };
    median((0..25).map(|_| strike()).collect())
}

fn block_us(engine: &mut Engine, controls: &Controls, events: &[Event]) -> f64 {
    let (mut left, mut right) = ([0.0; BLOCK], [0.0; BLOCK]);
    let start = Instant::now();
    engine.process(controls, events, &mut left, &mut right);
    let elapsed = start.elapsed();
    black_box((left, right));
    elapsed.as_secs_f64() * 1e6
}
