//! Everything that is measured on one recording.
//!
//! ```text
//!  recording ─► size ─► |STFT| ─┬─► each mode ─► sound ─► quality ─► WAV, spectrogram
//!                               └─► steadiest frame ─► each real-time mode, held ─► quality
//! ```

use super::drawing::Drawing;
use super::{Arguments, SIZES};
use crate::failure::Failure;
use betwixt_evaluation::phase::{
    FramesOf, HeldFrame, HeldQuality, Mode, Quality, Recording, Resynthesis, resynthesise,
};
use betwixt_host::{Rendering, wav};
use betwixt_spectral::Geometry;
use std::collections::BTreeMap;
use std::path::Path;

/// A frame's time is the least of so many.
const RUNS: usize = 5;

/// By transform length and mode.
pub(super) type QualityBySize = BTreeMap<usize, BTreeMap<Mode, Quality>>;
/// By transform length and mode.
pub(super) type HeldBySize = BTreeMap<usize, BTreeMap<Mode, HeldQuality>>;

/// One recording's figures.
pub(super) struct Measured {
    pub(super) name: String,
    pub(super) quality: QualityBySize,
    pub(super) held: HeldBySize,
}

/// Measures one recording; writes its sounds and its picture where they are asked for.
pub(super) fn measure(recording: &Recording, arguments: &Arguments) -> Result<Measured, Failure> {
    let mut measured = Measured {
        name: recording.name.clone(),
        quality: BTreeMap::new(),
        held: BTreeMap::new(),
    };
    let mut drawing = arguments.png.as_ref().map(|_| Drawing::new(recording));
    if let Some(folder) = &arguments.wav {
        keep(folder, (recording, "original"), recording.samples.clone())?;
    }
    for size in SIZES {
        let geometry = Geometry::new(size, size / 4, recording.rate_hz)?;
        let frames = FramesOf::new(geometry, &recording.samples);
        for mode in Mode::ALL {
            let made = timed(mode, &frames, arguments.seed);
            let quality = frames.quality(&made.sound, &made.frame_us);
            measured
                .quality
                .entry(size)
                .or_default()
                .insert(mode, quality);
            let mut sound = made.sound;
            sound.resize(recording.samples.len(), 0.0);
            if let Some(drawing) = &mut drawing {
                drawing.add(mode, &sound, quality.sc_db);
            }
            if let Some(folder) = &arguments.wav {
                keep(
                    folder,
                    (recording, &format!("{size}-{}", mode.name())),
                    sound,
                )?;
            }
        }
        if let Some(frame) = HeldFrame::steadiest(recording, &frames) {
            measured.held.insert(size, hold(&frame, arguments.seed));
        }
    }
    if let (Some(drawing), Some(folder)) = (drawing, &arguments.png) {
        drawing.write(&folder.join(recording.name.clone() + ".png"))?;
    }
    Ok(measured)
}

/// A mode's sound; in real time it is made again and again, for each frame's least time.
fn timed(mode: Mode, frames: &FramesOf, seed: u64) -> Resynthesis {
    let make = || resynthesise(mode, frames.geometry, &frames.magnitudes, seed);
    let mut made = make();
    let runs = if mode.is_real_time() { RUNS } else { 1 };
    (1..runs).for_each(|_| made.keep_least(&make()));
    made
}

/// The frames of noise, held at every size, by name.
pub(super) fn noises(rate_hz: u32, seed: u64) -> Result<BTreeMap<String, HeldBySize>, Failure> {
    let mut held: BTreeMap<String, HeldBySize> = BTreeMap::new();
    for size in SIZES {
        for frame in HeldFrame::noises(Geometry::new(size, size / 4, rate_hz)?) {
            let found = hold(&frame, seed);
            held.entry(frame.name).or_default().insert(size, found);
        }
    }
    Ok(held)
}

/// A frame held in every mode that works in real time.
fn hold(frame: &HeldFrame, seed: u64) -> BTreeMap<Mode, HeldQuality> {
    let modes = Mode::ALL.into_iter().filter(|mode| mode.is_real_time());
    let held = modes.map(|mode| (mode, frame.hold(mode, seed).quality));
    held.collect()
}

/// Writes a sound, both channels alike.
fn keep(
    folder: &Path,
    (recording, name): (&Recording, &str),
    sound: Vec<f32>,
) -> Result<(), Failure> {
    let rendering = Rendering {
        rate_hz: f64::from(recording.rate_hz),
        left: sound.clone(),
        right: sound,
        block_times: Vec::new(),
    };
    let file = format!("{}-{name}.wav", recording.name);
    Ok(wav::write(&folder.join(file), &rendering)?)
}

/// Means over files; of the worst times the worst.
pub(super) fn mean(files: &[&QualityBySize]) -> QualityBySize {
    let mut means = QualityBySize::new();
    for size in SIZES {
        for mode in Mode::ALL {
            let found = files.iter().filter_map(|file| file.get(&size)?.get(&mode));
            let found: Vec<Quality> = found.copied().collect();
            let mean = |of: fn(&Quality) -> f64| {
                found.iter().map(of).sum::<f64>() / found.len().max(1) as f64
            };
            let quality = Quality {
                sc_db: mean(|quality| quality.sc_db),
                lsd_db: mean(|quality| quality.lsd_db),
                median_us: mean(|quality| quality.median_us),
                worst_us: found.iter().fold(0.0, |worst, q| q.worst_us.max(worst)),
            };
            means.entry(size).or_default().insert(mode, quality);
        }
    }
    means
}
