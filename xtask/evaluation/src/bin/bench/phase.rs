//! What a frame's phases cost, mode by mode, beside an inverse FFT of the same size.
//!
//! ```text
//!  model ─► frames of a sound whose knobs move [FRAMES][bins] ─► mode, RUNS times over
//!                         per frame the least of its times ─► median, worst, worst ÷ median
//! ```

use crate::Done;
use crate::timing::{median_us, row, verdict};
use betwixt_engine::Decoder;
use betwixt_engine::phase::{
    GradientPhase, Lobes, NoiseTable, PhaseTools, RecordedPhase, Refinement, RefinementTools,
    STEPS, Spsi,
};
use betwixt_engine::random::Random;
use betwixt_model::Model;
use betwixt_model::header::FrameFormat;
use betwixt_spectral::number::{narrow, real};
use betwixt_spectral::{Complex32, Geometry, InverseStft, pitch};
use std::f32::consts::TAU;
use std::hint::black_box;
use std::time::Instant;

/// Frames of the sound.
const FRAMES: usize = 200;
/// Runs of which each frame keeps its least time: what it takes when the machine does nothing else.
const RUNS: usize = 7;
/// How much longer than the median the worst frame of what voices use may take.
const MOST_RATIO: f64 = 1.5;
/// The sound's key.
const KEY: f64 = 60.0;

pub(crate) fn figures(model: &Model, format: FrameFormat, runs: usize) -> Done<()> {
    let shared = Decoder::new(model)?;
    let geometry = format.geometry;
    let key = shared.layout().nearest_key(KEY);
    let fundamental = Some(narrow(pitch::hz(f64::from(key)) / geometry.bin_hz()));
    let frames: Vec<Vec<f32>> = (0..FRAMES)
        .map(|number| frame(&shared, (model, format), key, number))
        .collect();
    let fft = inverse_us(geometry, runs);
    let told = |name: &str, times: Times| {
        row(name, times.median, &times.remark(fft));
    };
    let even = |name: &str, times: Times| {
        let holds = verdict(times.worst <= MOST_RATIO * times.median);
        let remark = format!("{}; at most {MOST_RATIO}: {holds}", times.remark(fft));
        row(name, times.median, &remark);
    };
    let table = NoiseTable::new(geometry, 1);
    let lobes = |how: Lobes| {
        let (mut tools, mut random) = (PhaseTools::new(geometry), Random::new(1));
        // Every run is a note from its beginning: no note goes from its end to an attack.
        let begin = |(phase, tools, random): &mut (GradientPhase, &mut PhaseTools, &mut Random)| {
            phase.start(tools, &frames[0], fundamental, random);
        };
        let note = (GradientPhase::new(geometry), &mut tools, &mut random);
        least_of_notes(&frames, note, begin, |(phase, tools, random), _, frame| {
            phase.observe(tools, frame, fundamental);
            phase.settle(tools, (frame, how), table.frame(0), random);
        })
    };
    even("phase of a frame, gradient", lobes(Lobes::Integrated));
    let mut recorded = RecordedPhase::gated(geometry, 1);
    let mut random = Random::new(1);
    let of_recording = least(&frames, |number, frame| {
        let following = frames[(number + 1) % FRAMES].as_slice();
        recorded.next(frame, Some(following), &mut random);
    });
    told("  gradient of a recording", of_recording);
    even("  peak lock", lobes(Lobes::Locked));
    told(
        "  refinement, beside the gradient",
        refined(geometry, &frames),
    );
    let mut single = Spsi::new(geometry);
    told(
        "  single pass",
        least(&frames, |_, frame| single.next(frame)),
    );
    let mut stored = vec![0u32; geometry.bins()];
    let noise = least(&frames, |number, _| {
        let phases = black_box(&mut stored).iter_mut().zip(table.frame(number));
        phases.for_each(|(to, from)| *to = from);
    });
    told("  stored noise", noise);
    row("inverse STFT of a frame", fft, "");
    Ok(())
}

/// One hop of refinement: a frame comes, all that wait are corrected, and its phases are read.
fn refined(geometry: Geometry, frames: &[Vec<f32>]) -> Times {
    let mut tools = RefinementTools::new(geometry);
    let mut refinement = Refinement::new(geometry);
    let noise = vec![false; geometry.bins()];
    let mut random = Random::new(1);
    let spectra: Vec<Vec<Complex32>> = frames
        .iter()
        .map(|frame| {
            let polar = |magnitude: &f32| Complex32::from_polar(*magnitude, random.bipolar());
            frame.iter().map(polar).collect()
        })
        .collect();
    least(frames, |number, frame| {
        refinement.push(&mut tools, (frame, &noise), &spectra[number]);
        (0..STEPS).for_each(|step| refinement.step(&mut tools, step));
        black_box(refinement.newest_phase().fold(0, u32::wrapping_add));
    })
}

/// µs of a frame.
struct Times {
    median: f64,
    worst: f64,
}

impl Times {
    fn remark(&self, fft: f64) -> String {
        let Self { median, worst } = self;
        format!(
            "{:.1} × the FFT; worst {worst:.1}, {:.2} × the median",
            median / fft,
            worst / median
        )
    }
}

/// Each frame's least time over some runs.
fn least(frames: &[Vec<f32>], mut work: impl FnMut(usize, &[f32])) -> Times {
    least_of_notes(frames, (), |()| (), |(), number, frame| work(number, frame))
}

/// The same of runs that begin with something of their own, which is not counted.
fn least_of_notes<N>(
    frames: &[Vec<f32>],
    mut note: N,
    mut begin: impl FnMut(&mut N),
    mut work: impl FnMut(&mut N, usize, &[f32]),
) -> Times {
    let mut times = vec![f64::INFINITY; frames.len()];
    for _ in 0..RUNS {
        begin(&mut note);
        for (number, frame) in frames.iter().enumerate() {
            let begun = Instant::now();
            work(&mut note, number, black_box(frame));
            times[number] = times[number].min(begun.elapsed().as_secs_f64() * 1e6);
        }
    }
    times.sort_by(f64::total_cmp);
    Times {
        median: times[times.len() / 2],
        worst: times[times.len() - 1],
    }
}

fn inverse_us(geometry: Geometry, runs: usize) -> f64 {
    let mut inverse = InverseStft::new(geometry);
    let mut spectrum = vec![Complex32::new(0.1, 0.2); geometry.bins()];
    let mut samples = vec![0.0; geometry.fft_len()];
    median_us(runs, || {
        inverse.process(black_box(&mut spectrum), &mut samples);
    })
}

/// A frame of a note whose knobs go round: linear magnitudes.
fn frame(
    shared: &Decoder,
    (model, format): (&Model, FrameFormat),
    key: u8,
    number: usize,
) -> Vec<f32> {
    let layout = shared.layout();
    let mut vector = vec![0.0; layout.len()];
    vector[..layout.latents()].copy_from_slice(&model.header.whitening.mean);
    let knobs = vector[..layout.latents()].iter_mut().enumerate();
    let turn = real(number) / real(FRAMES);
    knobs.for_each(|(knob, value)| *value += 0.1 * (TAU * (turn + real(knob) / 8.0)).sin());
    layout.write_note(key, &mut vector);
    layout.write_time(real(number) * narrow(format.geometry.hop_s()), &mut vector);
    let mut magnitude = shared.decode(&vector);
    format.scale.decode(&mut magnitude);
    magnitude
}
