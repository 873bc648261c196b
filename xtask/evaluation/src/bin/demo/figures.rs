//! The figures of a render, and the gates that they must pass.

use betwixt_evaluation::measure::{clicks, level, onset, pitch};
use betwixt_host::{HeldAlone, Note, Rendering, Score, Timing};
use betwixt_spectral::number::index;
use serde::Serialize;
use std::fmt;
use std::ops::Range;

const LARGEST_CLICK: f64 = 6.0;
const LARGEST_PITCH_ERROR_CENTS: f64 = 15.0;
const QUIETEST_PEAK_DB: f64 = -40.0;
/// The first note is there within this time.
const LONGEST_RISE_MS: f64 = 3.0;
/// Below the first note's peak this is silence: before the note there are exact zeros, and the fade
/// that begins at its sample starts 100 dB down.
const SILENCE_DB: f64 = -150.0;
/// How long after its onset a note cannot be predicted from what sounded before it.
const ONSET_S: f64 = 0.02;

/// Everything that is measured on the demo.
#[derive(Debug, Serialize)]
pub(crate) struct Figures {
    /// Speed.
    pub(crate) timing: Timing,
    /// Loudest sample of both channels, dBFS.
    pub(crate) peak_dbfs: f64,
    /// The least predicted sample: its residual as a multiple of the 99th percentile around it.
    pub(crate) largest_click: f64,
    /// Where it is, seconds.
    pub(crate) largest_click_at_s: f64,
    /// Notes that sound alone.
    pub(crate) held: Vec<HeldNote>,
    /// The largest magnitude among their errors, cents; `None` when one has no pitch.
    pub(crate) worst_pitch_cents: Option<f64>,
    /// Samples from where the first note was sent to where it begins.
    pub(crate) onset_error_samples: Option<f64>,
    /// 10–90 % rise of the first note's fundamental, ms (an instant one reads 0.8 periods).
    pub(crate) rise_ms: Option<f64>,
}

/// The pitch of a note that sounds alone.
#[derive(Debug, Serialize)]
pub(crate) struct HeldNote {
    /// Its key.
    pub(crate) key: u8,
    /// Where it was listened to, seconds.
    pub(crate) from_s: f64,
    /// Until when.
    pub(crate) to_s: f64,
    /// Cents from its key; `None` when it has no pitch.
    pub(crate) error_cents: Option<f64>,
}

impl Figures {
    pub(crate) fn measure(score: &Score, rendering: &Rendering) -> Self {
        let rate_hz = rendering.rate_hz;
        let mono = rendering.mono();
        let click = worst_click(score, rendering);
        let held: Vec<_> = score
            .held_alone()
            .iter()
            .filter(|h| h.note.key > 48)
            .map(|h| held_note(h, &mono, rate_hz))
            .collect();
        let peaks = [&rendering.left, &rendering.right].map(|c| level::peak(c));
        let first = score.notes.first();
        Self {
            timing: rendering.timing(),
            peak_dbfs: level::db(peaks[0].max(peaks[1]) + 0.0 * (peaks[0] + peaks[1])),
            largest_click: click.map_or(f64::NAN, |c| c.multiple),
            largest_click_at_s: click.map_or(f64::NAN, |c| c.sample as f64 / rate_hz),
            worst_pitch_cents: worst_pitch(&held),
            held,
            onset_error_samples: first.and_then(|note| onset_error(note, &mono, rate_hz)),
            rise_ms: first.and_then(|note| rise_ms(note, &mono, rate_hz)),
        }
    }

    /// One line for every figure out of its bounds.
    pub(crate) fn failed_gates(&self) -> Vec<String> {
        let mut failed = Vec::new();
        let mut gate = |holds: bool, said: String| {
            if !holds {
                failed.push(said);
            }
        };
        let peak = self.peak_dbfs;
        let bounds = (QUIETEST_PEAK_DB..0.0).contains(&peak);
        gate(bounds, format!("peak {peak:.1} dBFS, expected −40 to 0"));
        let click = self.largest_click;
        let sound = (0.0..=LARGEST_CLICK).contains(&click);
        let at = self.largest_click_at_s;
        gate(
            sound,
            format!("click of {click:.1} at {at:.4} s, expected at most 6"),
        );
        let worst = self.worst_pitch_cents;
        let in_tune = worst.is_some_and(|cents| cents <= LARGEST_PITCH_ERROR_CENTS);
        gate(
            in_tune,
            format!("pitch off by {worst:?} cents, expected at most 15"),
        );
        let onset = self.onset_error_samples;
        let at_once = onset.is_some_and(|samples| samples == 0.0);
        gate(
            at_once,
            format!("first note late by {onset:?} samples, expected 0"),
        );
        let rise = self.rise_ms;
        let quick = rise.is_some_and(|ms| ms <= LONGEST_RISE_MS);
        gate(quick, format!("rise of {rise:?} ms, expected at most 3"));
        failed
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let timing = &self.timing;
        let or_none = |value: Option<f64>, unit: &str| {
            value.map_or_else(|| "none".to_owned(), |v| format!("{v:.2} {unit}"))
        };
        let count = self.held.len();
        writeln!(
            f,
            "real time     {:.1} × ({:.1} s of sound in {:.2} s)",
            timing.real_time_factor, timing.audio_s, timing.compute_s
        )?;
        writeln!(
            f,
            "worst block   {:.0} % of its deadline of {} samples (99 of 100 below {:.0} %)",
            100.0 * timing.worst_share,
            timing.block_samples,
            100.0 * timing.share_99
        )?;
        writeln!(f, "peak          {:.1} dBFS", self.peak_dbfs)?;
        writeln!(
            f,
            "clicks        {:.2} (largest residual / 99th percentile, at {:.3} s; gate 6)",
            self.largest_click, self.largest_click_at_s
        )?;
        writeln!(
            f,
            "pitch         {} (worst of {count} held notes; gate 15)",
            or_none(self.worst_pitch_cents, "cents")
        )?;
        writeln!(
            f,
            "onset         {} late",
            or_none(self.onset_error_samples, "samples")
        )?;
        write!(
            f,
            "rise          {} (10–90 %, fundamental of the first note)",
            or_none(self.rise_ms, "ms")
        )
    }
}

/// The least predicted sample of either channel, onsets left out.
fn worst_click(score: &Score, rendering: &Rendering) -> Option<clicks::Click> {
    let onset = |note: &Note| -> Range<usize> {
        let sent = index(note.start_s * rendering.rate_hz);
        let unpredictable = index(ONSET_S * rendering.rate_hz) + clicks::ORDER;
        sent.saturating_sub(1)..sent + unpredictable
    };
    let onsets: Vec<_> = score.notes.iter().map(onset).collect();
    let worst = |channel: &[f32]| clicks::worst(channel, rendering.rate_hz, &onsets);
    let left = worst(&rendering.left);
    if rendering.left == rendering.right {
        return left;
    }
    let both = [left, worst(&rendering.right)].into_iter().flatten();
    both.max_by(|a, b| a.multiple.total_cmp(&b.multiple))
}

fn held_note(held: &HeldAlone, mono: &[f32], rate_hz: f64) -> HeldNote {
    let end = index(held.to_s * rate_hz).min(mono.len());
    let stretch = &mono[index(held.from_s * rate_hz).min(end)..end];
    let expected_hz = betwixt_spectral::pitch::hz(f64::from(held.note.key));
    HeldNote {
        key: held.note.key,
        from_s: held.from_s,
        to_s: held.to_s,
        error_cents: pitch::error_cents(stretch, rate_hz, expected_hz),
    }
}

/// The largest magnitude; `None` when there is no note, or one without a pitch.
fn worst_pitch(held: &[HeldNote]) -> Option<f64> {
    let errors: Option<Vec<f64>> = held.iter().map(|h| h.error_cents).collect();
    errors?.into_iter().map(f64::abs).reduce(f64::max)
}

/// From the sample where a note out of silence was sent to the first one that can be told from it.
fn onset_error(note: &Note, mono: &[f32], rate_hz: f64) -> Option<f64> {
    let sent = index((note.start_s * rate_hz).round());
    let end = (sent + index(0.1 * rate_hz)).min(mono.len());
    let found = onset::first_sample(mono.get(..end)?, SILENCE_DB)?;
    Some(found as f64 - sent as f64)
}

fn rise_ms(note: &Note, mono: &[f32], rate_hz: f64) -> Option<f64> {
    let sent = index((note.start_s * rate_hz).round());
    let stretch = mono.get(sent..sent + index(0.06 * rate_hz))?;
    let fundamental_hz = betwixt_spectral::pitch::hz(f64::from(note.key));
    onset::rise_s(stretch, rate_hz, fundamental_hz).map(|s| 1000.0 * s)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 440 Hz on key 69 from 0.5 s to 1.5 s, as one would render it.
    fn rendered(hz: f64) -> (Score, Rendering) {
        let note = Note {
            start_s: 0.5,
            end_s: 1.5,
            key: 69,
            velocity: 1.0,
        };
        let score = Score {
            notes: vec![note],
            ..Score::default()
        };
        let sample = |i: u32| {
            let seconds = f64::from(i) / 48_000.0 - 0.5;
            let sounds = (0.0..1.0).contains(&seconds);
            let wave = (std::f64::consts::TAU * hz * seconds).cos();
            betwixt_spectral::number::narrow(if sounds { 0.5 * wave } else { 0.0 })
        };
        let left: Vec<f32> = (0..96_000).map(sample).collect();
        let rendering = Rendering {
            rate_hz: 48_000.0,
            right: left.clone(),
            left,
            block_times: Vec::new(),
        };
        (score, rendering)
    }

    /// A tone a quarter tone sharp, sent and begun at one sample, and cut off hard: all is told.
    #[test]
    fn figures_are_those_of_the_sound() {
        let (score, rendering) = rendered(440.0 * f64::exp2(50.0 / 1200.0));
        let figures = Figures::measure(&score, &rendering);
        assert!((figures.peak_dbfs + 6.02).abs() < 0.01, "{figures:?}");
        assert!(
            (figures.worst_pitch_cents.unwrap() - 50.0).abs() < 0.1,
            "{figures:?}"
        );
        assert_eq!(figures.onset_error_samples, Some(0.0));
        assert!(
            (figures.largest_click_at_s - 1.5).abs() < 0.001,
            "{figures:?}"
        );
        let failed = figures.failed_gates();
        assert_eq!(failed.len(), 2, "click and pitch: {failed:?}");
    }

    /// Silence fails, and is not measured to be in tune.
    #[test]
    fn silence_fails() {
        let (score, mut rendering) = rendered(440.0);
        rendering.left.fill(0.0);
        rendering.right.fill(0.0);
        let failed = Figures::measure(&score, &rendering).failed_gates();
        assert_eq!(
            failed.len(),
            5,
            "peak, click, pitch, onset, rise: {failed:?}"
        );
    }

    /// One lost sample fails the peak and the clicks.
    #[test]
    fn lost_samples_fail() {
        let (score, mut rendering) = rendered(440.0);
        rendering.right[50_000] = f32::NAN;
        let failed = Figures::measure(&score, &rendering).failed_gates();
        assert!(failed.len() >= 2, "{failed:?}");
    }
}
