//! The instruments of the soundfont that are learnt from, each over the keys it sounds well on.
//!
//! ```text
//!  General-MIDI program ─► Instrument: name, family, lowest and highest key
//! ```
//!
//! Left out: drums (timpani too), sound effects, and programs that play several notes at once (orchestra hit,
//! fifths, echo drops), because a note has one pitch here.

use serde::{Deserialize, Serialize};

/// What kind of sound it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Pianos, electric pianos, harpsichord, clavinet.
    Keys,
    /// Mallets, bells, music boxes: struck bars and tubes.
    Mallets,
    /// Organs, accordions.
    Organ,
    /// Guitars.
    Guitar,
    /// Basses.
    Bass,
    /// Bowed strings alone.
    Strings,
    /// Plucked strings that are no guitars.
    Plucked,
    /// Many players or singers.
    Ensemble,
    /// Brass.
    Brass,
    /// Reeds.
    Reed,
    /// Flutes and pipes.
    Pipe,
    /// Synthesiser leads.
    Lead,
    /// Synthesiser pads.
    Pad,
}

impl Family {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Keys,
        Self::Mallets,
        Self::Organ,
        Self::Guitar,
        Self::Bass,
        Self::Strings,
        Self::Plucked,
        Self::Ensemble,
        Self::Brass,
        Self::Reed,
        Self::Pipe,
        Self::Lead,
        Self::Pad,
    ];

    /// Its name, for maps and cards.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Keys => "Keys",
            Self::Mallets => "Mallets",
            Self::Organ => "Organ",
            Self::Guitar => "Guitar",
            Self::Bass => "Bass",
            Self::Strings => "Strings",
            Self::Plucked => "Plucked",
            Self::Ensemble => "Ensemble",
            Self::Brass => "Brass",
            Self::Reed => "Reed",
            Self::Pipe => "Pipe",
            Self::Lead => "Lead",
            Self::Pad => "Pad",
        }
    }
}

/// One program of the soundfont.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instrument {
    /// General-MIDI program, counted from 0.
    pub program: u8,
    /// Its name.
    pub name: &'static str,
    /// Its family.
    pub family: Family,
    /// Lowest and highest key, both included.
    pub keys: (u8, u8),
    /// How many semitones higher the soundfont is played than the note is called: organs whose
    /// lowest pipe sounds one or two octaves below the key are called by that pipe.
    pub raised: u8,
}

/// The instrument of a program, if it is one of [`INSTRUMENTS`].
#[must_use]
pub fn instrument(program: u8) -> Option<&'static Instrument> {
    INSTRUMENTS
        .iter()
        .find(|instrument| instrument.program == program)
}

const fn row(program: u8, name: &'static str, family: Family, keys: (u8, u8)) -> Instrument {
    Instrument {
        program,
        name,
        family,
        keys,
        raised: 0,
    }
}

const fn raised(mut instrument: Instrument, semitones: u8) -> Instrument {
    instrument.raised = semitones;
    instrument
}

use Family::{
    Bass, Brass, Ensemble, Guitar, Keys, Lead, Mallets, Organ, Pad, Pipe, Plucked, Reed, Strings,
};

/// The table, in the order of the programs.
pub const INSTRUMENTS: [Instrument; 103] = [
    row(0, "Grand Piano", Keys, (24, 100)),
    row(1, "Bright Piano", Keys, (24, 100)),
    row(2, "Electric Grand", Keys, (24, 100)),
    row(3, "Honky-Tonk Piano", Keys, (28, 96)),
    row(4, "Tine Piano", Keys, (28, 96)),
    row(5, "FM Electric Piano", Keys, (28, 96)),
    row(6, "Harpsichord", Keys, (29, 89)),
    row(7, "Clavinet", Keys, (28, 88)),
    row(8, "Celesta", Mallets, (48, 96)),
    row(9, "Glockenspiel", Mallets, (60, 100)),
    row(10, "Music Box", Mallets, (48, 96)),
    row(11, "Vibraphone", Mallets, (41, 93)),
    row(12, "Marimba", Mallets, (36, 96)),
    row(13, "Xylophone", Mallets, (53, 98)),
    row(14, "Tubular Bells", Mallets, (48, 84)),
    row(15, "Dulcimer", Mallets, (40, 88)),
    raised(row(16, "Drawbar Organ", Organ, (24, 76)), 24),
    raised(row(17, "Percussive Organ", Organ, (24, 84)), 12),
    raised(row(18, "Rock Organ", Organ, (24, 84)), 12),
    row(19, "Church Organ", Organ, (28, 96)),
    row(20, "Reed Organ", Organ, (36, 96)),
    row(21, "Accordion", Organ, (41, 93)),
    row(22, "Harmonica", Reed, (48, 88)),
    row(23, "Bandoneon", Organ, (41, 93)),
    row(24, "Nylon Guitar", Guitar, (40, 88)),
    row(25, "Steel Guitar", Guitar, (40, 88)),
    row(26, "Jazz Guitar", Guitar, (40, 88)),
    row(27, "Clean Guitar", Guitar, (40, 88)),
    row(28, "Muted Guitar", Guitar, (40, 84)),
    row(29, "Overdriven Guitar", Guitar, (40, 88)),
    row(30, "Distorted Guitar", Guitar, (40, 88)),
    row(32, "Acoustic Bass", Bass, (24, 67)),
    row(33, "Fingered Bass", Bass, (24, 67)),
    row(34, "Picked Bass", Bass, (24, 67)),
    row(35, "Fretless Bass", Bass, (24, 67)),
    row(36, "Slap Bass", Bass, (24, 67)),
    row(37, "Popped Bass", Bass, (24, 67)),
    row(38, "Synth Bass", Bass, (24, 72)),
    row(39, "Deep Synth Bass", Bass, (24, 72)),
    row(40, "Violin", Strings, (55, 93)),
    row(41, "Viola", Strings, (48, 91)),
    row(42, "Cello", Strings, (36, 79)),
    row(43, "Contrabass", Strings, (24, 57)),
    row(44, "Tremolo Strings", Ensemble, (28, 96)),
    row(45, "Pizzicato Strings", Plucked, (28, 96)),
    row(46, "Harp", Plucked, (24, 100)),
    row(48, "String Ensemble", Ensemble, (28, 96)),
    row(49, "Slow Strings", Ensemble, (28, 96)),
    row(50, "Synth Strings", Ensemble, (36, 96)),
    row(51, "Soft Synth Strings", Ensemble, (36, 96)),
    row(52, "Choir Aahs", Ensemble, (36, 84)),
    row(53, "Voice Oohs", Ensemble, (40, 84)),
    row(54, "Synth Voice", Ensemble, (40, 84)),
    row(56, "Trumpet", Brass, (52, 88)),
    row(57, "Trombone", Brass, (36, 76)),
    row(58, "Tuba", Brass, (24, 62)),
    row(59, "Muted Trumpet", Brass, (54, 86)),
    row(60, "French Horn", Brass, (36, 79)),
    row(61, "Brass Section", Brass, (36, 91)),
    row(62, "Synth Brass", Brass, (36, 91)),
    row(63, "Soft Synth Brass", Brass, (36, 91)),
    row(64, "Soprano Sax", Reed, (54, 90)),
    row(65, "Alto Sax", Reed, (48, 84)),
    row(66, "Tenor Sax", Reed, (42, 78)),
    row(67, "Baritone Sax", Reed, (36, 72)),
    row(68, "Oboe", Reed, (58, 92)),
    row(69, "English Horn", Reed, (52, 84)),
    row(70, "Bassoon", Reed, (34, 74)),
    row(71, "Clarinet", Reed, (50, 92)),
    row(72, "Piccolo", Pipe, (72, 105)),
    row(73, "Flute", Pipe, (59, 98)),
    row(74, "Recorder", Pipe, (60, 96)),
    row(75, "Pan Flute", Pipe, (55, 96)),
    row(76, "Bottle", Pipe, (48, 96)),
    row(77, "Shakuhachi", Pipe, (55, 91)),
    row(78, "Whistle", Pipe, (60, 96)),
    row(79, "Ocarina", Pipe, (60, 96)),
    row(80, "Square Lead", Lead, (28, 96)),
    row(81, "Saw Lead", Lead, (28, 96)),
    row(82, "Calliope", Lead, (40, 96)),
    row(83, "Chiff Lead", Lead, (40, 96)),
    row(84, "Charang", Lead, (36, 91)),
    row(85, "Solo Voice", Lead, (40, 88)),
    row(87, "Bass and Lead", Lead, (28, 84)),
    row(88, "Fantasia", Pad, (36, 96)),
    row(89, "Warm Pad", Pad, (36, 96)),
    row(90, "Polysynth", Pad, (36, 96)),
    row(91, "Space Voice", Pad, (36, 96)),
    row(92, "Bowed Glass", Pad, (36, 96)),
    row(93, "Metal Pad", Pad, (36, 96)),
    row(94, "Halo Pad", Pad, (36, 96)),
    row(95, "Sweep Pad", Pad, (36, 96)),
    row(98, "Crystal", Pad, (48, 96)),
    row(99, "Atmosphere", Pad, (36, 96)),
    row(100, "Brightness", Pad, (36, 96)),
    row(104, "Sitar", Plucked, (40, 84)),
    row(105, "Banjo", Plucked, (46, 88)),
    row(106, "Shamisen", Plucked, (46, 84)),
    row(107, "Koto", Plucked, (43, 88)),
    row(108, "Kalimba", Mallets, (46, 88)),
    row(109, "Bagpipe", Reed, (48, 84)),
    row(110, "Fiddle", Strings, (55, 93)),
    row(111, "Shanai", Reed, (48, 84)),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Every program stands once, in order, with a range of at least two octaves that the layout
    /// of partials can tell.
    #[test]
    fn the_table_is_in_order() {
        assert!(INSTRUMENTS.is_sorted_by(|a, b| a.program < b.program));
        for instrument in &INSTRUMENTS {
            let (low, high) = instrument.keys;
            let name = instrument.name;
            assert!(low >= 21 && high <= 108 && high - low >= 24, "{name}");
        }
        for family in Family::ALL {
            let members = INSTRUMENTS.iter().filter(|i| i.family == family);
            assert!(members.count() >= 4 || family == Strings, "{family:?}");
        }
    }
}
