//! What a frame's phases cost, mode by mode, beside an inverse FFT of the same size.
//!
//! ```text
//!  model ─► frames of a sound whose knobs move [FRAMES][bins] ─► RUNS times over: each mode
//!                         per frame the least of its times ─► median, worst, worst ÷ median
//! ```
//!
//! The modes take turns: when the machine is slow for a moment, each of them loses a run.

use crate::Done;
use crate::timing::{row, verdict};
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
/// Runs before each of them that do not count.
const WARM_UP: usize = 3;
/// How much longer than the median the worst frame of what voices use may take.
const MOST_RATIO: f64 = 1.5;
/// Inverse STFTs of the same size that they may cost.
const MOST_GRADIENT: f64 = 45.0;
const MOST_PEAK_LOCK: f64 = 10.0;
/// The sound's key.
const KEY: f64 = 60.0;

/// Goes once through the frames and keeps the least time of each, in µs.
type Run<'a> = Box<dyn FnMut(&mut [f64]) + 'a>;

pub(crate) fn figures(model: &Model, format: FrameFormat) -> Done<()> {
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
        Mode::bound("gradient", note(Lobes::Integrated), MOST_GRADIENT),
        Mode::told("gradient of a recording", recording(&frames, geometry)),
        Mode::bound("peak lock", note(Lobes::Locked), MOST_PEAK_LOCK),
        Mode::told(
            "refinement, beside the gradient",
            refined(&frames, geometry),
        ),
        Mode::told(
            "single pass",
            run(&frames, move |_, frame| single.next(frame)),
        ),
        Mode::told("stored noise", stored(&frames, &table, geometry)),
    ];
    let mut inverse = Mode::told("inverse STFT", inverse(geometry));
    for _ in 0..RUNS {
        modes.iter_mut().for_each(Mode::run);
        inverse.run();
    }
    let (fft, _) = inverse.median_and_worst();
    println!("  phases of a frame");
    modes.iter_mut().for_each(|mode| mode.tell(fft));
    inverse.tell(fft);
    Ok(())
}

/// A mode, and the least µs of each frame so far.
struct Mode<'a> {
    name: &'static str,
    run: Run<'a>,
    times: Vec<f64>,
    /// Inverse STFTs that it may cost at most, if that is promised; then its frames may not differ
    /// much either.
    most: Option<f64>,
}

impl<'a> Mode<'a> {
    /// One whose cost is promised.
    fn bound(name: &'static str, run: Run<'a>, most: f64) -> Self {
        Self {
            most: Some(most),
            ..Self::told(name, run)
        }
    }

    /// One to compare with.
    fn told(name: &'static str, run: Run<'a>) -> Self {
        Self {
            name,
            run,
            times: vec![f64::INFINITY; FRAMES],
            most: None,
        }
    }

    /// One run, and some before it that do not count: what the mode before has left in the caches is
    /// no cost of this one.
    fn run(&mut self) {
        for _ in 0..WARM_UP {
            (self.run)(&mut [f64::INFINITY; FRAMES]);
        }
        (self.run)(&mut self.times);
    }

    fn median_and_worst(&mut self) -> (f64, f64) {
        self.times.sort_by(f64::total_cmp);
        (self.times[FRAMES / 2], self.times[FRAMES - 1])
    }

    fn tell(&mut self, fft: f64) {
        let (median, worst) = self.median_and_worst();
        let (in_ffts, ratio) = (median / fft, worst / median);
        let verdict = self.most.map_or(String::new(), |most| {
            let holds = verdict(in_ffts <= most && ratio <= MOST_RATIO);
            format!("; at most {most:.0} and {MOST_RATIO}: {holds}")
        });
        let remark =
            format!("{in_ffts:.1} × the FFT; worst {worst:.1}, {ratio:.2} × the median{verdict}");
        row(&format!("  {}", self.name), median, &remark);
    }
}

/// Runs of something to do with each frame.
fn run<'a>(frames: &'a [Vec<f32>], mut work: impl FnMut(usize, &[f32]) + 'a) -> Run<'a> {
    Box::new(move |times| measure(frames, times, &mut work))
}

fn measure(frames: &[Vec<f32>], times: &mut [f64], mut work: impl FnMut(usize, &[f32])) {
    for (number, (frame, time)) in frames.iter().zip(times).enumerate() {
        *time = time.min(us(|| work(number, black_box(frame))));
    }
}

/// What something takes once.
fn us(work: impl FnOnce()) -> f64 {
    let begun = Instant::now();
    work();
    begun.elapsed().as_secs_f64() * 1e6
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

/// Every run is a recording from its beginning.
fn recording(frames: &[Vec<f32>], geometry: Geometry) -> Run<'_> {
    let mut random = Random::new(1);
    Box::new(move |times| {
        let mut phase = RecordedPhase::gated(geometry, 1);
        measure(frames, times, |number, frame| {
            let following = frames.get(number + 1).map(Vec::as_slice);
            phase.next(frame, following, &mut random);
        });
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

/// The transform takes its spectrum apart: each time there is a new one, which does not count.
fn inverse<'a>(geometry: Geometry) -> Run<'a> {
    let mut inverse = InverseStft::new(geometry);
    let mut spectrum = vec![Complex32::default(); geometry.bins()];
    let mut samples = vec![0.0; geometry.fft_len()];
    Box::new(move |times| {
        for time in times {
            spectrum.fill(Complex32::new(0.1, 0.2));
            *time = time.min(us(|| {
                inverse.process(black_box(&mut spectrum), &mut samples);
            }));
        }
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
