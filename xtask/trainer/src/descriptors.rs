//! What the ear would say of a sound, as numbers: the names of the knobs come from here.
//!
//! ```text
//!  Course: (time, PartialsFrame) … of one key ─► brightness, attack, sustain, … [DESCRIPTORS]
//! ```
//!
//! Every descriptor is logarithmic (octaves or dB) and larger the more of its name there is.

use betwixt_spectral::number::real;
use betwixt_spectral::partials::{
    BANDS, FREE, GROUPS, PartialsFrame, band_edges_hz, free_ratio, group_edges, partial_hz,
    partials_below,
};
use betwixt_spectral::pitch;

/// When a sound is looked at, in seconds since onset.
pub(crate) const TIMES_S: [f32; 16] = [
    0.0, 0.006, 0.012, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.3, 0.5, 0.8, 1.2, 1.8, 2.6, 4.0,
];
/// Powers below are nothing: −90 dB.
const NOTHING: f64 = 1e-9;
/// Shares below count as this: −60 dB.
const NO_SHARE: f64 = 1e-6;

/// A sound as it unfolds on one key.
#[derive(Clone, Debug)]
pub(crate) struct Course {
    moments: Vec<Look>,
}

/// Something that the ear would say of a sound.
pub(crate) struct Descriptor {
    /// What a knob that follows it is called.
    pub(crate) name: &'static str,
    /// How much a musician misses it when no knob follows it.
    pub(crate) worth: f64,
    of: fn(&Course) -> f64,
}

const fn descriptor(name: &'static str, worth: f64, of: fn(&Course) -> f64) -> Descriptor {
    Descriptor { name, worth, of }
}

/// All descriptors, in the order that knobs are given in.
pub(crate) const DESCRIPTORS: [Descriptor; 13] = [
    descriptor("Brightness", 1.5, Course::brightness),
    descriptor("Attack", 1.4, Course::attack),
    descriptor("Sustain", 1.4, Course::sustain),
    descriptor("Breath", 1.2, Course::breath),
    descriptor("Hollow", 1.1, Course::hollow),
    descriptor("Body", 1.1, Course::body),
    descriptor("Damping", 1.0, Course::damping),
    descriptor("Strike", 1.0, Course::strike),
    descriptor("Edge", 0.8, Course::edge),
    descriptor("Air", 0.8, Course::air),
    descriptor("Formant", 0.8, Course::formant),
    descriptor("Width", 0.8, Course::width),
    descriptor("Metal", 1.1, Course::metal),
];

/// One moment: where its power lies.
#[derive(Clone, Debug)]
struct Look {
    time_s: f64,
    /// (frequency in Hz, power) of every group, band and free line.
    lines: Vec<(f64, f64)>,
    /// Power of each group.
    groups: Vec<f64>,
    noise: f64,
    free: f64,
    inharmonicity: f64,
}

impl Look {
    fn new(key: u8, time_s: f32, frame: &PartialsFrame) -> Self {
        let groups = group_powers(key, frame);
        let noise = frame.noise.iter().map(|n| f64::from(n * n)).sum();
        let free = frame
            .free
            .iter()
            .map(|f| f64::from(f.amplitude).powi(2) / 2.0);
        Self {
            time_s: f64::from(time_s),
            lines: lines(key, frame),
            groups,
            noise,
            free: free.sum(),
            inharmonicity: f64::from(frame.inharmonicity),
        }
    }

    fn power(&self) -> f64 {
        self.groups.iter().sum::<f64>() + self.noise + self.free
    }
}

impl Course {
    /// From the moments of a sound, one for each of [`TIMES_S`].
    pub(crate) fn new(key: u8, frames: &[PartialsFrame]) -> Self {
        let moments = TIMES_S.iter().zip(frames);
        Self {
            moments: moments
                .map(|(time_s, frame)| Look::new(key, *time_s, frame))
                .collect(),
        }
    }

    /// All of [`DESCRIPTORS`].
    pub(crate) fn describe(&self) -> Vec<f64> {
        DESCRIPTORS.iter().map(|d| (d.of)(self)).collect()
    }

    fn loudest(&self) -> f64 {
        self.moments.iter().map(Look::power).fold(NOTHING, f64::max)
    }

    fn between(&self, from_s: f64, to_s: f64) -> impl Iterator<Item = &Look> {
        let inside = move |look: &&Look| look.time_s >= from_s && look.time_s <= to_s;
        self.moments.iter().filter(inside)
    }

    /// Powers of the groups, summed over all moments.
    fn groups(&self) -> Vec<f64> {
        let sum = |group: usize| self.moments.iter().map(|look| look.groups[group]).sum();
        (0..GROUPS).map(sum).collect()
    }

    /// Share of the power that lies above a frequency, in dB.
    fn above_db(&self, hz: f64) -> f64 {
        let lines = || self.moments.iter().flat_map(|look| &look.lines);
        let above = lines().filter(|line| line.0 > hz).map(|line| line.1).sum();
        ratio_db(above, lines().map(|line| line.1).sum())
    }

    fn brightness(&self) -> f64 {
        centroid(
            self.moments
                .iter()
                .flat_map(|look| look.lines.iter().copied()),
        )
    }

    /// Time until half of the loudest power is reached, in octaves.
    fn attack(&self) -> f64 {
        let half = 0.5 * self.loudest();
        let there = self.moments.iter().position(|look| look.power() >= half);
        let time_s = |number: usize| self.moments[number].time_s;
        let Some(there) = there.filter(|number| *number > 0) else {
            return 0.002f64.log2();
        };
        let (before, after) = (self.moments[there - 1].power(), self.moments[there].power());
        let share = (half - before) / (after - before).max(NOTHING);
        let reached_s = time_s(there - 1) + share * (time_s(there) - time_s(there - 1));
        reached_s.max(0.002).log2()
    }

    fn sustain(&self) -> f64 {
        let late: Vec<f64> = self.between(0.7, 2.0).map(Look::power).collect();
        let mean = late.iter().sum::<f64>() / real(late.len().max(1)) as f64;
        ratio_db(mean, self.loudest())
    }

    fn breath(&self) -> f64 {
        let sum = |of: fn(&Look) -> f64| self.between(0.1, 2.0).map(of).sum::<f64>();
        ratio_db(sum(|look| look.noise), sum(Look::power))
    }

    fn hollow(&self) -> f64 {
        let groups = self.groups();
        let odd = groups[2] + groups[4] + groups[6] + groups[8];
        ratio_db(odd, groups[1] + groups[3] + groups[5] + groups[7])
    }

    fn body(&self) -> f64 {
        let groups = self.groups();
        ratio_db(groups[0], groups.iter().sum())
    }

    /// How much darker it becomes, in octaves.
    fn damping(&self) -> f64 {
        let at = |from_s, to_s| {
            let looks = self.between(from_s, to_s);
            centroid(looks.flat_map(|look| look.lines.iter().copied()))
        };
        at(0.02, 0.08) - at(0.8, 2.0)
    }

    /// Noise of the onset.
    fn strike(&self) -> f64 {
        let noise: f64 = self.between(0.0, 0.05).map(|look| look.noise).sum();
        ratio_db(noise, self.loudest())
    }

    fn edge(&self) -> f64 {
        let groups = self.groups();
        ratio_db(groups[6..20].iter().sum(), groups.iter().sum())
    }

    fn air(&self) -> f64 {
        self.above_db(6_000.0)
    }

    /// How far the strongest of the first harmonics above the root stands out.
    fn formant(&self) -> f64 {
        let groups = self.groups();
        let upper = &groups[1..12];
        let strongest = upper.iter().copied().fold(0.0, f64::max);
        ratio_db(strongest, upper.iter().sum())
    }

    /// Spread of the power around its centre, in octaves.
    fn width(&self) -> f64 {
        let lines = || self.moments.iter().flat_map(|look| &look.lines);
        let total: f64 = lines().map(|line| line.1).sum::<f64>().max(NOTHING);
        let mean = lines().map(|line| line.0.log2() * line.1).sum::<f64>() / total;
        let spread = lines().map(|line| (line.0.log2() - mean).powi(2) * line.1);
        (spread.sum::<f64>() / total).sqrt()
    }

    /// Lines that are no harmonics, and partials that are stretched.
    fn metal(&self) -> f64 {
        let free: f64 = self.moments.iter().map(|look| look.free).sum();
        let all: f64 = self.moments.iter().map(Look::power).sum();
        let stretched: f64 = self.moments.iter().map(|look| look.inharmonicity).sum();
        let stretched = stretched / real(self.moments.len().max(1)) as f64;
        ratio_db(free, all) + 10.0 * (stretched / 1e-6).max(1.0).log10()
    }
}

/// Power-weighted centre of the frequencies, in octaves, of frames and how long each lasts.
pub(crate) fn centroid_octaves(key: u8, frames: impl Iterator<Item = (PartialsFrame, f32)>) -> f64 {
    let weighted = frames.flat_map(|(frame, span_s)| {
        let scaled = move |(hz, power): (f64, f64)| (hz, power * f64::from(span_s));
        lines(key, &frame).into_iter().map(scaled)
    });
    centroid(weighted)
}

fn centroid(lines: impl Iterator<Item = (f64, f64)>) -> f64 {
    let (mut weighted, mut total) = (0.0, NOTHING);
    for (hz, power) in lines {
        weighted += hz * power;
        total += power;
    }
    (weighted / total).max(20.0).log2()
}

fn ratio_db(part: f64, whole: f64) -> f64 {
    10.0 * (part / (whole + NOTHING) + NO_SHARE).log10()
}

fn group_powers(key: u8, frame: &PartialsFrame) -> Vec<f64> {
    let f0_hz = pitch::hz(f64::from(key));
    let partials = partials_below(f0_hz, f64::from(frame.inharmonicity));
    let edges = group_edges();
    let groups = frame.harmonics.iter().zip(edges.windows(2));
    let power = |(amplitude, edges): (&f32, &[usize])| {
        let count = edges[1].min(partials + 1).saturating_sub(edges[0]);
        f64::from(real(count) * amplitude * amplitude / 2.0)
    };
    groups.map(power).collect()
}

/// (frequency, power) of every group, band and free line.
fn lines(key: u8, frame: &PartialsFrame) -> Vec<(f64, f64)> {
    let f0_hz = pitch::hz(f64::from(key));
    let (edges, bands) = (group_edges(), band_edges_hz());
    let groups = group_powers(key, frame).into_iter().enumerate();
    let group = |(group, power): (usize, f64)| {
        let middle = (edges[group] + edges[group + 1] - 1) / 2;
        (
            partial_hz(middle, f0_hz, f64::from(frame.inharmonicity)),
            power,
        )
    };
    let band = |band: usize| {
        let hz = 0.5 * (bands[band] + bands[band + 1]);
        (hz, f64::from(frame.noise[band]).powi(2))
    };
    let free = |slot: usize| {
        let line = frame.free[slot];
        let hz = f0_hz * f64::from(free_ratio(slot, line.place));
        (hz, f64::from(line.amplitude).powi(2) / 2.0)
    };
    let groups = groups.map(group);
    groups
        .chain((0..BANDS).map(band))
        .chain((0..FREE).map(free))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course(of: impl Fn(f64, &mut PartialsFrame)) -> Vec<f64> {
        let frame = |time_s: &f32| {
            let mut frame = PartialsFrame::default();
            frame.harmonics[0] = 0.5;
            frame.harmonics[1] = 0.1;
            frame.noise[5] = 0.01;
            of(f64::from(*time_s), &mut frame);
            frame
        };
        let frames: Vec<PartialsFrame> = TIMES_S.iter().map(frame).collect();
        Course::new(60, &frames).describe()
    }

    fn narrow(value: f64) -> f32 {
        betwixt_spectral::number::narrow(value)
    }

    /// Change one thing about a sound, and the descriptor of that name rises.
    #[test]
    fn more_is_more() {
        type Change = fn(f64, &mut PartialsFrame);
        let plain = course(|_, _| {});
        let changes: [(&str, Change); 9] = [
            ("Brightness", |_, f| f.harmonics[9] = 0.4),
            ("Attack", |t, f| {
                f.harmonics[0] = narrow(0.5 * (t / 0.3).min(1.0))
            }),
            ("Breath", |_, f| f.noise[20] = 0.3),
            ("Hollow", |_, f| f.harmonics[2] = 0.4),
            ("Strike", |t, f| {
                f.noise[20] = narrow(0.3 * (-t / 0.02).exp())
            }),
            ("Edge", |_, f| f.harmonics[12] = 0.3),
            ("Air", |_, f| f.harmonics[30] = 0.2),
            ("Width", |_, f| f.harmonics[30] = 0.3),
            ("Metal", |_, f| f.free[9].amplitude = 0.3),
        ];
        for (name, change) in changes {
            let number = DESCRIPTORS.iter().position(|d| d.name == name).unwrap();
            let changed = course(change);
            assert!(
                changed[number] > plain[number] + 0.5,
                "{name}: {} {}",
                plain[number],
                changed[number]
            );
        }
    }

    /// A sound that falls by 60 dB in a second is 60 dB from sustaining, give or take.
    #[test]
    fn sustain_is_the_late_level() {
        let falling = course(|t, f| {
            let level = narrow(10f64.powf(-3.0 * t));
            f.harmonics
                .iter_mut()
                .chain(&mut f.noise)
                .for_each(|a| *a *= level);
        });
        let held = course(|_, _| {});
        assert!(
            held[2].abs() < 0.1 && falling[2] < -45.0,
            "{} {}",
            held[2],
            falling[2]
        );
    }

    /// Equal powers at 261.6 and 523.3 Hz lie around their mean.
    #[test]
    fn centroids_by_hand() {
        let mut frame = PartialsFrame::default();
        frame.harmonics[..2].fill(0.2);
        let octaves = centroid_octaves(60, [(frame, 1.0)].into_iter());
        assert!((octaves - (1.5 * 261.6256f64).log2()).abs() < 1e-4);
    }
}
