//! Making the notes of one sound: rendered, analysed, told by numbers, kept in a shard.
//!
//! ```text
//!  Sound, plan ─► shard on disk? ─┬─► yes: read
//!                                 └─► no: render ─► analyse ─► encode (all cores) ─► write
//! ```

use super::settings::{PartialsSettings, Sound, Source};
use crate::instruments::instrument;
use crate::shard::{Shard, StoredNote};
use crate::soundfont::Soundfont;
use crate::{CorpusError, bank, render};
use betwixt_analysis::SILENCE_DB;
use betwixt_analysis::partials::{Analysis, Free, VERSION, analyse_with};
use betwixt_spectral::number::{index, narrow, real};
use betwixt_spectral::partials::{
    FreePartial, PartialsFrame, band_edges_hz, free_ratio, group_edges, partial_hz,
};
use half::f16;
use rayon::prelude::*;
use std::path::Path;

/// Every frame is kept until then, in seconds.
const DENSE_S: f64 = 0.25;
/// After that one in so many.
const STRIDE: usize = 4;
/// A note whose loudest frame is below −100 dB is none.
const SILENT: f32 = 1e-5;
/// Whoever changes what a shard holds, other than by the analysis, raises it.
const LAYOUT: u32 = 2;

/// Renders and analyses the notes of one sound.
pub(super) struct Maker<'a> {
    settings: &'a PartialsSettings,
    sound: &'a Sound,
}

impl<'a> Maker<'a> {
    pub(super) fn new(settings: &'a PartialsSettings, sound: &'a Sound) -> Self {
        Self { settings, sound }
    }

    /// From the folder, or made and put there.
    pub(super) fn shard(
        &self,
        folder: &Path,
        done: &(impl Fn(usize) + Sync),
    ) -> Result<Shard, CorpusError> {
        let plan = self.settings.plan(self.sound);
        let path = folder.join(self.file_name(&plan));
        if let Some(shard) = Shard::read(&path, self.settings.format.numbers()) {
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

    /// A name that no other notes have.
    fn file_name(&self, plan: &[(u8, u8)]) -> String {
        let source = match self.settings.source {
            Source::Formulas => format!(
                "formulas {} seed {}",
                crate::corpus::FORMULAS,
                self.settings.seed
            ),
            Source::Soundfont { .. } => format!("soundfont {}", crate::soundfont::SHA256),
        };
        let decides = serde_json::json!({
            "analysis": VERSION,
            "layout": LAYOUT,
            "source": source,
            "number": self.sound.number,
            "plan": plan,
            "length_s": self.settings.length_s,
            "format": self.settings.format,
        });
        let hash = blake3::hash(decides.to_string().as_bytes()).to_hex();
        let name = self.sound.name.to_lowercase().replace(' ', "-");
        format!("{name}-{}.notes", &hash[..16])
    }

    pub(super) fn samples(&self, key: u8, velocity: u8) -> Result<Vec<f32>, CorpusError> {
        let (number, length_s) = (self.sound.number, self.settings.length_s);
        match self.settings.source {
            Source::Formulas => {
                let patches = bank::patches(self.settings.seed);
                let seed = self.settings.seed.wrapping_mul(31);
                let seed = seed.wrapping_add((number * 128 + usize::from(key)) as u64);
                Ok(render::struck(&patches[number], key, seed, length_s))
            }
            Source::Soundfont { .. } => {
                let program = u8::try_from(number).unwrap_or(0);
                let raised = instrument(program).map_or(0, |instrument| instrument.raised);
                Soundfont::load()?.note(program, key + raised, velocity, length_s)
            }
        }
    }

    fn note(&self, key: u8, velocity: u8) -> Result<(StoredNote, Vec<f16>), CorpusError> {
        let samples = self.samples(key, velocity)?;
        let rate = f64::from(render::SAMPLE_RATE_HZ);
        let free = if self.settings.format.free {
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
        let format = self.settings.format;
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
    let edges = group_edges();
    let group = |(group, amplitude): (usize, &f32)| {
        let last = (edges[group + 1] - 1).min(analysis.partials);
        let count = (last + 1).saturating_sub(edges[group]);
        let middle = (edges[group] + last) / 2;
        let hz = partial_hz(middle, analysis.f0_hz, analysis.inharmonicity);
        (narrow(hz), real(count) * amplitude * amplitude / 2.0)
    };
    let bands = band_edges_hz();
    let band = |(band, rms): (usize, &f32)| {
        let hz = 0.5 * (bands[band] + bands[band + 1]);
        (narrow(hz), rms * rms)
    };
    let free = |(slot, line): (usize, &FreePartial)| {
        let hz = narrow(analysis.f0_hz) * free_ratio(slot, line.place);
        (hz, line.amplitude * line.amplitude / 2.0)
    };
    let groups = frame.harmonics.iter().enumerate().map(group);
    let bands = frame.noise.iter().enumerate().map(band);
    let free = frame.free.iter().enumerate().map(free);
    groups.chain(bands).chain(free).collect()
}
