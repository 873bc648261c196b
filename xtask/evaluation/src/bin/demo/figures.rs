//! The figures of a render, and the gates that they must pass.
//!
//! ```text
//!  mixed ─► speed, peak, clicks
//!  each part ─┬─► notes held alone      ─► cents
//!             └─► notes after silence   ─► onset, rise
//! ```

use betwixt_evaluation::measure::{clicks, level, onset, pitch};
use betwixt_host::{HeldAlone, Note, Rendering, Score, Timing};
use betwixt_spectral::number::index;
use serde::Serialize;
use std::fmt;
use std::ops::Range;

const LARGEST_CLICK: f64 = 6.0;
const LARGEST_PITCH_ERROR_CENTS: f64 = 15.0;
const QUIETEST_PEAK_DB: f64 = -40.0;
/// Every struck or plucked note is there within this time, and the quickest within that: how sharp
/// the others are is their instruments' own.
const LONGEST_RISE_MS: f64 = 25.0;
const QUICKEST_RISE_MS: f64 = 6.0;
/// Periods that the measure adds to an instant rise.
const MEASURE_PERIODS: f64 = 0.8;
/// MIDI channels, from 1, whose instruments swell by nature: their rise is told, not judged.
const SWELLING: [u8; 1] = [2];
/// Below the note's peak this is silence: before a first note there are exact zeros, before another
/// what is left a second after an end; the fade that begins at a note's sample starts 100 dB down.
const SILENCE_DB: f64 = -150.0;
/// How long after its onset a note cannot be predicted from what sounded before it.
const ONSET_S: f64 = 0.02;
/// Silence is looked at from so long before a note.
const BEFORE_S: f64 = 0.02;

/// What one instance played.
pub(crate) struct Part {
    /// MIDI channel, from 1.
    pub(crate) channel: u8,
    /// What it was given.
    pub(crate) score: Score,
    /// What it gave.
    pub(crate) rendering: Rendering,
}

/// Everything that is measured on the demo.
#[derive(Debug, Serialize)]
pub(crate) struct Figures {
    /// Speed of all parts together, as on one core.
    pub(crate) timing: Timing,
    /// How many instances played.
    pub(crate) parts: usize,
    /// Loudest sample of both channels, dBFS.
    pub(crate) peak_dbfs: f64,
    /// The least predicted sample: its residual as a multiple of the 99th percentile around it.
    pub(crate) largest_click: f64,
    /// Where it is, seconds.
    pub(crate) largest_click_at_s: f64,
    /// Notes that sound alone in their part.
    pub(crate) held: Vec<HeldNote>,
    /// The largest magnitude among their errors, cents; `None` when one has no pitch.
    pub(crate) worst_pitch_cents: Option<f64>,
    /// Notes that begin after silence in their part.
    pub(crate) beginnings: Vec<Beginning>,
}

/// The pitch of a note that sounds alone.
#[derive(Debug, Serialize)]
pub(crate) struct HeldNote {
    /// MIDI channel, from 1.
    pub(crate) channel: u8,
    /// Its key.
    pub(crate) key: u8,
    /// Where it was listened to, seconds.
    pub(crate) from_s: f64,
    /// Until when.
    pub(crate) to_s: f64,
    /// Cents from its key; `None` when it has no pitch.
    pub(crate) error_cents: Option<f64>,
}

/// How a note begins.
#[derive(Debug, Serialize)]
pub(crate) struct Beginning {
    /// MIDI channel, from 1.
    pub(crate) channel: u8,
    /// Its key.
    pub(crate) key: u8,
    /// When it was sent, seconds.
    pub(crate) at_s: f64,
    /// Samples from where it was sent to where it begins.
    pub(crate) onset_error_samples: Option<f64>,
    /// 10–90 % rise of its fundamental, ms, without the 0.8 periods that the measure itself adds.
    pub(crate) rise_ms: Option<f64>,
}

impl Figures {
    pub(crate) fn measure(score: &Score, parts: &[Part], mixed: &Rendering) -> Self {
        let rate_hz = mixed.rate_hz;
        let click = worst_click(score, mixed);
        let held: Vec<HeldNote> = parts.iter().flat_map(held_notes).collect();
        let peaks = [&mixed.left, &mixed.right].map(|c| level::peak(c));
        Self {
            timing: mixed.timing(),
            parts: parts.len(),
            peak_dbfs: level::db(peaks[0].max(peaks[1]) + 0.0 * (peaks[0] + peaks[1])),
            largest_click: click.map_or(f64::NAN, |c| c.multiple),
            largest_click_at_s: click.map_or(f64::NAN, |c| c.sample as f64 / rate_hz),
            worst_pitch_cents: worst_pitch(&held),
            held,
            beginnings: parts.iter().flat_map(beginnings).collect(),
        }
    }

    /// The quickest and the slowest of the notes that should be there at once, ms; `None` when one
    /// has no rise.
    fn rises_ms(&self) -> Option<(f64, f64)> {
        let judged = self
            .beginnings
            .iter()
            .filter(|b| !SWELLING.contains(&b.channel));
        let rises: Option<Vec<f64>> = judged.map(|b| b.rise_ms).collect();
        let rises = rises.filter(|rises| !rises.is_empty())?;
        let quickest = rises.iter().copied().fold(f64::INFINITY, f64::min);
        Some((quickest, rises.into_iter().fold(0.0, f64::max)))
    }

    /// The largest onset error, samples; `None` when a note does not begin, or there is none.
    fn latest_onset_samples(&self) -> Option<f64> {
        let errors: Option<Vec<f64>> = self
            .beginnings
            .iter()
            .map(|b| b.onset_error_samples)
            .collect();
        errors?.into_iter().map(f64::abs).reduce(f64::max)
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
        let onset = self.latest_onset_samples();
        let at_once = onset.is_some_and(|samples| samples == 0.0);
        gate(
            at_once,
            format!("a note after silence is late by {onset:?} samples, expected 0"),
        );
        let rises = self.rises_ms();
        let quick = rises.is_some_and(|(quickest, slowest)| {
            quickest <= QUICKEST_RISE_MS && slowest <= LONGEST_RISE_MS
        });
        let bounds = "expected the quickest in 6, the slowest in 25";
        gate(quick, format!("rises of {rises:?} ms, {bounds}"));
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
            "real time     {:.1} × ({:.1} s of sound by {} instances in {:.2} s)",
            timing.real_time_factor, timing.audio_s, self.parts, timing.compute_s
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
        let begun = self.beginnings.len();
        writeln!(
            f,
            "onset         {} late (latest of {begun} notes after silence; gate 0)",
            or_none(self.latest_onset_samples(), "samples")
        )?;
        let rises = self.rises_ms();
        write!(
            f,
            "rise          {} to {} (10–90 % of the fundamental, struck notes; gates 6 and 25)",
            or_none(rises.map(|rises| rises.0), "ms"),
            or_none(rises.map(|rises| rises.1), "ms")
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

/// Notes of a part that sound alone, above the bass.
fn held_notes(part: &Part) -> Vec<HeldNote> {
    let (mono, rate_hz) = (part.rendering.mono(), part.rendering.rate_hz);
    let held = part.score.held_alone();
    let above = held.iter().filter(|held| held.note.key > 48);
    let listen = |held: &HeldAlone| {
        let end = index(held.to_s * rate_hz).min(mono.len());
        let stretch = &mono[index(held.from_s * rate_hz).min(end)..end];
        let expected_hz = betwixt_spectral::pitch::hz(f64::from(held.note.key));
        HeldNote {
            channel: part.channel,
            key: held.note.key,
            from_s: held.from_s,
            to_s: held.to_s,
            error_cents: pitch::error_cents(stretch, rate_hz, expected_hz),
        }
    };
    above.map(listen).collect()
}

/// The largest magnitude; `None` when there is no note, or one without a pitch.
fn worst_pitch(held: &[HeldNote]) -> Option<f64> {
    let errors: Option<Vec<f64>> = held.iter().map(|h| h.error_cents).collect();
    errors?.into_iter().map(f64::abs).reduce(f64::max)
}

fn beginnings(part: &Part) -> Vec<Beginning> {
    let (mono, rate_hz) = (part.rendering.mono(), part.rendering.rate_hz);
    let begin = |note: &Note| Beginning {
        channel: part.channel,
        key: note.key,
        at_s: note.start_s,
        onset_error_samples: onset_error(note, &mono, rate_hz),
        rise_ms: rise_ms(note, &mono, rate_hz),
    };
    part.score.after_silence().iter().map(begin).collect()
}

/// From the sample where a note out of silence was sent to the first one that can be told from it.
fn onset_error(note: &Note, mono: &[f32], rate_hz: f64) -> Option<f64> {
    let sent = index((note.start_s * rate_hz).round());
    let from = sent.saturating_sub(index(BEFORE_S * rate_hz));
    let end = (sent + index(0.1 * rate_hz)).min(mono.len());
    let found = onset::first_sample(mono.get(from..end)?, SILENCE_DB)?;
    Some((from + found) as f64 - sent as f64)
}

fn rise_ms(note: &Note, mono: &[f32], rate_hz: f64) -> Option<f64> {
    let sent = index((note.start_s * rate_hz).round());
    let fundamental_hz = betwixt_spectral::pitch::hz(f64::from(note.key));
    // Low notes need a few periods before anything can be said of them.
    let listened_s = (8.0 / fundamental_hz).max(0.06);
    let stretch = mono.get(sent..sent + index(listened_s * rate_hz))?;
    let measured_s = onset::rise_s(stretch, rate_hz, fundamental_hz)?;
    Some(1000.0 * (measured_s - MEASURE_PERIODS / fundamental_hz).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 440 Hz on key 69 from 0.5 s to 1.5 s, as one would render it.
    fn rendered(hz: f64) -> Part {
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
        Part {
            channel: 1,
            score,
            rendering,
        }
    }

    fn measured(part: Part) -> Figures {
        let (score, mixed) = (part.score.clone(), part.rendering.clone());
        Figures::measure(&score, &[part], &mixed)
    }

    /// A tone a quarter tone sharp, sent and begun at one sample, and cut off hard: all is told.
    #[test]
    fn figures_are_those_of_the_sound() {
        let figures = measured(rendered(440.0 * f64::exp2(50.0 / 1200.0)));
        assert!((figures.peak_dbfs + 6.02).abs() < 0.01, "{figures:?}");
        assert!(
            (figures.worst_pitch_cents.unwrap() - 50.0).abs() < 0.1,
            "{figures:?}"
        );
        assert_eq!(figures.latest_onset_samples(), Some(0.0));
        let (quickest_ms, slowest_ms) = figures.rises_ms().unwrap();
        assert!(
            quickest_ms < 0.3 && slowest_ms < 0.3,
            "at once: {figures:?}"
        );
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
        let mut part = rendered(440.0);
        part.rendering.left.fill(0.0);
        part.rendering.right.fill(0.0);
        let failed = measured(part).failed_gates();
        assert_eq!(
            failed.len(),
            5,
            "peak, click, pitch, onset, rise: {failed:?}"
        );
    }

    /// A slow swell is judged where a stroke was expected, and only told where a swell was.
    #[test]
    fn swells_are_judged_by_their_part() {
        let swelling = |channel| {
            let mut part = rendered(440.0);
            part.channel = channel;
            for x in [&mut part.rendering.left, &mut part.rendering.right] {
                let swell = x[24_000..].iter_mut().zip(0_u16..960);
                swell.for_each(|(x, i)| *x *= f32::from(i) / 960.0);
            }
            measured(part).failed_gates()
        };
        let failed = swelling(1);
        assert!(
            failed.iter().any(|said| said.contains("rises of")),
            "{failed:?}"
        );
        let told = swelling(SWELLING[0]);
        assert!(
            told.iter().any(|said| said.contains("rises of None")),
            "{told:?}"
        );
    }

    /// One lost sample fails the peak and the clicks.
    #[test]
    fn lost_samples_fail() {
        let mut part = rendered(440.0);
        part.rendering.right[50_000] = f32::NAN;
        let failed = measured(part).failed_gates();
        assert!(failed.len() >= 2, "{failed:?}");
    }
}
