//! A soundfont of one sound, written by hand, so that rendering is tested without the large one.

use super::*;

/// A chunk: name, length, content.
fn chunk(name: &str, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap();
    [name.as_bytes(), &length.to_le_bytes(), content].concat()
}

fn list(name: &str, chunks: &[Vec<u8>]) -> Vec<u8> {
    chunk("LIST", &[name.as_bytes(), &chunks.concat()].concat())
}

/// A name of twenty bytes and 16-bit numbers.
fn record(name: &str, numbers: &[u16]) -> Vec<u8> {
    let mut record = name.as_bytes().to_vec();
    record.resize(20, 0);
    record.extend(words(numbers));
    record
}

fn words(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|n| n.to_le_bytes()).collect()
}

/// Samples in a period of 441 Hz.
const PERIOD: u16 = 100;
const SAMPLES: u16 = 4_400;

/// So many samples of silence, a cosine of 441 Hz on a constant half as large, and the silence that
/// the format asks for after it.
fn cosine(before: u16) -> Vec<u8> {
    let sample = |i: u16| {
        let cosine = (TAU * f64::from(i % PERIOD) / f64::from(PERIOD)).cos();
        let value = 8_000.0 * (cosine + 0.5);
        i16::try_from(index(value + 20_000.0)).unwrap() - 20_000
    };
    let silence = |samples: u16| std::iter::repeat_n(0, 2 * usize::from(samples));
    let wave = (0..SAMPLES).flat_map(|i| sample(i).to_le_bytes());
    silence(before).chain(wave).chain(silence(46)).collect()
}

/// That cosine, looped, played hard left and hard right.
fn stereo_cosine(before: u16) -> Vec<u8> {
    // Generators: 17 pan, 54 loop, 53 sample, 41 instrument; pan in tenths of a percent.
    let (left, right) = ((-500i16).cast_unsigned(), 500);
    let igen = words(&[17, left, 54, 1, 53, 0, 17, right, 54, 1, 53, 0, 0, 0]);
    let header = |name, end: u16, rate: u16, root: u16| {
        let (from, to) = (before + PERIOD, end.saturating_sub(PERIOD));
        let spans = [0, 0, end, 0, from, 0, to, 0];
        record(name, &[&spans[..], &[rate, 0, root, 0, 1]].concat())
    };
    let info = list("INFO", &[chunk("ifil", &words(&[2, 1]))]);
    let data = list("sdta", &[chunk("smpl", &cosine(before))]);
    let presets = list(
        "pdta",
        &[
            chunk(
                "phdr",
                &[
                    record("Cosine", &[0; 9]),
                    record("EOP", &[0, 0, 1, 0, 0, 0, 0, 0, 0]),
                ]
                .concat(),
            ),
            chunk("pbag", &words(&[0, 0, 1, 0])),
            chunk("pmod", &[0; 10]),
            chunk("pgen", &words(&[41, 0, 0, 0])),
            chunk(
                "inst",
                &[record("Cosine", &[0]), record("EOI", &[2])].concat(),
            ),
            chunk("ibag", &words(&[0, 0, 3, 0, 6, 0])),
            chunk("imod", &[0; 10]),
            chunk("igen", &igen),
            chunk(
                "shdr",
                &[
                    header("Cosine", before + SAMPLES, 44_100, 69),
                    header("EOS", 0, 0, 0),
                ]
                .concat(),
            ),
        ],
    );
    chunk(
        "RIFF",
        &[b"sfbk".as_slice(), &info, &data, &presets].concat(),
    )
}

fn rms(samples: &[f32]) -> f32 {
    let squares: f32 = samples.iter().map(|x| x * x).sum();
    (squares / betwixt_spectral::number::real(samples.len())).sqrt()
}

/// The key goes down at sample 0 and stays down; both sides are heard; the constant is gone
/// within a fifth of a second while the tone keeps its shape; velocity is loudness; the same
/// note, the same bits.
#[test]
fn notes_begin_at_once_and_centred() {
    let font = Soundfont::from_bytes(&stereo_cosine(0)).unwrap();
    let note = |velocity| font.note(0, 69, velocity, 1.0).unwrap();
    let loud = note(120);
    assert_eq!(loud.len(), 44_100);
    let steady = &loud[22_050..];
    let level = rms(steady);
    assert!(
        rms(&loud[..200]) > 0.5 * level,
        "sounds from the first milliseconds on"
    );
    // Amplitude 8,000 of 32,768; half the master volume; volume 100 and velocity 120, squared.
    let expected = 8_000.0 / 32_768.0 * 0.5f32.sqrt() * 0.5;
    let expected = expected * (100.0f32 / 127.0).powi(2) * (120.0f32 / 127.0).powi(2);
    let ratio = level / expected;
    assert!(
        (ratio - 1.0).abs() < 0.05,
        "left and right are both heard: {ratio}"
    );
    assert!((rms(&steady[..11_000]) / rms(&steady[11_000..22_000]) - 1.0).abs() < 1e-3);

    let mean = steady[..22_000].iter().sum::<f32>() / 22_000.0;
    assert!(mean.abs() < 1e-3 * level, "a constant of {mean} stays");
    let crest = steady.iter().copied().fold(0.0, f32::max) / level;
    assert!((crest - 2f32.sqrt()).abs() < 0.01, "a cosine: {crest}");

    assert!(rms(&note(40)) < 0.5 * level);
    assert_eq!(loud, note(120));
}

/// What a recording has before its sound is not played: its note begins with the sound, is as long
/// and as loud as that of one without. The synthesiser's own ramp falls into what is left out.
#[test]
fn notes_begin_where_they_sound() {
    let [at_once, late] = [0, 600].map(|before| {
        let font = Soundfont::from_bytes(&stereo_cosine(before)).unwrap();
        font.note(0, 69, 100, 0.5).unwrap()
    });
    assert_eq!(late.len(), at_once.len());
    let [early, later] = [&at_once, &late].map(|note| rms(&note[..220]));
    assert!((1.0..1.3).contains(&(later / early)), "{later} for {early}");
    let [early, later] = [&at_once, &late].map(|note| rms(&note[11_025..]));
    assert!((later / early - 1.0).abs() < 0.01, "{later} for {early}");
}

/// What is no soundfont is refused.
#[test]
fn rubbish_is_no_soundfont() {
    let whole = stereo_cosine(0);
    assert!(Soundfont::from_bytes(&whole[..whole.len() / 2]).is_err());
    assert!(Soundfont::from_bytes(b"RIFF").is_err());
}

/// The high-pass is 3 dB down at its corner and leaves the lowest key within 0.2 dB.
#[test]
fn the_subsonic_filter_leaves_the_bass() {
    let level = |hz: f64| {
        let mut filter = Subsonic::new();
        let rate = f64::from(SAMPLE_RATE_HZ);
        let sample = |i: u32| filter.remove((TAU * hz * f64::from(i) / rate).sin());
        let out: Vec<f64> = (0..88_200).map(sample).collect();
        let late = &out[44_100..];
        let power = late.iter().map(|x| x * x).sum::<f64>() / late.len() as f64;
        10.0 * (2.0 * power).log10()
    };
    assert!(
        (level(SUBSONIC_HZ) + 3.01).abs() < 0.05,
        "{}",
        level(SUBSONIC_HZ)
    );
    assert!(level(32.7).abs() < 0.2, "{}", level(32.7));
    assert!(level(1.0) < -40.0);
}
