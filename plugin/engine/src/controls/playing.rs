//! How notes follow each other, and how many voices one of them has.

use super::within;

/// The most voices of one note.
pub const MOST_UNISON: usize = 8;

/// How keys become notes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Playing {
    /// One note or many.
    pub mode: PlayMode,
    /// The way from one note's pitch to the next one's.
    pub glide: Glide,
    /// Several voices for one note.
    pub unison: Unison,
    /// Channels on which every note has one of its own.
    pub zones: Zones,
    /// Semitones of a full bend on such a channel, 0…96.
    pub member_bend_semitones: f32,
}

/// One note or many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlayMode {
    /// Every key has its note.
    Poly,
    /// The last key has the note, and strikes it anew.
    Mono,
    /// The last key has the note; one that is struck while another is held takes it over as it
    /// sounds.
    Legato,
}

/// The way from one note's pitch to the next one's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Glide {
    /// Seconds, whatever the interval, 0…10.
    pub time_s: f32,
    /// Whether only notes that are struck while another is held glide.
    pub is_legato: bool,
}

/// Several voices for one note.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unison {
    /// How many, 1…[`MOST_UNISON`].
    pub voices: usize,
    /// From the lowest to the highest of them, in cents, 0…100.
    pub detune_cents: f32,
    /// How far they lie apart among the latents, 0…1.
    pub spread: f32,
    /// How far they lie apart between left and right, 0…1.
    pub width: f32,
}

/// Channels on which every note has one of its own (MPE): each zone's first channel is the
/// master of so many next to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Zones {
    /// Members of the lower zone, whose master is channel 0; 0 (none) … 15.
    pub lower: u8,
    /// Members of the upper zone, whose master is channel 15.
    pub upper: u8,
}

impl Zones {
    /// The master of a channel that is a zone's member.
    #[must_use]
    pub fn master_of(&self, channel: u8) -> Option<u8> {
        if channel >= 1 && channel <= self.lower {
            Some(0)
        } else if channel <= 14 && channel >= 15u8.saturating_sub(self.upper) && self.upper > 0 {
            Some(15)
        } else {
            None
        }
    }

    /// Whether what happens on `channel` also holds for notes on `of`.
    #[must_use]
    pub fn reaches(&self, channel: u8, of: u8) -> bool {
        channel == of || self.master_of(of) == Some(channel)
    }
}

impl Default for Playing {
    fn default() -> Self {
        Self {
            mode: PlayMode::Poly,
            glide: Glide {
                time_s: 0.0,
                is_legato: false,
            },
            unison: Unison {
                voices: 1,
                detune_cents: 12.0,
                spread: 0.1,
                width: 0.5,
            },
            zones: Zones::default(),
            member_bend_semitones: 48.0,
        }
    }
}

impl Playing {
    pub(super) fn sane(mut self) -> Self {
        let usual = Self::default();
        let unison = &mut self.unison;
        self.glide.time_s = within(self.glide.time_s, 0.0, 10.0, 0.0);
        unison.voices = unison.voices.clamp(1, MOST_UNISON);
        unison.detune_cents = within(unison.detune_cents, 0.0, 100.0, usual.unison.detune_cents);
        unison.spread = within(unison.spread, 0.0, 1.0, usual.unison.spread);
        unison.width = within(unison.width, 0.0, 1.0, usual.unison.width);
        let zones = &mut self.zones;
        zones.lower = zones.lower.min(15);
        // Both masters stay outside of both zones, and the lower one goes first.
        let left = match zones.lower {
            0 => 15,
            lower => 14u8.saturating_sub(lower),
        };
        zones.upper = zones.upper.min(left);
        let bend = self.member_bend_semitones;
        self.member_bend_semitones = within(bend, 0.0, 96.0, usual.member_bend_semitones);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Members lie next to their master, and no channel belongs to two.
    #[test]
    fn members_have_one_master() {
        let zones = |lower, upper| {
            let playing = Playing {
                zones: Zones { lower, upper },
                ..Playing::default()
            };
            playing.sane().zones
        };
        let masters = |zones: Zones| -> Vec<Option<u8>> {
            (0..16).map(|channel| zones.master_of(channel)).collect()
        };
        assert_eq!(masters(zones(0, 0)), [None; 16]);
        let lower = masters(zones(15, 15));
        assert_eq!((lower[0], &lower[1..]), (None, &[Some(0); 15][..]));
        let upper = masters(zones(0, 200));
        assert_eq!((upper[15], &upper[..15]), (None, &[Some(15); 15][..]));
        let both = masters(zones(7, 7));
        assert_eq!((both[0], both[15]), (None, None));
        assert_eq!(both[1..8], [Some(0); 7]);
        assert_eq!(both[8..15], [Some(15); 7]);
        let three = masters(zones(0, 3));
        assert_eq!(three[11..15], [None, Some(15), Some(15), Some(15)]);
    }
}
