//! What a frame's phases cost, mode by mode, beside an inverse FFT of the same size.
//!
//! ```text
//!  model ─► frames of a sound whose knobs move [FRAMES][bins] ─► RUNS times over: each mode
//!                         per frame the least of its times ─► median, worst, worst ÷ median
//! ```
//!
//! The modes take turns: when the machine is slow for a moment, each of them loses a run.

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

/// Goes once through the frames and keeps the least time of each, in µs.
type Run<'a> = Box<dyn FnMut(&mut [f64]) + 'a>;

pub(crate) fn figures(model: &Model, format: FrameFormat, runs: usize) -> Done<()> {
    let shared = Decoder::new(model)?;
    let geometry = format.geometry;
    let key = shared.layout().nearest_key(KEY);
    let fundamental = Some(narrow(pitch::hz(f64::from(key)) / geometry.bin_hz()));
    let frames: Vec<Vec<f32>> = (0..FRAMES)
        .map(|number| frame(&shared, (model, format), key, number))
        .collect();
    let table = NoiseTable::new(geometry, 1);
    let note = |lobes| note(&frames, (geometry, fundamental), &table, lobes);
    let mut single = Spsi::new(geometry);
    let mut modes = [
        Mode::even("phase of a frame, gradient", note(Lobes::Integrated)),
        Mode::told("  gradient of a recording", recording(&frames, geometry)),
        Mode::even("  peak lock", note(Lobes::Locked)),
        Mode::told(
            "  refinement, beside the gradient",
            refined(&frames, geometry),
        ),
        Mode::told(
            "  single pass",
            run(&frames, move |_, frame| single.next(frame)),
        ),
        Mode::told("  stored noise", stored(&frames, &table, geometry)),
    ];
    for _ in 0..RUNS {
        modes.iter_mut().for_each(Mode::run);
    }
    let fft = inverse_us(geometry, runs);
    modes.into_iter().for_each(|mode| mode.tell(fft));
    row("inverse STFT of a frame", fft, "");
    Ok(())
}

/// A mode, and the least µs of each frame so far.
struct Mode<'a> {
    name: &'static str,
    /// Whether no frame may take much longer than others do.
    is_even: bool,
    run: Run<'a>,
    times: Vec<f64>,
}

impl<'a> Mode<'a> {
    /// One whose voices play at every moment.
    fn even(name: &'static str, run: Run<'a>) -> Self {
        Self {
            is_even: true,
            ..Self::told(name, run)
        }
    }

    /// One to compare with.
    fn told(name: &'static str, run: Run<'a>) -> Self {
        Self {
            name,
            is_even: false,
            run,
            times: vec![f64::INFINITY; FRAMES],
        }
    }

    /// One run, and one before it that does not count: what the mode before has left in the caches
    /// is no cost of this one.
    fn run(&mut self) {
        (self.run)(&mut [f64::INFINITY; FRAMES]);
        (self.run)(&mut self.times);
    }

    fn tell(mut self, fft: f64) {
        self.times.sort_by(f64::total_cmp);
        let (median, worst) = (self.times[FRAMES / 2], self.times[FRAMES - 1]);
        let (in_ffts, ratio) = (median / fft, worst / median);
        let holds = verdict(ratio <= MOST_RATIO);
        let limit = format!("; at most {MOST_RATIO}: {holds}");
        let limit = if self.is_even { limit.as_str() } else { "" };
        let remark =
            format!("{in_ffts:.1} × the FFT; worst {worst:.1}, {ratio:.2} × the median{limit}");
        row(self.name, median, &remark);
    }
}

/// Runs of something to do with each frame.
fn run<'a>(frames: &'a [Vec<f32>], mut work: impl FnMut(usize, &[f32]) + 'a) -> Run<'a> {
    Box::new(move |times| measure(frames, times, &mut work))
}

fn measure(frames: &[Vec<f32>], times: &mut [f64], mut work: impl FnMut(usize, &[f32])) {
    for (number, (frame, time)) in frames.iter().zip(times).enumerate() {
        let begun = Instant::now();
        work(number, black_box(frame));
        *time = time.min(begun.elapsed().as_secs_f64() * 1e6);
    }
}

/// Every run is a note from its beginning: no note goes from its end to an attack.
fn note<'a>(
    frames: &'a [Vec<f32>],
    (geometry, fundamental): (Geometry, Option<f32>),
    table: &'a NoiseTable,
    lobes: Lobes,
) -> Run<'a> {
    let mut phase = GradientPhase::new(geometry);
    let (mut tools, mut random) = (PhaseTools::new(geometry), Random::new(1));
    Box::new(move |times| {
        phase.start(&mut tools, &frames[0], fundamental, &mut random);
        measure(frames, times, |_, frame| {
            phase.observe(&mut tools, frame, fundamental);
            phase.settle(&mut tools, (frame, lobes), table.frame(0), &mut random);
        });
    })
}

fn recording(frames: &[Vec<f32>], geometry: Geometry) -> Run<'_> {
    let (mut phase, mut random) = (RecordedPhase::gated(geometry, 1), Random::new(1));
    run(frames, move |number, frame| {
        let following = frames[(number + 1) % FRAMES].as_slice();
        phase.next(frame, Some(following), &mut random);
    })
}

/// One hop of refinement: a frame comes, all that wait are corrected, and its phases are read.
fn refined(frames: &[Vec<f32>], geometry: Geometry) -> Run<'_> {
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
    run(frames, move |number, frame| {
        refinement.push(&mut tools, (frame, &noise), &spectra[number]);
        (0..STEPS).for_each(|step| refinement.step(&mut tools, step));
        black_box(refinement.newest_phase().fold(0, u32::wrapping_add));
    })
}

fn stored<'a>(frames: &'a [Vec<f32>], table: &'a NoiseTable, geometry: Geometry) -> Run<'a> {
    let mut phases = vec![0u32; geometry.bins()];
    run(frames, move |number, _| {
        let phases = black_box(&mut phases).iter_mut().zip(table.frame(number));
        phases.for_each(|(to, from)| *to = from);
    })
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
