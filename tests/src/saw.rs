//! A saw without aliases, as a recording.
//!
//! ```text
//!  hz ─► Σ 0.3/k · sin(2πk·hz·t), k·hz below 20 kHz ─► Recording [2.5 s at 44.1 kHz]
//! ```

use betwixt_evaluation::phase::Recording;
use betwixt_spectral::number::narrow;
use std::f64::consts::TAU;

const RATE_HZ: u32 = 44_100;
const SAMPLES: u32 = 110_250;
const HIGHEST_HZ: f64 = 20_000.0;

/// Partials up to 20 kHz, the k-th of amplitude 0.3/k.
#[must_use]
pub fn saw(hz: f64) -> Recording {
    let sample = |i: u32| {
        let turn = hz * f64::from(i) / f64::from(RATE_HZ);
        let partials = (1..).map(f64::from).take_while(|k| k * hz < HIGHEST_HZ);
        let sum: f64 = partials.map(|k| (TAU * (k * turn).fract()).sin() / k).sum();
        narrow(0.3 * sum)
    };
    Recording {
        name: format!("saw {hz} Hz"),
        samples: (0..SAMPLES).map(sample).collect(),
        rate_hz: RATE_HZ,
    }
}
