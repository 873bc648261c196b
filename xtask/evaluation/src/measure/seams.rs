//! Roughness at the borders of hops and blocks.

/// The mean |second difference| at every `period`-th sample from `first`, divided by that elsewhere.
///
/// 1 means that the borders cannot be told from the rest; a step at each border makes it large.
/// Both samples whose second difference spans a border count as the border's. `None` when there are
/// no borders or nothing moves elsewhere.
///
/// # Panics
///
/// When `period` is 0.
#[must_use]
pub fn seam_ratio(signal: &[f32], first: usize, period: usize) -> Option<f64> {
    let borders = (first..signal.len()).step_by(period);
    seam_ratio_at(signal, borders)
}

/// The same for borders at any samples.
#[must_use]
pub fn seam_ratio_at(signal: &[f32], borders: impl IntoIterator<Item = usize>) -> Option<f64> {
    let mut at_border = vec![false; signal.len()];
    for border in borders {
        // A difference is centred on its middle sample and spans the borders before and after it.
        for centre in border.saturating_sub(1)..=border {
            if let Some(at_border) = at_border.get_mut(centre) {
                *at_border = true;
            }
        }
    }
    let mut sums = [(0.0, 0.0); 2];
    for (three, at_border) in signal.windows(3).zip(at_border.iter().skip(1)) {
        let [a, b, c] = [three[0], three[1], three[2]].map(f64::from);
        let sum = &mut sums[usize::from(*at_border)];
        sum.0 += (a - 2.0 * b + c).abs();
        sum.1 += 1.0;
    }
    let [elsewhere, borders] = sums.map(|(sum, count)| sum / count);
    (borders.is_finite() && elsewhere > 0.0).then(|| borders / elsewhere)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::signals::{noise, tone};

    /// Noise has no borders; a tone that jumps every 256 samples has nothing else.
    #[test]
    fn jumps_at_borders_stand_out() {
        let even = seam_ratio(&noise(9, 200_000), 0, 256).unwrap();
        assert!((even - 1.0).abs() < 0.05, "{even}");
        let mut jumping = tone(&[(100.0, 0.1)], 48_000.0, 50_000);
        for (i, x) in jumping.iter_mut().enumerate() {
            *x += if (i / 256) % 2 == 0 { 0.0 } else { 0.01 };
        }
        let found = seam_ratio(&jumping, 0, 256).unwrap();
        assert!(found > 50.0, "{found}");
        let beside = seam_ratio(&jumping, 100, 256).unwrap();
        assert!(beside < 1.0, "{beside}");
    }

    /// Without borders there is no ratio.
    #[test]
    fn no_borders_no_figure() {
        assert_eq!(seam_ratio(&[0.1, 0.2, 0.4, 0.1], 100, 256), None);
        assert_eq!(seam_ratio(&[0.5; 1000], 0, 256), None);
    }
}
