//! What scales and keyboards mean, in numbers that follow from their definitions.

use super::{assert_pitches, keyboard, scale};
use crate::tuning::keyboard::Keyboard;
use crate::tuning::scale::Scale;
use betwixt_engine::Tuning;
use std::fmt::Write;

/// The lines of an equal division.
fn equal(steps: u8, period_cents: f64) -> String {
    let mut lines = format!("{steps}\n");
    for step in 1..=steps {
        let cents = period_cents * f64::from(step) / f64::from(steps);
        writeln!(lines, "{cents:.12}").unwrap();
    }
    lines
}

/// Semitones of a ratio.
fn semitones(above: u32, below: u32) -> f64 {
    12.0 * (f64::from(above) / f64::from(below)).log2()
}

/// Twelve equal steps from middle C are what a keyboard has anyway.
#[test]
fn twelve_equal_steps_are_the_keys_themselves() {
    for twelve in [scale(&equal(12, 1_200.0)), Scale::equal(12)] {
        assert_pitches(&twelve, &Keyboard::default(), f64::from);
    }
    let pitches = Tuning::default().pitches;
    assert!(
        (0..)
            .zip(pitches)
            .all(|(key, pitch)| pitch == f64::from(key))
    );
}

/// 19 equal steps: each is 12/19 of a semitone, and middle C stays.
#[test]
fn nineteen_steps_to_the_octave() {
    let nineteen = scale(&equal(19, 1_200.0));
    assert_pitches(&nineteen, &Keyboard::default(), |key| {
        60.0 + f64::from(key - 60) * 12.0 / 19.0
    });
}

/// A just scale: the ratios of the major scale of Ptolemy, octave after octave, in both directions.
#[test]
fn a_just_scale_is_its_ratios() {
    let just = scale("7\n9/8\n5/4\n4/3\n3/2\n5/3\n15/8\n2\n");
    let ratios = [(1, 1), (9, 8), (5, 4), (4, 3), (3, 2), (5, 3), (15, 8)];
    assert_pitches(&just, &Keyboard::default(), |key| {
        let way = key - 60;
        let (above, below) = ratios[usize::try_from(way.rem_euclid(7)).unwrap()];
        60.0 + 12.0 * f64::from(way.div_euclid(7)) + semitones(above, below)
    });
}

/// The Bohlen-Pierce scale divides a twelfth into thirteen steps; keys far off have no sound.
#[test]
fn the_last_degree_is_what_repeats() {
    let steps =
        (1..13).map(|step| format!("{:.12}\n", 1_200.0 * 3f64.log2() / 13.0 * f64::from(step)));
    let lines = format!("13\n{}3/1\n", steps.collect::<String>());
    assert_pitches(&scale(&lines), &Keyboard::default(), |key| {
        60.0 + f64::from(key - 60) * semitones(3, 1) / 13.0
    });
    // An octave of 1210 cents, as pianos are stretched.
    assert_pitches(&scale(&equal(12, 1_210.0)), &Keyboard::default(), |key| {
        60.0 + f64::from(key - 60) * 1.0083333333333333
    });
}

/// Scales may go down, stand still, or have no degree at all: then every key is degree 0.
#[test]
fn unusual_scales_are_legal() {
    let down = scale("1\n-100.0\n");
    assert_pitches(&down, &Keyboard::default(), |key| f64::from(120 - key));
    for lines in ["0\n", "1\n0.0\n", "1\n1/1\n"] {
        assert_pitches(&scale(lines), &Keyboard::default(), |_| 60.0);
    }
    let low = scale("2\n10/20\n5\n");
    assert_pitches(&low, &Keyboard::default(), |key| {
        let way = key - 60;
        let step = if way.rem_euclid(2) == 1 { -12.0 } else { 0.0 };
        60.0 + f64::from(way.div_euclid(2)) * semitones(5, 1) + step
    });
}

/// Every line that the format calls valid, and what else is found in old archives.
#[test]
fn every_way_to_write_a_degree() {
    let octave = 1_200.0;
    let cases = [
        ("81/64", semitones(81, 64) * 100.0),
        ("408.0", 408.0),
        ("408.", 408.0),
        ("5", octave * 5f64.log2()),
        ("-5.0", -5.0),
        ("10/20", -octave),
        ("100.0 cents", 100.0),
        (" 100.0 C#", 100.0),
        ("5/4   E\\", semitones(5, 4) * 100.0),
        ("\t3 / 2\tfifth", semitones(3, 2) * 100.0),
        ("555/524 ! c# 138.75 Hz", semitones(555, 524) * 100.0),
        ("2!", octave),
        ("2 1/1", octave),
        (".5", 0.5),
        (
            "2147483647/2147483646",
            octave * (2_147_483_647f64 / 2_147_483_646.0).log2(),
        ),
        ("100.0\r", 100.0),
    ];
    for (line, cents) in cases {
        let found = scale(&format!("1\n{line}\n")).cents(1);
        assert!((found - cents).abs() < 1e-9, "{line:?}: {found}, {cents}");
    }
}

/// Comments may stand anywhere, the description may be blank, lines may end as on any system.
#[test]
fn comments_blanks_and_line_ends_do_not_matter() {
    let plain = "!x\n\n 2 \n!a\n! b\n1/1\n!\n\n2/1\n! end\n";
    let parsed = Scale::parse("a.scl", plain).unwrap();
    assert_eq!(parsed.description, "");
    assert_eq!((parsed.cents(1), parsed.cents(2)), (0.0, 1_200.0));
    let ends = Scale::parse("a.scl", &plain.replace('\n', "\r\n")).unwrap();
    assert_eq!(ends, parsed);
    let described = Scale::parse("a.scl", "! x\n Caf\u{e9} ! scale \n0 notes").unwrap();
    assert_eq!(described.description, "Café ! scale");
}

/// The reference has its frequency, whichever key it is, and the scale's ratios hold from there.
#[test]
fn a_reference_sets_the_pitch() {
    let twelve = Scale::equal(12);
    let lower = 12.0 * (432f64 / 440.0).log2();
    let linear = keyboard("0 0 127 60 69 432.0 0");
    assert_pitches(&twelve, &linear, |key| f64::from(key) + lower);
    // Just thirds from A: a C of 256 Hz is not what the scale's degree 0 has here.
    let just = scale("3\n5/4\n3/2\n2/1\n");
    let from_a = keyboard("0 0 127 57 69 440 0");
    let degrees = [0.0, semitones(5, 4), semitones(3, 2)];
    assert_pitches(&just, &from_a, |key| {
        let way = key - 69;
        let step = degrees[usize::try_from(way.rem_euclid(3)).unwrap()];
        69.0 + 12.0 * f64::from(way.div_euclid(3)) + step
    });
}

/// Seven degrees on the white keys: black ones have no sound, octaves are where they always are.
#[test]
fn keys_can_be_left_out() {
    let just = scale("7\n9/8\n5/4\n4/3\n3/2\n5/3\n15/8\n2\n");
    let white = keyboard("12 0 127 60 69 440.0 7 0 x 1 x 2 3 X 4 x 5 x 6");
    let degrees = [
        Some((1, 1)),
        None,
        Some((9, 8)),
        None,
        Some((5, 4)),
        Some((4, 3)),
        None,
        Some((3, 2)),
        None,
        Some((5, 3)),
        None,
        Some((15, 8)),
    ];
    let a = semitones(5, 3);
    assert_pitches(&just, &white, |key| {
        let way = key - 60;
        let degree = degrees[usize::try_from(way.rem_euclid(12)).unwrap()];
        let (turns, a) = (12.0 * f64::from(way.div_euclid(12)), 69.0 - a);
        degree.map_or(f64::NAN, |(above, below)| {
            a + turns + semitones(above, below)
        })
    });
}

/// Entries that are missing at the end are keys without sound; keys outside the range too.
#[test]
fn the_map_may_be_short_and_the_range_narrow() {
    let twelve = Scale::equal(12);
    let short = keyboard("4 48 71 60 60 261.6255653005986 12 0 4 7");
    let steps = [0.0, 4.0, 7.0, f64::NAN];
    assert_pitches(&twelve, &short, |key| {
        let way = key - 60;
        let step = steps[usize::try_from(way.rem_euclid(4)).unwrap()];
        match key {
            48..=71 => 60.0 + 12.0 * f64::from(way.div_euclid(4)) + step,
            _ => f64::NAN,
        }
    });
}

/// Degrees may be negative and lie outside the scale, the formal octave too; 0 means the scale's
/// last degree.
#[test]
fn degrees_are_extended_by_octaves() {
    let five = scale("5\n240.0\n480.0\n720.0\n960.0\n2/1\n");
    let wide = keyboard("3 0 127 60 60 261.6255653005986 10 -1 0 7");
    let steps = [-2.4, 0.0, 16.8];
    let of = |key: i32, octave: f64| {
        let way = key - 60;
        let step = steps[usize::try_from(way.rem_euclid(3)).unwrap()];
        62.4 + octave * f64::from(way.div_euclid(3)) + step
    };
    assert_pitches(&five, &wide, |key| of(key, 24.0));
    let usual = keyboard("3 0 127 60 60 261.6255653005986 0 -1 0 7");
    assert_pitches(&five, &usual, |key| of(key, 12.0));
    let down = keyboard("3 0 127 60 60 261.6255653005986 -5 -1 0 7");
    assert_pitches(&five, &down, |key| of(key, -12.0));
}
