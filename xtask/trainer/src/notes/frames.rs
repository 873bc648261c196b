//! Magnitude frames as notes.
//!
//! ```text
//!  FrameCorpus [notes, frames, bins] ─► own maximum or the note's ─► scale ─► numbers [bins]
//! ```

use super::{Moment, Note, Notes, Weights};
use crate::error::TrainerError;
use crate::recipe::LatentOf;
use betwixt_corpus::FrameCorpus;
use betwixt_model::header::{FrameFormat, Output};
use betwixt_spectral::number::{index, narrow};
use betwixt_spectral::partials::{BANDS, GROUPS, band_edges_hz, group_edges};
use betwixt_spectral::{PartialsFrame, pitch};

/// Bins on either side of a harmonic that hold its energy: the main lobe of a Hann window.
const LOBE: usize = 2;

/// A corpus of magnitude frames.
#[derive(Debug)]
pub struct FrameNotes {
    corpus: FrameCorpus,
    format: FrameFormat,
    sounds: Vec<String>,
    /// Numbers of the frames that are learnt, per note.
    kept: Vec<Vec<usize>>,
    /// Their times, per note.
    times_s: Vec<Vec<f32>>,
}

impl FrameNotes {
    /// The notes of a corpus; where each frame has its own latent, silent ones are left out.
    #[must_use]
    pub fn new(latent_of: LatentOf, corpus: FrameCorpus) -> Self {
        let settings = corpus.settings();
        let mut own = Self {
            format: FrameFormat {
                geometry: settings.geometry,
                scale: settings.scale,
                level: settings.level,
            },
            sounds: corpus.sounds().iter().map(|s| s.name.clone()).collect(),
            kept: Vec::new(),
            times_s: Vec::new(),
            corpus,
        };
        let all = 0..own.corpus.settings().frames_per_note();
        for note in 0..own.corpus.notes().len() {
            let learnt = |frame: &usize| {
                latent_of != LatentOf::Frame || own.corpus.loudest(note, *frame) > silence()
            };
            let kept: Vec<usize> = all.clone().filter(learnt).collect();
            let times = kept.iter().map(|frame| own.corpus.time_s(*frame));
            own.times_s.push(times.collect());
            own.kept.push(kept);
        }
        own
    }
}

/// Notes are stored with a maximum of 1.
fn silence() -> f32 {
    narrow(10f64.powf(betwixt_analysis::SILENCE_DB / 20.0))
}

impl Notes for FrameNotes {
    fn sounds(&self) -> &[String] {
        &self.sounds
    }

    fn notes(&self) -> &[Note] {
        self.corpus.notes()
    }

    fn output(&self) -> Output {
        Output::Frames(self.format)
    }

    fn times_s(&self, note: usize) -> &[f32] {
        &self.times_s[note]
    }

    fn length_s(&self) -> f32 {
        self.corpus
            .time_s(self.corpus.settings().frames_per_note() - 1)
    }

    fn reach_s(&self) -> f32 {
        self.corpus.time_s(1)
    }

    fn read(&self, note: usize, frame: usize, numbers: &mut [f32]) {
        let frame = self.kept[note][frame];
        self.corpus.read(note, frame, numbers);
    }

    fn beginning(&self, _: Note, _: f64) -> Result<Option<Vec<f32>>, TrainerError> {
        Ok(None)
    }

    fn weigh(&self, _: usize, _: u8, _: Moment, _: &[f32]) -> Option<Weights> {
        None
    }

    fn linear(&self, _: u8, numbers: &[f32]) -> Vec<f32> {
        let mut values = numbers.to_vec();
        self.format.scale.decode(&mut values);
        values
    }

    fn partials(&self, key: u8, numbers: &[f32]) -> PartialsFrame {
        let mut energy = self.linear(key, numbers);
        energy.iter_mut().for_each(|value| *value *= *value);
        read_partials(self.format, key, energy)
    }

    fn describe(&self) -> String {
        self.corpus.settings().describe()
    }
}

/// What of a power spectrum lies around the harmonics of a key is tone, the rest is noise.
fn read_partials(format: FrameFormat, key: u8, mut energy: Vec<f32>) -> PartialsFrame {
    let geometry = format.geometry;
    let bin_hz = f64::from(geometry.sample_rate_hz()) / geometry.fft_len() as f64;
    let bins_per_harmonic = pitch::hz(f64::from(key)) / bin_hz;
    let mut frame = PartialsFrame::default();
    let edges = group_edges();
    for group in 0..GROUPS {
        let (mut power, mut partials) = (0.0, 0.0f32);
        for number in edges[group]..edges[group + 1] {
            let centre = index(number as f64 * bins_per_harmonic + 0.5);
            if centre >= energy.len() {
                break;
            }
            let from = centre.saturating_sub(LOBE);
            let to = (centre + LOBE + 1).min(energy.len());
            power += energy[from..to].iter().sum::<f32>();
            energy[from..to].fill(0.0);
            partials += 1.0;
        }
        frame.harmonics[group] = (2.0 * power / partials.max(1.0)).sqrt();
    }
    let edges_hz = band_edges_hz();
    for (bin, power) in energy.iter().enumerate() {
        let above = edges_hz.partition_point(|edge| *edge <= bin as f64 * bin_hz);
        frame.noise[above.saturating_sub(1).min(BANDS - 1)] += power;
    }
    frame
        .noise
        .iter_mut()
        .for_each(|power| *power = power.sqrt());
    frame
}
