//! The pitch of a sound that nobody labelled.
//!
//! ```text
//!  nine places of a sound ─► difference function by FFT ─► its first deep dip ─► period ─► median
//! ```
//!
//! A period is the shortest shift by which a sound meets itself; the cumulative mean keeps it from
//! being two periods, the median of several places keeps an odd moment from deciding.
//!
//! *Source:* de Cheveigné and Kawahara, Journal of the Acoustical Society of America 111 (2002).

use super::RATE_HZ;
use betwixt_spectral::number::narrow;
use betwixt_spectral::pitch;
use realfft::RealFftPlanner;

/// Samples compared with their shifted copies.
const WINDOW: usize = 4_096;
/// The longest period: MIDI 20.
const LONGEST: usize = 1_700;
/// The shortest period: a little above MIDI 108.
const SHORTEST: usize = 10;
/// A dip so deep is a period.
const DIP: f32 = 0.12;
/// Where no dip is deeper than this there is no pitch.
const UNPITCHED: f32 = 0.45;
/// Places that are asked.
const PLACES: usize = 9;

/// The MIDI pitch of a sound at 44.1 kHz; `None` for noise, silence, or what is too short.
pub(super) fn pitch_of(samples: &[f32]) -> Option<f64> {
    let span = WINDOW + LONGEST;
    let room = samples.len().checked_sub(span)?;
    let loudest = samples.iter().map(|x| x.abs()).fold(0.0, f32::max);
    let period = |place: usize| {
        let start = room * place / PLACES;
        let seen = &samples[start..start + span];
        let level = seen.iter().map(|x| x.abs()).fold(0.0, f32::max);
        // −40 dB: the tail of a struck sound says nothing.
        (level > 0.01 * loudest).then(|| period(seen)).flatten()
    };
    let mut periods: Vec<f64> = (0..PLACES).filter_map(period).collect();
    periods.sort_by(f64::total_cmp);
    let middle = periods.get(periods.len() / 2)?;
    Some(pitch::from_hz(RATE_HZ / middle))
}

/// The period at one place, in samples.
fn period(samples: &[f32]) -> Option<f64> {
    let normalised = normalised(&difference(samples));
    let is_dip = |shift: &usize| {
        let value = normalised[*shift];
        value <= normalised[*shift - 1] && value <= normalised[*shift + 1]
    };
    let dips = || (SHORTEST..LONGEST - 1).filter(is_dip);
    let first = dips().find(|shift| normalised[*shift] < DIP);
    let deepest = || dips().min_by(|a, b| normalised[*a].total_cmp(&normalised[*b]));
    let shift = first.or_else(deepest)?;
    (normalised[shift] < UNPITCHED).then(|| vertex(&normalised, shift))
}

/// Σ (x[i] − x[i + shift])² over the window, for every shift.
fn difference(samples: &[f32]) -> Vec<f32> {
    let points = (2 * WINDOW + LONGEST).next_power_of_two();
    let mut planner = RealFftPlanner::<f32>::new();
    let (forward, inverse) = (
        planner.plan_fft_forward(points),
        planner.plan_fft_inverse(points),
    );
    let spectrum = |part: &[f32]| {
        let (mut input, mut bins) = (forward.make_input_vec(), forward.make_output_vec());
        input[..part.len()].copy_from_slice(part);
        forward
            .process(&mut input, &mut bins)
            .expect("lengths are the plan's");
        bins
    };
    let mut product = spectrum(&samples[..WINDOW]);
    for (a, b) in product.iter_mut().zip(spectrum(samples)) {
        *a = a.conj() * b;
    }
    let mut correlation = inverse.make_output_vec();
    product[0].im = 0.0;
    product[points / 2].im = 0.0;
    inverse
        .process(&mut product, &mut correlation)
        .expect("lengths are the plan's, and both ends are real");
    let mut sums = vec![0.0];
    let mut sum = 0.0;
    for x in samples {
        sum += f64::from(x * x);
        sums.push(sum);
    }
    let of = |shift: usize| {
        let power = sums[WINDOW] + sums[WINDOW + shift] - sums[shift];
        narrow((power - 2.0 * f64::from(correlation[shift]) / points as f64).max(0.0))
    };
    (0..LONGEST).map(of).collect()
}

/// Divided by its mean over all shorter shifts.
fn normalised(difference: &[f32]) -> Vec<f32> {
    let mut sum = 0.0;
    let value = |(shift, d): (usize, &f32)| {
        sum += f64::from(*d);
        if shift == 0 || sum <= 0.0 {
            1.0
        } else {
            narrow(f64::from(*d) * shift as f64 / sum)
        }
    };
    difference.iter().enumerate().map(value).collect()
}

/// The lowest point of the parabola through a dip and its neighbours.
fn vertex(values: &[f32], shift: usize) -> f64 {
    let at = |shift: usize| f64::from(values[shift]);
    let (left, middle, right) = (at(shift - 1), at(shift), at(shift + 1));
    let bend = left - 2.0 * middle + right;
    let offset = if bend > 0.0 {
        0.5 * (left - right) / bend
    } else {
        0.0
    };
    shift as f64 + offset.clamp(-0.5, 0.5)
}
