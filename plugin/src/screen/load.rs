//! What the calls cost: the share of the time that the sound they make lasts.
//!
//! ```text
//!  call begins ─► clock ─► … ─► clock ─► time ÷ (samples ÷ rate) ─┬─► mean of a second
//!                                                                 └─► worst since it was last asked
//! ```
//!
//! A call can only be timed where it happens, so the shell, and nobody else on the audio thread,
//! reads the monotonic clock, twice for each call and only while a window shows the result. Nothing
//! that is played depends on it; the engine knows no clock.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Shorter calls are taken together: the framework cuts blocks where something is automated.
const LEAST: usize = 64;

/// The costs, as the audio thread adds them up.
#[derive(Default)]
pub(crate) struct Load {
    /// Nanoseconds that calls took, and that their sound lasts.
    taken_ns: AtomicU64,
    lasts_ns: AtomicU64,
    /// Of calls that are too short to be judged by themselves.
    short_ns: AtomicU64,
    short_samples: AtomicU64,
    /// The largest share, as the bits of a positive number: they are in the numbers' own order.
    worst: AtomicU32,
}

/// Shares of the time that there is, 0…1 and beyond.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Shares {
    /// Of all calls since they were last taken.
    pub(crate) mean: f32,
    /// Of the most expensive one.
    pub(crate) worst: f32,
}

impl Load {
    /// A call took so long.
    pub(crate) fn add(&self, taken: Duration, samples: usize, rate_hz: f32) {
        if samples == 0 || rate_hz <= 0.0 {
            return;
        }
        let nanoseconds = u64::try_from(taken.as_nanos()).unwrap_or(u64::MAX);
        let taken_ns = self.short_ns.load(Relaxed).saturating_add(nanoseconds);
        let samples = self.short_samples.load(Relaxed) + samples as u64;
        if samples < LEAST as u64 {
            self.short_ns.store(taken_ns, Relaxed);
            self.short_samples.store(samples, Relaxed);
            return;
        }
        self.short_ns.store(0, Relaxed);
        self.short_samples.store(0, Relaxed);
        let lasts_ns = samples as f64 * 1e9 / f64::from(rate_hz);
        self.taken_ns.fetch_add(taken_ns, Relaxed);
        let lasts = Duration::from_secs_f64(lasts_ns * 1e-9).as_nanos();
        let lasts = u64::try_from(lasts).unwrap_or(u64::MAX);
        self.lasts_ns.fetch_add(lasts, Relaxed);
        let share = betwixt_spectral::number::narrow(taken_ns as f64 / lasts_ns);
        self.worst.fetch_max(share.to_bits(), Relaxed);
    }

    /// The shares since the last time; none if nothing was played.
    pub(crate) fn take(&self) -> Option<Shares> {
        let lasts = self.lasts_ns.swap(0, Relaxed);
        let taken = self.taken_ns.swap(0, Relaxed);
        let worst = f32::from_bits(self.worst.swap(0, Relaxed));
        (lasts > 0).then(|| Shares {
            mean: betwixt_spectral::number::narrow(taken as f64 / lasts as f64),
            worst,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 480 samples at 48 kHz last 10 ms: 1 ms is a tenth of them, 4 ms two fifths.
    #[test]
    fn shares_are_of_what_the_sound_lasts() {
        let load = Load::default();
        assert_eq!(load.take(), None);
        load.add(Duration::from_millis(1), 480, 48_000.0);
        load.add(Duration::from_millis(4), 480, 48_000.0);
        let shares = load.take().unwrap();
        assert!((shares.mean - 0.25).abs() < 1e-6, "{shares:?}");
        assert!((shares.worst - 0.4).abs() < 1e-6, "{shares:?}");
        assert_eq!(load.take(), None);
    }

    /// Single samples, as automation cuts them, are judged together: 64 of them at 64 kHz last 1 ms.
    #[test]
    fn short_calls_are_judged_together() {
        let load = Load::default();
        for _ in 0..63 {
            load.add(Duration::from_micros(5), 1, 64_000.0);
        }
        assert_eq!(load.take(), None);
        load.add(Duration::from_micros(5), 1, 64_000.0);
        let shares = load.take().unwrap();
        assert!((shares.worst - 0.32).abs() < 1e-6, "{shares:?}");
    }
}
