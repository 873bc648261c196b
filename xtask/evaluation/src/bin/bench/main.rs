//! What the sound costs: `cargo xtask bench`.
//!
//! ```text
//!  kernel   decode (panels, batch, textbook)  beside  reading its weights
//!           phase of a frame, stored phase    beside  an inverse FFT
//!  voice    one hop of one voice
//!  engine   1, 8, 16 voices: share of a core, worst block; a chord struck in one block
//! ```
//!
//! Absolute times belong to the machine; the ratios within one run travel. Every figure is a median
//! over many runs unless it says worst. Worst blocks are taken as the smallest worst of several
//! passes, so that one interruption by the system does not count as ours.

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "a command-line program")]

use betwixt_engine::phase::{GradientPhase, NoiseTable};
use betwixt_engine::random::Random;
use betwixt_engine::{Controls, Decoder, Engine, Event, EventKind, Note, Settings, decoder};
use betwixt_model::Model;
use betwixt_spectral::number::narrow;
use betwixt_spectral::{Complex32, InverseStft};
use clap::Parser;
use std::hint::black_box;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

/// The host rate and block of all engine figures.
const RATE_HZ: f32 = 48_000.0;
const BLOCK: usize = 64;
/// Time between two calls, in microseconds.
const DEADLINE_US: f64 = BLOCK as f64 / RATE_HZ as f64 * 1e6;
/// Keys of the sixteen voices: a wide chord.
const KEYS: [u8; 16] = [
    36, 43, 48, 52, 55, 60, 64, 67, 71, 72, 74, 76, 79, 84, 88, 91,
];

/// Measures decode, phase, voice and engine for each model given (all in models/ by default).
///
/// Prints times in microseconds, each beside what it should be compared with. Fails if an eight-note
/// chord struck in one 64-sample block at 48 kHz misses its deadline.
#[derive(Parser)]
struct Arguments {
    /// Model files; without any: models/*/weights.safetensors.
    models: Vec<PathBuf>,
    /// How often each kernel is run for its median.
    #[arg(long, default_value_t = 300)]
    runs: usize,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    let files = if arguments.models.is_empty() {
        factory_models()?
    } else {
        arguments.models
    };
    let mut missed = Vec::new();
    for file in files {
        let (model, _) = Model::read(&file)?;
        println!("\n{} ({})", model.header.name, file.display());
        kernel_figures(&model, arguments.runs)?;
        let chord_us = engine_figures(&model)?;
        if chord_us > DEADLINE_US {
            missed.push(model.header.name.clone());
        }
    }
    match missed.as_slice() {
        [] => Ok(()),
        names => Err(format!("the chord misses its deadline with {}", names.join(", ")).into()),
    }
}

fn factory_models() -> Result<Vec<PathBuf>, Box<dyn std::error::Error>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../models");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&folder)? {
        let file = entry?.path().join("weights.safetensors");
        if file.is_file() {
            files.push(file.canonicalize()?);
        }
    }
    files.sort();
    Ok(files)
}

fn row(name: &str, us: f64, remark: &str) {
    println!("  {name:<44} {us:>9.1} µs   {remark}");
}

fn kernel_figures(model: &Model, runs: usize) -> Result<(), Box<dyn std::error::Error>> {
    let shared = Decoder::new(model)?;
    let inputs = shared.layout().len();
    let vector = vec![0.3; inputs];
    let bytes = shared.weights() * shared.weight_bytes();
    let limit = read_us(bytes, runs);
    let one = median_us(runs, || drop(black_box(shared.decode(black_box(&vector)))));
    let batch = [vector.as_slice(); 4];
    let four = median_us(runs, || {
        drop(black_box(shared.decode_batch(black_box(batch))))
    });
    let textbook = median_us(runs.min(20), || {
        drop(black_box(decoder::reference::decode(model, &vector)))
    });
    let size = shared.weights();
    row(
        "reading the decoder's weights (the limit)",
        limit,
        &format!("{size} weights of {} bytes", shared.weight_bytes()),
    );
    row("decode", one, &format!("{:.2} × the limit", one / limit));
    row(
        "decode of four at once",
        four,
        &format!("{:.2} × one decode", four / one),
    );
    row(
        "decode as a textbook writes it",
        textbook,
        &format!("{:.1} × the panels", textbook / one),
    );
    phase_figures(&shared, model, runs);
    Ok(())
}

fn phase_figures(shared: &Decoder, model: &Model, runs: usize) {
    let geometry = shared.geometry();
    let key = shared.layout().nearest_key(60.0);
    let fundamental = betwixt_spectral::pitch::hz(f64::from(key)) / geometry.bin_hz();
    let magnitude = frame(shared, model, key);
    let mut random = Random::new(1);
    let mut phase = GradientPhase::new(geometry);
    phase.start(&magnitude, Some(narrow(fundamental)), &mut random);
    let table = NoiseTable::new(geometry, 1);
    let mut gradient = || {
        phase.begin(black_box(&magnitude), Some(narrow(fundamental)));
        phase.finish(table.frame(0), &mut random);
    };
    let heap = median_us(runs, &mut gradient);
    let worst = (0..7)
        .map(|_| worst_us(runs, &mut gradient))
        .fold(f64::MAX, f64::min);
    let mut stored = vec![0u32; geometry.bins()];
    let noise = median_us(runs, || {
        black_box(&mut stored)
            .iter_mut()
            .zip(table.frame(3))
            .for_each(|(s, p)| *s = p);
    });
    let mut inverse = InverseStft::new(geometry);
    let mut spectrum = vec![Complex32::new(0.1, 0.2); geometry.bins()];
    let mut samples = vec![0.0; geometry.fft_len()];
    let fft = median_us(runs, || {
        inverse.process(black_box(&mut spectrum), &mut samples)
    });
    row(
        "phase of a frame, heap",
        heap,
        &format!("worst {worst:.1}; {:.1} × the FFT", heap / fft),
    );
    row("phase of a frame, stored noise", noise, "");
    row("inverse STFT of a frame", fft, "");
}

/// A frame of the model's first sound: linear magnitudes.
fn frame(shared: &Decoder, model: &Model, key: u8) -> Vec<f32> {
    let layout = shared.layout();
    let mut vector = vec![0.0; layout.len()];
    vector[..layout.latents()].copy_from_slice(&model.header.whitening.mean);
    layout.write_note(key, &mut vector);
    layout.write_time(0.1, &mut vector);
    let mut magnitude = shared.decode(&vector);
    model.header.frame.scale.decode(&mut magnitude);
    magnitude
}

/// Median time merely to read some bytes, 64 at a time.
fn read_us(bytes: usize, runs: usize) -> f64 {
    let memory: Vec<u32> = (0..bytes / 4)
        .map(|i| u32::try_from(i).unwrap_or(0))
        .collect();
    median_us(runs, || {
        let lanes = memory
            .as_chunks::<64>()
            .0
            .iter()
            .fold([0u32; 64], |mut lanes, chunk| {
                lanes.iter_mut().zip(chunk).for_each(|(lane, x)| *lane ^= x);
                lanes
            });
        black_box(lanes);
    })
}

/// Prints the engine's figures; returns the time of the block in which the chord is struck.
fn engine_figures(model: &Model) -> Result<f64, Box<dyn std::error::Error>> {
    let decoder = Arc::new(Decoder::new(model)?);
    let hop_blocks = decoder.geometry().hop_s() * f64::from(RATE_HZ) / BLOCK as f64;
    for voices in [1, 8, 16] {
        let (mean, worst) = held_us(&decoder, voices);
        if voices == 1 {
            row("one voice, one hop", mean * hop_blocks, "");
        }
        let share = 100.0 * mean / DEADLINE_US;
        let remark = format!(
            "{share:.2} % of a core; worst block {worst:.0} µs = {:.0} % of its deadline",
            100.0 * worst / DEADLINE_US
        );
        row(
            &format!("{voices} voices, a block of 64 at 48 kHz"),
            mean,
            &remark,
        );
    }
    let chord = chord_us(&decoder);
    let verdict = if chord < DEADLINE_US {
        "in time"
    } else {
        "TOO LATE"
    };
    let remark = format!(
        "{:.0} % of {DEADLINE_US:.0} µs: {verdict}",
        100.0 * chord / DEADLINE_US
    );
    row("8 notes struck in one block", chord, &remark);
    Ok(chord)
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

fn strikes(count: usize) -> Vec<Event> {
    let strike = |&key: &u8| {
        let note = Note {
            id: None,
            channel: 0,
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
    KEYS.iter().take(count).map(strike).collect()
}

/// Mean and worst block of held notes over five seconds, best of five passes.
fn held_us(decoder: &Arc<Decoder>, voices: usize) -> (f64, f64) {
    let pass = |_| {
        let mut engine = engine(decoder);
        block_us(&mut engine, &strikes(voices));
        let blocks: Vec<f64> = (0..3_750).map(|_| block_us(&mut engine, &[])).collect();
        let mean = blocks.iter().sum::<f64>() / blocks.len() as f64;
        (mean, blocks.iter().copied().fold(0.0, f64::max))
    };
    let passes: Vec<(f64, f64)> = (0..5).map(pass).collect();
    let least = |pick: fn(&(f64, f64)) -> f64| passes.iter().map(pick).fold(f64::MAX, f64::min);
    (least(|pass| pass.0), least(|pass| pass.1))
}

/// The block in which a chord is struck on an engine that plays another one: median of 25.
fn chord_us(decoder: &Arc<Decoder>) -> f64 {
    let strike = || {
        let mut engine = engine(decoder);
        block_us(&mut engine, &strikes(4));
        (0..40).for_each(|_| {
            block_us(&mut engine, &[]);
        });
        block_us(&mut engine, &strikes(8))
    };
    median((0..25).map(|_| strike()).collect())
}

fn block_us(engine: &mut Engine, events: &[Event]) -> f64 {
    let (mut left, mut right) = ([0.0; BLOCK], [0.0; BLOCK]);
    let start = Instant::now();
    engine.process(&Controls::default(), events, &mut left, &mut right);
    let elapsed = start.elapsed();
    black_box((left, right));
    elapsed.as_secs_f64() * 1e6
}

fn median_us(runs: usize, work: impl FnMut()) -> f64 {
    median(times_us(runs, work))
}

fn worst_us(runs: usize, work: impl FnMut()) -> f64 {
    times_us(runs, work).into_iter().fold(0.0, f64::max)
}

fn times_us(runs: usize, mut work: impl FnMut()) -> Vec<f64> {
    work();
    let time = |_| {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64() * 1e6
    };
    (0..runs.max(1)).map(time).collect()
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
