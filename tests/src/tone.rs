//! How much of one frequency there is.

/// Amplitude of a frequency in Hz among samples, by projection through a Hann window.
#[must_use]
pub fn amplitude(sound: &[f32], hz: f64, rate_hz: f64) -> f64 {
    let (mut re, mut im, mut sum) = (0.0, 0.0, 0.0);
    for (i, x) in sound.iter().enumerate() {
        let turn = std::f64::consts::TAU * i as f64;
        let window = 0.5 - 0.5 * (turn / sound.len() as f64).cos();
        let angle = turn * hz / rate_hz;
        re += window * f64::from(*x) * angle.cos();
        im += window * f64::from(*x) * angle.sin();
        sum += window;
    }
    2.0 * (re * re + im * im).sqrt() / sum
}

/// Level of samples in dB of full scale, as a mean of squares.
#[must_use]
pub fn level_db(sound: &[f32]) -> f64 {
    let power: f64 = sound.iter().map(|x| f64::from(*x).powi(2)).sum();
    10.0 * (power / sound.len() as f64).log10()
}
