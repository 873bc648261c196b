//! Modes that work frame after frame, as the engine does; the engine's own are used, not rewritten.
//!
//! ```text
//!  geometry, seed ─► stage
//!  magnitudes, number of the frame ─► stage ─► phase [bins, turns]
//! ```
//!
//! A stage gets all magnitudes and takes only what its mode may know: frames so far, and as many
//! beyond as it looks ahead.

use super::rtisi::{AHEAD, Rtisi};
use betwixt_engine::phase::{
    GradientPhase, LOOK_AHEAD, Lobes, NoiseTable, PhaseTools, RecordedPhase, Refinement,
    RefinementTools, STEPS, Spsi,
};
use betwixt_engine::random::Random;
use betwixt_spectral::number::radians;
use betwixt_spectral::{Complex32, Geometry};

/// Writes the phases of one frame: all magnitudes `[frames][bins]`, its number, phase `[bins]` in
/// turns.
pub(super) type Stage = Box<dyn FnMut(&[Vec<f32>], usize, &mut [u32])>;

/// Integrated from the frames so far.
pub(super) fn integrated(geometry: Geometry, seed: u64) -> Stage {
    recorded(RecordedPhase::new(geometry), seed, 0)
}

/// Integrated, the next frame being known.
pub(super) fn integrated_looking_ahead(geometry: Geometry, seed: u64) -> Stage {
    recorded(RecordedPhase::new(geometry), seed, 1)
}

/// Integrated from the frames so far, smooth noise with stored phase.
pub(super) fn gated(geometry: Geometry, seed: u64) -> Stage {
    recorded(RecordedPhase::gated(geometry, seed), seed, 0)
}

/// The same, the next frame being known.
pub(super) fn gated_looking_ahead(geometry: Geometry, seed: u64) -> Stage {
    recorded(RecordedPhase::gated(geometry, seed), seed, 1)
}

fn recorded(mut integrated: RecordedPhase, seed: u64, ahead: usize) -> Stage {
    let mut random = Random::new(seed);
    Box::new(move |magnitudes, number, phase| {
        let following = magnitudes.get(number + 1).filter(|_| ahead > 0);
        let following = following.map(Vec::as_slice);
        integrated.next(&magnitudes[number], following, &mut random);
        phase.copy_from_slice(integrated.phase());
    })
}

/// Integrated, the next frame being known, and refined with those around it.
pub(super) fn refined(geometry: Geometry, seed: u64) -> Stage {
    refine(Recorded::new(RecordedPhase::new(geometry), seed), geometry)
}

/// The same, smooth noise with stored phase.
pub(super) fn refined_gated(geometry: Geometry, seed: u64) -> Stage {
    let integrated = RecordedPhase::gated(geometry, seed);
    refine(Recorded::new(integrated, seed), geometry)
}

/// What a voice does with its decoder's frames when they are refined.
pub(super) fn gradient_refined(geometry: Geometry, seed: u64) -> Stage {
    let voice = Voice::new(geometry, (seed, None), Lobes::Integrated);
    refine(voice, geometry)
}

/// What gives phases that can be refined.
trait Integrates {
    /// Phases of the next frame and which of its bins are noise, knowing the one after it; goes on
    /// from the phases that the frame before was refined to, if it was.
    fn next(
        &mut self,
        refined: Option<&Refinement>,
        frame: &[f32],
        following: &[f32],
    ) -> (&[u32], &[bool]);
}

/// Frames of a recording.
struct Recorded {
    phase: RecordedPhase,
    random: Random,
}

impl Recorded {
    fn new(phase: RecordedPhase, seed: u64) -> Self {
        let random = Random::new(seed);
        Self { phase, random }
    }
}

impl Integrates for Recorded {
    fn next(
        &mut self,
        refined: Option<&Refinement>,
        frame: &[f32],
        following: &[f32],
    ) -> (&[u32], &[bool]) {
        if let Some(refined) = refined {
            self.phase.set(refined.newest_phase());
        }
        self.phase.next(frame, Some(following), &mut self.random);
        (self.phase.phase(), self.phase.noise())
    }
}

fn refine(mut integrated: impl Integrates + 'static, geometry: Geometry) -> Stage {
    let mut refinement = Refinement::new(geometry);
    let mut tools = RefinementTools::new(geometry);
    let silence = vec![0.0; geometry.bins()];
    let mut known = 0;
    Box::new(move |magnitudes, number, phase| {
        let frame = |number: usize| magnitudes.get(number).unwrap_or(&silence);
        while known <= number + LOOK_AHEAD {
            let refined = Some(&refinement).filter(|_| known > 0);
            let (phase, noise) = integrated.next(refined, frame(known), frame(known + 1));
            let bins = frame(known).iter().zip(phase);
            let polar = |(m, turns): (&f32, &u32)| Complex32::from_polar(*m, radians(*turns));
            let spectrum: Vec<Complex32> = bins.map(polar).collect();
            refinement.push(&mut tools, (frame(known), noise), &spectrum);
            (0..STEPS).for_each(|step| refinement.step(&mut tools, step));
            known += 1;
        }
        let phases = phase.iter_mut().zip(tools.phase());
        phases.for_each(|(phase, refined)| *phase = refined);
    })
}

/// Real-time iterative inversion; three frames are known.
pub(super) fn rtisi(geometry: Geometry, _: u64) -> Stage {
    let mut rtisi = Rtisi::new(geometry);
    let silence = vec![0.0; geometry.bins()];
    let mut known = 0;
    Box::new(move |magnitudes, number, phase| {
        while known <= number + AHEAD {
            rtisi.push(magnitudes.get(known).unwrap_or(&silence));
            known += 1;
        }
        rtisi.hear(phase);
    })
}

/// What a voice does with its decoder's frames: whole lobes, integrated.
pub(super) fn gradient(geometry: Geometry, seed: u64) -> Stage {
    voice(geometry, (seed, None), Lobes::Integrated)
}

/// The same, the fundamental (in bins) being known as it is of a model's note.
pub(super) fn gradient_of_note(geometry: Geometry, seed: u64, fundamental: f32) -> Stage {
    voice(geometry, (seed, Some(fundamental)), Lobes::Integrated)
}

/// Whole lobes, each by itself.
pub(super) fn peak_lock(geometry: Geometry, seed: u64) -> Stage {
    voice(geometry, (seed, None), Lobes::Locked)
}

fn voice(geometry: Geometry, (seed, fundamental): (u64, Option<f32>), how: Lobes) -> Stage {
    let mut voice = Voice::new(geometry, (seed, fundamental), how);
    Box::new(move |magnitudes, number, phase| {
        let (made, _) = voice.next(None, &magnitudes[number], &[]);
        phase.copy_from_slice(made);
    })
}

/// A voice's frames.
struct Voice {
    phase: GradientPhase,
    tools: PhaseTools,
    fundamental: Option<f32>,
    how: Lobes,
    table: NoiseTable,
    random: Random,
    number: usize,
}

impl Voice {
    fn new(geometry: Geometry, (seed, fundamental): (u64, Option<f32>), how: Lobes) -> Self {
        Self {
            phase: GradientPhase::new(geometry),
            tools: PhaseTools::new(geometry),
            fundamental,
            how,
            table: NoiseTable::new(geometry, seed),
            random: Random::new(seed),
            number: 0,
        }
    }
}

impl Integrates for Voice {
    fn next(
        &mut self,
        refined: Option<&Refinement>,
        frame: &[f32],
        _: &[f32],
    ) -> (&[u32], &[bool]) {
        let (phase, tools, random) = (&mut self.phase, &mut self.tools, &mut self.random);
        if let Some(refined) = refined {
            phase.set(refined.newest_phase());
        }
        let stored = self.table.frame(self.number);
        if self.number == 0 {
            phase.start(tools, frame, self.fundamental, random);
            phase.take_noise(stored);
        } else {
            phase.observe(tools, frame, self.fundamental);
            phase.settle(tools, (frame, self.how), stored, random);
        }
        self.number += 1;
        (self.phase.phase(), self.phase.noise())
    }
}

/// The phases of white noise from a random place on.
pub(super) fn stored_noise(geometry: Geometry, seed: u64) -> Stage {
    let table = NoiseTable::new(geometry, seed);
    let start = table.start(&mut Random::new(seed));
    Box::new(move |_, number, phase| {
        let stored = phase.iter_mut().zip(table.frame(start + number));
        stored.for_each(|(phase, stored)| *phase = stored);
    })
}

/// Zero at every frame's centre.
pub(super) fn zero(_: Geometry, _: u64) -> Stage {
    Box::new(|_, _, phase| phase.fill(0))
}

/// Independent from bin to bin and from frame to frame.
pub(super) fn random(_: Geometry, seed: u64) -> Stage {
    let mut random = Random::new(seed);
    Box::new(move |_, _, phase| phase.fill_with(|| random.turns()))
}

/// Single pass spectrogram inversion.
pub(super) fn spsi(geometry: Geometry, _: u64) -> Stage {
    let mut spsi = Spsi::new(geometry);
    Box::new(move |magnitudes, number, phase| {
        spsi.next(&magnitudes[number]);
        phase.copy_from_slice(spsi.phase());
    })
}
