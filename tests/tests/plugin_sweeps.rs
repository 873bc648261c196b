//! Mapped controllers that sweep, through the built plugin: how smooth they are, in decibels.
//!
//! ```text
//!  sweep, still ─► built .clap ─► samples ─► gain from sample to sample, what lies above the sound
//! ```

use betwixt_evaluation::measure::high_pass::high_pass_residual_db;
use betwixt_evaluation::measure::level;
use betwixt_host::{Event, Timed};
use betwixt_tests::desk::{RATE_HZ, SECOND, fine, mapped, parting, play, row, steady, with};

/// Decibels of the whole way of Gain: −60 … 12.
const GAIN_DB: f64 = 72.0;

/// Gain over time in decibels, from a swept and a still render of the same steady note, where the
/// note is far from zero.
fn gain_track(swept: &[f32], still: &[f32]) -> Vec<(usize, f64)> {
    let far = 0.3 * level::peak(still);
    let pairs = swept.iter().zip(still).enumerate();
    pairs
        .filter(|(_, (_, still))| f64::from(still.abs()) > far)
        .map(|(at, (swept, still))| (at, level::db(f64::from(swept / still).abs())))
        .collect()
}

/// The largest step from one sample to the next, in decibels.
fn steepest(track: &[(usize, f64)]) -> f64 {
    let neighbours = track.windows(2).filter(|pair| pair[1].0 == pair[0].0 + 1);
    neighbours
        .map(|pair| (pair[1].1 - pair[0].1).abs())
        .fold(0.0, f64::max)
}

/// A sweep of the gain over a quarter of its way in 14 bits, half a second long: from sample to
/// sample it moves by less than one step of 14 bits, and it goes down and nothing else.
#[test]
fn a_fine_sweep_is_smooth() {
    let base = with(&steady(), [Event::parameter("Gain", 0.7).at(0)]);
    let map = row("cc14", Some(3), "gain", "from = 0.4\nto = 0.8\n");
    let one_step_db = 0.4 * GAIN_DB / 16_383.0;
    for is_high_first in [true, false] {
        let sweep = (0..1_000u16).flat_map(|turn| {
            let [mut one, mut other] = fine(3, 12_000 - 8 * turn, 20_000 + 24 * u64::from(turn));
            if !is_high_first {
                std::mem::swap(&mut one, &mut other);
            }
            // The second half comes some samples later, as on a cable.
            other.frame += 11;
            [one, other]
        });
        let sweep: Vec<Timed> = sweep.collect();
        let start = fine(3, 12_000, 0);
        let swept = play(
            &mut mapped(&map),
            &with(&with(&base, start.clone()), sweep),
            SECOND,
        );
        let still = play(&mut mapped(&map), &with(&base, start), SECOND);
        let track = gain_track(&swept, &still);
        let step_db = steepest(&track);
        let rises = track.windows(2).map(|pair| pair[1].1 - pair[0].1);
        let rise_db = rises.fold(0.0, f64::max);
        let fallen_db = -track.last().expect("it sounds").1;
        let falls: Vec<f64> = track.iter().map(|t| t.1).collect();
        assert!(falls.iter().all(|db| db.is_finite()));
        eprintln!("14 bit: {step_db:.5} dB from sample to sample, {fallen_db:.2} dB in all");
        assert!(
            step_db < one_step_db,
            "{step_db} dB, a step of 14 bits has {one_step_db} dB"
        );
        assert!(rise_db < 1e-4, "a rise of {rise_db} dB");
        let expected_db = 8.0 * 999.0 * one_step_db;
        assert!(
            (fallen_db - expected_db).abs() < 0.01,
            "{fallen_db} of {expected_db}"
        );
    }
}

/// Sweeps of gain and of latents in plain 7 bits: what lies above the highest partials, where a click
/// stands alone, stays 70 dB below the peak, which is the promise for single steps.
#[test]
fn a_plain_sweep_does_not_click() {
    for target in ["gain", "latent_1", "latent_2", "latent_3"] {
        let map = row("cc", Some(7), target, "from = 0.2\nto = 0.8\n");
        let sweep = (0..=127u8)
            .map(|step| Event::controller(7, 127 - step).at(12_000 + 230 * u64::from(step)));
        let base = with(&steady(), [Event::controller(7, 127).at(0)]);
        let swept = play(&mut mapped(&map), &with(&base, sweep), SECOND);
        let still = play(&mut mapped(&map), &base, SECOND);
        let above = |sound: &[f32]| high_pass_residual_db(&sound[6_000..], RATE_HZ, 21_000.0);
        let (swept_db, still_db) = (above(&swept), above(&still));
        eprintln!("7 bit, {target}: {swept_db:.1} dB, at rest {still_db:.1} dB");
        assert!(swept_db < -70.0, "{target}: {swept_db} dB");
        if target == "gain" {
            let (step_db, whole_db) =
                (steepest(&gain_track(&swept, &still)), 0.6 * GAIN_DB / 127.0);
            eprintln!(
                "7 bit, gain: steps of {whole_db:.3} dB, {step_db:.4} dB from sample to sample"
            );
            assert!(
                step_db < 0.05 * whole_db,
                "each step takes its time: {step_db} dB"
            );
        }
    }
}

/// A soft controller far from its target is not heard at all, and when it has come there it takes
/// over without a jump.
#[test]
fn a_soft_takeover_has_no_jump() {
    let base = with(&steady(), [Event::parameter("Gain", 0.75).at(0)]);
    // Three quarters of the way are 95.25 of 127.
    let steps = |from: u8, to: u8, at: u64| {
        let way: Vec<u8> = if from < to {
            (from..=to).collect()
        } else {
            (to..=from).rev().collect()
        };
        (0..)
            .zip(way)
            .map(move |(turn, value)| Event::controller(7, value).at(at + 300 * turn))
    };
    let soft = row("cc", Some(7), "gain", "takeover = \"soft\"\n");
    let still = play(&mut mapped(&soft), &base, SECOND);
    let far = play(
        &mut mapped(&soft),
        &with(&base, steps(0, 93, 12_000)),
        SECOND,
    );
    assert_eq!(parting(&still, &far), None, "it has not come there yet");
    let taken = play(
        &mut mapped(&soft),
        &with(&base, steps(0, 110, 8_000)),
        SECOND,
    );
    let at = parting(&still, &taken).expect("it has come there");
    assert!((8_000 + 94 * 300..8_000 + 96 * 300).contains(&at), "{at}");
    let track = gain_track(&taken, &still);
    // One step of seven bits is 0.57 dB; the takeover itself may be as far off as 1/64: 1.13 dB.
    let jump_db = steepest(&track);
    let first = track
        .iter()
        .find(|(place, _)| *place > at + 250)
        .expect("it sounds");
    eprintln!(
        "soft: {jump_db:.4} dB from sample to sample, {:.2} dB at the takeover",
        first.1
    );
    assert!(first.1.abs() <= GAIN_DB / 64.0, "{first:?}");
    assert!(jump_db < 0.05, "{jump_db} dB");
    // The same without softness falls to silence at its first move.
    let jump = row("cc", Some(7), "gain", "");
    let fallen = play(
        &mut mapped(&jump),
        &with(&base, steps(0, 93, 12_000)),
        SECOND,
    );
    let at = parting(&still, &fallen).expect("heard");
    assert!((12_000..12_300).contains(&at), "{at}");
}
