//! A patch: everything that makes one sound, as numbers.
//!
//! ```text
//!  Source (harmonic amplitudes over time) ─► Filter ─► Unison ─┐
//!                                                              ├─► × amplitude Envelope ─► note
//!  white noise ─► band-pass (Breath) ──────────────────────────┘
//! ```

/// One sound of the bank.
#[derive(Clone, Debug, PartialEq)]
pub struct Patch {
    /// What it sounds like, and its number in its family: "Soft Saw Pad 3".
    pub name: String,
    /// What makes the harmonics.
    pub source: Source,
    /// What shapes them.
    pub filter: Option<Filter>,
    /// The level over the note.
    pub amplitude: Envelope,
    /// Copies beside the pitch.
    pub unison: Option<Unison>,
    /// Air.
    pub breath: Option<Breath>,
}

/// What makes the harmonics of a patch.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// An analogue waveform.
    Wave(Wave),
    /// Drawbars: level of the harmonics 1, 2, 3, 4, 5, 6, 8, 10 and 12.
    Drawbars([f64; 9]),
    /// A plucked or struck string.
    Pluck(Pluck),
    /// Tuned bars: each a harmonic with a level and a decay.
    Bars(Vec<Bar>),
    /// Frequency modulation.
    Operators(Vec<Stack>),
    /// A voice: a falling spectrum behind the resonances of a mouth.
    Vowel(Vec<Formant>),
}

/// An analogue waveform, band-limited.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wave {
    /// All harmonics, falling by 6 dB per octave.
    Saw,
    /// A pulse; its width is the share of the period spent up, 0…1.
    Pulse(f64),
    /// Odd harmonics, falling by 12 dB per octave.
    Triangle,
}

/// A string, plucked or struck.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pluck {
    /// Where it is struck, as a share of its length.
    pub position: f64,
    /// How fast the spectrum falls: amplitude of harmonic k is k^−slope.
    pub slope: f64,
    /// Time constant of the first harmonic at middle C, in seconds.
    pub decay_s: f64,
    /// How much faster harmonic k decays: by 1 + damping·(k − 1).
    pub damping: f64,
}

/// One mode of a tuned bar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    /// Which harmonic of the key it is tuned to.
    pub harmonic: usize,
    /// Its amplitude.
    pub level: f64,
    /// Its time constant at middle C, in seconds.
    pub decay_s: f64,
}

/// A carrier and its modulators.
#[derive(Clone, Debug, PartialEq)]
pub struct Stack {
    /// Frequency of the carrier in halves of the key's: 2 is the key.
    pub half_ratio: u32,
    /// Amplitude of the carrier.
    pub level: f64,
    /// What happens to the carrier's level over the note.
    pub envelope: Envelope,
    /// Its modulators, all in parallel.
    pub modulators: Vec<Modulator>,
}

/// A sine that modulates a carrier's phase.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Modulator {
    /// Its frequency in halves of the key's.
    pub half_ratio: u32,
    /// Its depth in radians at middle C; an octave up has 0.7 of it.
    pub index: f64,
    /// What happens to the depth over the note.
    pub envelope: Envelope,
}

/// A resonance that stays where it is, whatever the key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Formant {
    /// Its centre.
    pub centre_hz: f64,
    /// Its width at −3 dB.
    pub width_hz: f64,
    /// Its height.
    pub level: f64,
}

/// A resonant low-pass.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Filter {
    /// Where it closes at middle C when the envelope is at 0.
    pub cutoff_hz: f64,
    /// How much of the key's distance from middle C the cutoff follows, 0…1.
    pub tracking: f64,
    /// Octaves by which the envelope opens it.
    pub envelope_octaves: f64,
    /// The envelope.
    pub envelope: Envelope,
    /// Quality of the resonance; 0.707 has no peak.
    pub resonance: f64,
    /// 12 dB per octave each.
    pub stages: usize,
}

/// Rises to 1, then falls to its sustain level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Envelope {
    /// Time from 0 to 1, along a quarter of a sine squared.
    pub attack_s: f64,
    /// Time constant of the fall.
    pub decay_s: f64,
    /// Where the fall ends.
    pub sustain: f64,
}

/// Two copies, one above and one below the pitch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unison {
    /// Distance of each copy from the pitch.
    pub detune_cents: f64,
    /// Amplitude of each copy; the middle has 1.
    pub level: f64,
}

/// Band-passed noise under the tone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Breath {
    /// Centre of the band in multiples of the key's frequency (kept within 400–6,000 Hz).
    pub harmonic: f64,
    /// Quality of the band-pass.
    pub quality: f64,
    /// Amplitude of the white noise that enters it.
    pub level: f64,
    /// What happens to it over the note.
    pub envelope: Envelope,
}

impl Envelope {
    /// Starts at once and stays.
    pub const ON: Self = Self {
        attack_s: 0.0,
        decay_s: 1.0,
        sustain: 1.0,
    };

    /// An envelope; times in seconds.
    #[must_use]
    pub const fn new(attack_s: f64, decay_s: f64, sustain: f64) -> Self {
        Self {
            attack_s,
            decay_s,
            sustain,
        }
    }

    /// The level at a time since onset; a time before the onset counts like the same time after
    /// it, which is how a note is extended backwards.
    #[must_use]
    pub fn at(&self, time_s: f64) -> f64 {
        let time_s = time_s.abs();
        if time_s < self.attack_s {
            let angle = std::f64::consts::FRAC_PI_2 * time_s / self.attack_s;
            return angle.sin().powi(2);
        }
        let fallen = (-(time_s - self.attack_s) / self.decay_s).exp();
        self.sustain + (1.0 - self.sustain) * fallen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: half way up the attack it is sin²(45°), one time constant later 1/e of the fall.
    #[test]
    fn envelope_by_hand() {
        let envelope = Envelope::new(0.2, 0.5, 0.4);
        for (time_s, expected) in [
            (0.0, 0.0),
            (0.1, 0.5),
            (0.2, 1.0),
            (0.7, 0.4 + 0.6 * (-1.0f64).exp()),
            (-0.1, 0.5),
        ] {
            assert!((envelope.at(time_s) - expected).abs() < 1e-12, "{time_s}");
        }
        assert!((Envelope::ON.at(0.0) - 1.0).abs() < 1e-12);
    }
}
