//! Making the notes of one sound: rendered, analysed, told by numbers, kept in a shard.
//!
//! ```text
//!  Sound, plan ─► shard on disk? ─┬─► yes: read
//!                                 └─► no: render ─► analyse ─► encode (all cores) ─► write
//! ```

use crate::plan::{Plan, SILENT, Sound};
use crate::shard::{Shard, StoredNote};
use crate::{CorpusError, SAMPLE_RATE_HZ};
use betwixt_analysis::SILENCE_DB;
use betwixt_analysis::partials::{Analysis, Free, VERSION, analyse_with};
use betwixt_spectral::number::{index, narrow, real};
use betwixt_spectral::partials::{
    FreePartial, PartialsFormat, PartialsFrame, band_centre_hz, free_ratio, group_middle,
    partial_hz,
};
use half::f16;
use rayon::prelude::*;
use std::path::Path;

/// Every frame is kept until then, in seconds.
const DENSE_S: f64 = 0.25;
/// After that one in so many.
const STRIDE: usize = 4;
/// Whoever changes what a shard holds, other than by the analysis, raises it.
const LAYOUT: u32 = 2;

/// Renders and analyses the notes of one sound.
pub(super) struct Maker<'a> {
    plan: &'a Plan,
    format: PartialsFormat,
    sound: &'a Sound,
}

impl<'a> Maker<'a> {
    pub(super) fn new(plan: &'a Plan, format: PartialsFormat, sound: &'a Sound) -> Self {
        Self {
            plan,
            format,
            sound,
        }
    }

    /// From the folder, or made and put there.
    pub(super) fn shard(
        &self,
        folder: &Path,
        done: &(impl Fn(usize) + Sync),
    ) -> Result<Shard, CorpusError> {
        let plan = self.plan.notes(self.sound);
        let path = folder.join(self.file_name());
        if let Some(shard) = Shard::read(&path, self.format.numbers()) {
            done(plan.len());
            return Ok(shard);
        }
        let notes: Result<Vec<(StoredNote, Vec<f16>)>, CorpusError> = plan
            .par_iter()
            .map(|(key, velocity)| {
                let note = self.note(*key, *velocity);
                done(1);
                note
            })
            .collect();
        let mut shard = Shard::default();
        for (note, numbers) in notes? {
            shard.notes.push(note);
            shard.numbers.extend(numbers);
        }
        shard.write(&path)?;
        Ok(shard)
    }

    fn file_name(&self) -> String {
        let how = serde_json::json!({
            "analysis": VERSION,
            "layout": LAYOUT,
            "format": self.format,
        });
        self.plan.file_name(self.sound, how, "notes")
    }

    fn note(&self, key: u8, velocity: u8) -> Result<(StoredNote, Vec<f16>), CorpusError> {
        let length_s = self.plan.length_s;
        let samples = self.plan.samples(self.sound, (key, velocity), length_s)?;
        let rate = f64::from(SAMPLE_RATE_HZ);
        let free = if self.format.free {
            Free::Kept
        } else {
            Free::AsNoise
        };
        let analysis = analyse_with(&samples, rate, f64::from(key), free);
        let analysis = analysis.map_err(|reason| CorpusError::Note {
            sound: self.sound.name.clone(),
            key,
            velocity,
            reason,
        })?;
        let peak = analysis.loudest();
        if peak < SILENT {
            let sound = self.sound.name.clone();
            return Err(CorpusError::Silent {
                sound,
                key,
                velocity,
            });
        }
        let hops = kept(&analysis, peak);
        let numbers = self.encode(&analysis, &hops, peak);
        let note = StoredNote {
            key,
            velocity,
            peak,
            centroid_hz: centroid_hz(&analysis),
            f0_hz: narrow(analysis.f0_hz),
            partials: analysis.partials,
            hops,
        };
        Ok((note, numbers))
    }

    fn encode(&self, analysis: &Analysis, hops: &[u32], peak: f32) -> Vec<f16> {
        let format = self.format;
        let mut row = vec![0.0; format.numbers()];
        let mut numbers = Vec::with_capacity(hops.len() * row.len());
        for hop in hops {
            let frame = &analysis.frames[index(f64::from(*hop))];
            format.encode(frame, analysis.partials, peak, &mut row);
            numbers.extend(row.iter().map(|number| f16::from_f32(*number)));
        }
        numbers
    }
}

/// The frames of a note that are worth keeping.
fn kept(analysis: &Analysis, peak: f32) -> Vec<u32> {
    let floor = peak * narrow(10f64.powf(SILENCE_DB / 20.0));
    let dense = index(DENSE_S / analysis.hop_s);
    let chosen = |frame: &usize| {
        let wanted = *frame <= dense || frame.is_multiple_of(STRIDE);
        wanted && analysis.frames[*frame].level(analysis.partials) > floor
    };
    let frames = (0..analysis.frames.len()).filter(chosen);
    frames
        .filter_map(|frame| u32::try_from(frame).ok())
        .collect()
}

/// The power-weighted mean frequency of a note.
fn centroid_hz(analysis: &Analysis) -> f32 {
    let (mut weighted, mut power) = (0.0, 0.0);
    for frame in &analysis.frames {
        for (hz, share) in lines(frame, analysis) {
            weighted += hz * share;
            power += share;
        }
    }
    if power > 0.0 { weighted / power } else { 0.0 }
}

/// Frequency and power of each group, band and free partial of a frame.
fn lines(frame: &PartialsFrame, analysis: &Analysis) -> Vec<(f32, f32)> {
    let group = |(group, amplitude): (usize, &f32)| {
        let (middle, count) = group_middle(group, analysis.partials);
        let hz = partial_hz(middle, analysis.f0_hz, analysis.inharmonicity);
        (narrow(hz), real(count) * amplitude * amplitude / 2.0)
    };
    let band = |(band, rms): (usize, &f32)| (narrow(band_centre_hz(band)), rms * rms);
    let free = |(slot, line): (usize, &FreePartial)| {
        let hz = narrow(analysis.f0_hz) * free_ratio(slot, line.place);
        (hz, line.amplitude * line.amplitude / 2.0)
    };
    let groups = frame.harmonics.iter().enumerate().map(group);
    let bands = frame.noise.iter().enumerate().map(band);
    let free = frame.free.iter().enumerate().map(free);
    groups.chain(bands).chain(free).collect()
}
