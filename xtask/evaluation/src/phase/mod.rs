//! Every source of phase on the same magnitudes: the one table of modes, and what each reaches.
//!
//! ```text
//!  recording ─► |STFT| [frames][bins] ─► mode ─► phase [frames][bins] ─► overlap ─► sound [n]
//!                     │                  (a frame at a time, timed,                   │
//!                     │                   or the whole recording at once)           |STFT|
//!                     └──────────────────► convergence, distance ◄────────────────────┘
//!  one frame, held 3 s ──────────────► mode ─► sound ─► modulation, crest, wander, pitch
//! ```
//!
//! A mode sees magnitudes and a seed, never the recording. The stored noise is without the make-up
//! gain that a voice gives it: figures of other programs are without one.

mod figures;
mod griffin_lim;
mod held;
mod overlap;
mod recording;
mod rtisi;
mod stages;

pub use figures::{FramesOf, MIDDLE, Quality};
pub use held::{Held, HeldFrame, HeldQuality};
pub use recording::{Recording, RecordingError, SHORTEST, recordings};

use betwixt_spectral::Geometry;
use griffin_lim::{Iterations, griffin_lim};
use overlap::Overlap;
use serde::{Serialize, Serializer};
use stages::Stage;
use std::time::Instant;

/// A source of phase, by the name that files give it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// Integrated from the gradient of the frames so far.
    IntegratedLookahead0,
    /// Integrated, the next frame being known.
    IntegratedLookahead1,
    /// Integrated from the frames so far, smooth noise with stored phase.
    GatedLookahead0,
    /// The same, the next frame being known.
    GatedLookahead1,
    /// Integrated, the next frame being known, then refined with the frames around it; three are.
    Refined,
    /// The same, smooth noise with stored phase.
    RefinedGated,
    /// Real-time iterative inversion, eight rounds; three frames are known.
    RtisiLookahead3,
    /// What a voice does with its decoder's blurred frames: whole lobes, integrated.
    Gradient,
    /// What a voice does when they are refined: the same, with the frames around; three are known.
    GradientRefined,
    /// Whole lobes, each by itself.
    PeakLock,
    /// The phases of white noise, frame after frame.
    StoredNoise,
    /// Every phase zero.
    Zero,
    /// A phase of its own for every bin of every frame.
    Random,
    /// Single pass spectrogram inversion.
    Spsi,
    /// 32 iterations of Griffin and Lim over the whole recording.
    GriffinLim32,
    /// 100 of them.
    GriffinLim100,
    /// 100 with momentum .99.
    FastGriffinLim100,
}

/// A mode's row in the table.
struct Row {
    mode: Mode,
    /// The key in files.
    name: &'static str,
    sounds_like: &'static str,
    making: Making,
}

/// How a mode makes its phases.
enum Making {
    /// In real time: frame after frame, from a geometry and a seed.
    Frames(fn(Geometry, u64) -> Stage),
    /// Offline: over the whole recording, again and again.
    Whole(Iterations),
}

/// Every mode, in the order of reports. A new one is an arm above and a row here.
const TABLE: [Row; 17] = [
    Row {
        mode: Mode::IntegratedLookahead0,
        name: "integrated_lookahead0",
        sounds_like: "the sound itself; attacks a little softer",
        making: Making::Frames(stages::integrated),
    },
    Row {
        mode: Mode::IntegratedLookahead1,
        name: "integrated_lookahead1",
        sounds_like: "the sound itself",
        making: Making::Frames(stages::integrated_looking_ahead),
    },
    Row {
        mode: Mode::GatedLookahead0,
        name: "gated_lookahead0",
        sounds_like: "the sound itself, drawn breath too; attacks a little softer",
        making: Making::Frames(stages::gated),
    },
    Row {
        mode: Mode::GatedLookahead1,
        name: "gated_lookahead1",
        sounds_like: "the sound itself, drawn breath too",
        making: Making::Frames(stages::gated_looking_ahead),
    },
    Row {
        mode: Mode::Refined,
        name: "refined",
        sounds_like: "the sound itself, clearest",
        making: Making::Frames(stages::refined),
    },
    Row {
        mode: Mode::RefinedGated,
        name: "refined_gated",
        sounds_like: "the sound itself, clearest, drawn breath too",
        making: Making::Frames(stages::refined_gated),
    },
    Row {
        mode: Mode::RtisiLookahead3,
        name: "rtisi_lookahead3",
        sounds_like: "the sound itself, clear; attacks begin a little early",
        making: Making::Frames(stages::rtisi),
    },
    Row {
        mode: Mode::Gradient,
        name: "gradient",
        sounds_like: "steady partials and breath; sharp attacks a little softer",
        making: Making::Frames(stages::gradient),
    },
    Row {
        mode: Mode::GradientRefined,
        name: "gradient_refined",
        sounds_like: "the sound itself, clear, drawn breath too",
        making: Making::Frames(stages::gradient_refined),
    },
    Row {
        mode: Mode::PeakLock,
        name: "peak_lock",
        sounds_like: "the same, moving partials a little rough",
        making: Making::Frames(stages::peak_lock),
    },
    Row {
        mode: Mode::StoredNoise,
        name: "stored_noise",
        sounds_like: "every partial a narrow band of breath around its pitch",
        making: Making::Frames(stages::stored_noise),
    },
    Row {
        mode: Mode::Zero,
        name: "zero",
        sounds_like: "a buzz at the hop's rate, coloured by the sound",
        making: Making::Frames(stages::zero),
    },
    Row {
        mode: Mode::Random,
        name: "random",
        sounds_like: "a rough whisper; softer than stored noise, its frames cancel",
        making: Making::Frames(stages::random),
    },
    Row {
        mode: Mode::Spsi,
        name: "spsi",
        sounds_like: "the sound with a metallic edge where partials move or lie close",
        making: Making::Frames(stages::spsi),
    },
    Row {
        mode: Mode::GriffinLim32,
        name: "griffin_lim_32",
        sounds_like: "the sound through a reverberant, fluttering tube",
        making: Making::Whole(Iterations::plain(32)),
    },
    Row {
        mode: Mode::GriffinLim100,
        name: "griffin_lim_100",
        sounds_like: "the same, with less flutter",
        making: Making::Whole(Iterations::plain(100)),
    },
    Row {
        mode: Mode::FastGriffinLim100,
        name: "fast_griffin_lim_100",
        sounds_like: "nearly the sound, partials a little unsteady",
        making: Making::Whole(Iterations::fast(100)),
    },
];

impl Mode {
    /// Every mode, in the order of reports.
    pub const ALL: [Self; TABLE.len()] = {
        let mut all = [Self::Zero; TABLE.len()];
        let mut row = 0;
        while row < all.len() {
            all[row] = TABLE[row].mode;
            row += 1;
        }
        all
    };

    fn row(self) -> &'static Row {
        // A test holds that rows stand in the order of the arms.
        &TABLE[self as usize]
    }

    /// The key in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// What a tone sounds like with these phases.
    #[must_use]
    pub fn sounds_like(self) -> &'static str {
        self.row().sounds_like
    }

    /// Whether phases are made frame after frame, as in a voice.
    #[must_use]
    pub fn is_real_time(self) -> bool {
        matches!(self.row().making, Making::Frames(_))
    }
}

impl Serialize for Mode {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.name())
    }
}

/// A sound made of magnitudes, and the time its phases took.
#[derive(Clone, Debug)]
pub struct Resynthesis {
    /// Mono; frame n is centred on sample n·hop.
    pub sound: Vec<f32>,
    /// µs of each frame; of an offline mode, its share in the whole time.
    pub frame_us: Vec<f64>,
}

impl Resynthesis {
    /// Keeps for every frame the lesser of two times: what it takes when the machine does nothing
    /// else.
    pub fn keep_least(&mut self, again: &Self) {
        let times = self.frame_us.iter_mut().zip(&again.frame_us);
        times.for_each(|(kept, other)| *kept = kept.min(*other));
    }
}

/// Gives magnitudes the phases of a mode and makes them sound.
///
/// | argument     | shape            | unit                                                |
/// |--------------|------------------|-----------------------------------------------------|
/// | `magnitudes` | `[frames][bins]` | as [`betwixt_spectral::ForwardStft`] measures       |
/// | sound        | `[samples]`      | frames·hop + fft_len/2, aligned with what was analysed |
///
/// # Panics
///
/// When a frame is not `[bins]`.
#[must_use]
pub fn resynthesise(
    mode: Mode,
    geometry: Geometry,
    magnitudes: &[Vec<f32>],
    seed: u64,
) -> Resynthesis {
    match mode.row().making {
        Making::Frames(make) => frame_by_frame(make(geometry, seed), geometry, magnitudes),
        Making::Whole(iterations) => {
            let begun = Instant::now();
            let sound = griffin_lim(geometry, magnitudes, iterations, seed);
            let share = microseconds(begun) / magnitudes.len().max(1) as f64;
            Resynthesis {
                sound,
                frame_us: vec![share; magnitudes.len()],
            }
        }
    }
}

fn frame_by_frame(mut stage: Stage, geometry: Geometry, magnitudes: &[Vec<f32>]) -> Resynthesis {
    let mut overlap = Overlap::new(geometry);
    let mut phase = vec![0; geometry.bins()];
    let mut frame_us = Vec::with_capacity(magnitudes.len());
    for (number, magnitude) in magnitudes.iter().enumerate() {
        let begun = Instant::now();
        stage(magnitudes, number, &mut phase);
        frame_us.push(microseconds(begun));
        overlap.add_polar(magnitude, &phase);
    }
    Resynthesis {
        sound: overlap.finish(),
        frame_us,
    }
}

fn microseconds(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1e6
}

#[cfg(test)]
mod tests;
