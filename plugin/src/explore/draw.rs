//! One draw: which of the controls move, and how far.
//!
//! ```text
//!  mutation   latents: a step towards a mixture of near training points, back to where it is dense
//!             others:  half of them, a few percent of their way, within musical ranges
//!  random     latents: a training point and a part of the way to its neighbours
//!             others:  between their default and anywhere in the range
//! ```

use super::Locks;
use super::density::{Density, Place};
use crate::parameters::{Entry, Kind as Of, LATENT_IDS, Parameters};
use crate::sound::{Sound, Value};
use betwixt_engine::LATENTS;
use betwixt_engine::random::Random;
use serde::{Deserialize, Serialize};

/// How far mutations go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Amount {
    /// Nearly the same sound.
    Small,
    /// Its sister.
    #[default]
    Medium,
    /// Its cousin.
    Large,
}

impl Amount {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::Small, Self::Medium, Self::Large];

    /// As the window says.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Small => "Small",
            Self::Medium => "Medium",
            Self::Large => "Large",
        }
    }

    /// Training points that are mixed, the share of the way to the mixture, and the deviation of the
    /// controls beside the latents in shares of their way.
    fn numbers(self) -> (usize, f32, f32) {
        match self {
            Self::Small => (8, 0.35, 0.03),
            Self::Medium => (24, 0.6, 0.07),
            Self::Large => (80, 1.0, 0.14),
        }
    }
}

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Something near.
    Mutation(Amount),
    /// Anything.
    Random,
}

impl Kind {
    /// What its step is called.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Mutation(_) => "Mutation",
            Self::Random => "Random sound",
        }
    }
}

/// Controls that are locked together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    /// The loudness of a note.
    Envelope,
    /// How a note's own time runs.
    Time,
    /// Noise, partials, tilt, formants.
    Tone,
    /// Vibrato and drift.
    Pitch,
    /// Width.
    Stereo,
    /// Oscillators, envelopes, depths.
    Modulation,
}

impl Group {
    /// All of them.
    pub(crate) const ALL: [Self; 6] = [
        Self::Envelope,
        Self::Time,
        Self::Tone,
        Self::Pitch,
        Self::Stereo,
        Self::Modulation,
    ];

    /// As the window and the project say.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Envelope => "Envelope",
            Self::Time => "Time",
            Self::Tone => "Tone",
            Self::Pitch => "Pitch",
            Self::Stereo => "Stereo",
            Self::Modulation => "Modulation",
        }
    }

    /// Whether a model of frames has nothing of it.
    fn is_of_partials(self) -> bool {
        matches!(self, Self::Time | Self::Tone | Self::Pitch | Self::Stereo)
    }
}

/// What moves beside the latents, and between which values it is musical; numbered ones by their
/// stems. What is not here never moves.
const RANGES: [(&str, Group, [f32; 2]); 24] = [
    ("attack", Group::Envelope, [0.0, 1.5]),
    ("decay", Group::Envelope, [0.1, 8.0]),
    ("sustain", Group::Envelope, [0.2, 1.0]),
    ("release", Group::Envelope, [0.05, 3.0]),
    ("velocity", Group::Envelope, [0.3, 1.0]),
    ("time_speed", Group::Time, [-1.0, 1.0]),
    ("freeze_point", Group::Time, [0.05, 1.5]),
    ("vibrato_rate", Group::Pitch, [3.5, 7.0]),
    ("vibrato_depth", Group::Pitch, [0.0, 30.0]),
    ("vibrato_delay", Group::Pitch, [0.0, 1.5]),
    ("vibrato_jitter", Group::Pitch, [0.0, 0.6]),
    ("drift", Group::Pitch, [0.0, 8.0]),
    ("noise", Group::Tone, [0.0, 2.5]),
    ("inharmonicity", Group::Tone, [0.0, 1.6]),
    ("tilt", Group::Tone, [-3.0, 3.0]),
    ("formant", Group::Tone, [-7.0, 7.0]),
    ("formant_follow", Group::Tone, [0.0, 1.0]),
    ("width", Group::Stereo, [0.0, 1.0]),
    ("lfo_rate", Group::Modulation, [0.1, 8.0]),
    ("env_attack", Group::Modulation, [0.0, 2.0]),
    ("env_decay", Group::Modulation, [0.05, 4.0]),
    ("env_sustain", Group::Modulation, [0.0, 1.0]),
    ("env_release", Group::Modulation, [0.05, 3.0]),
    ("mod_depth", Group::Modulation, [-0.6, 0.6]),
];

/// With what a parameter is locked.
pub(super) fn group_of(id: &str) -> Option<Group> {
    range(id).map(|(group, _)| group)
}

/// Targets whose depths stay: the pitch is kept in tune, and models are not chosen here.
const KEPT_TARGETS: [&str; 2] = ["pitch", "morph"];

/// What draws are made from.
pub(super) struct Draw<'a> {
    pub(super) parameters: &'a Parameters,
    pub(super) locks: &'a Locks,
    /// Of the model that is heard most.
    pub(super) density: Option<&'a Density>,
    pub(super) is_partials: bool,
}

impl Draw<'_> {
    /// Another sound; `share` of the way that the kind goes.
    pub(super) fn draw(
        &self,
        present: &Sound,
        (kind, share): (Kind, f32),
        random: &mut Random,
    ) -> Sound {
        let mut sound = present.clone();
        self.move_latents(&mut sound, (kind, share), random);
        for (place, entry) in self.parameters.table().iter().enumerate() {
            let Some((group, range)) = range(entry.id) else {
                continue;
            };
            // Each takes its numbers, moved or not: a lock moves nothing else.
            let chances = [(); 4].map(|()| random.bipolar());
            if self.is_kept(group) || !self.is_heard(present, entry.id) {
                continue;
            }
            if let Some(value) = present.values.get(place).copied().flatten() {
                let moved = self::moved(entry, value, range, (kind, share), chances);
                sound.values[place] = Some(moved);
            }
        }
        sound
    }

    fn is_kept(&self, group: Group) -> bool {
        self.locks.has(group.name()) || group.is_of_partials() && !self.is_partials
    }

    /// Whether a numbered control is read: a depth has a source and a target that may move, and an
    /// oscillator or envelope is some slot's source.
    fn is_heard(&self, sound: &Sound, id: &str) -> bool {
        let (stem, number) = parted(id);
        let choice = |stem: &str, number: &str| self.choice(sound, &format!("{stem}_{number}"));
        match (stem, number) {
            ("mod_depth", number) => {
                let source = choice("mod_source", number);
                let target = choice("mod_target", number);
                source != Some("off")
                    && target.is_some_and(|target| !KEPT_TARGETS.contains(&target))
            }
            (stem, number) if stem.starts_with("lfo_") || stem.starts_with("env_") => {
                let kind = stem.split('_').next().unwrap_or_default();
                (1..=betwixt_engine::SLOTS).any(|slot| {
                    let source = choice("mod_source", &slot.to_string());
                    source.is_some_and(|source| {
                        parted(source).1 == number && source.starts_with(kind)
                    })
                })
            }
            _ => true,
        }
    }

    /// The variant that a choice has in a sound, by its identifier.
    fn choice(&self, sound: &Sound, id: &str) -> Option<&'static str> {
        let table = self.parameters.table();
        let place = table.iter().position(|entry| entry.id == id)?;
        match (
            table[place].kind,
            sound.values.get(place).copied().flatten(),
        ) {
            (Of::Choice(choice), Some(Value::Choice(at))) => choice.ids().get(at).copied(),
            _ => None,
        }
    }

    fn move_latents(&self, sound: &mut Sound, (kind, share): (Kind, f32), random: &mut Random) {
        let Some(density) = self.density else {
            return;
        };
        let mut place = [0.0; LATENTS];
        for (own, value) in place.iter_mut().zip(&sound.values) {
            if let Some(Value::Real(value)) = value {
                *own = *value;
            }
        }
        let wanted = match kind {
            Kind::Mutation(amount) => near(density, &place, (amount, share), random),
            Kind::Random => anywhere(density, random),
        };
        let moved = self.settle(density, &place, &wanted);
        let table = self.parameters.table();
        for (index, value) in moved.into_iter().enumerate().take(density.latents) {
            if value != place[index] {
                sound.values[index] = Some(Value::Real(value).exact(table[index].kind));
            }
        }
    }

    /// Goes from what is wanted towards the nearest training point that lies densely, as far as it
    /// must; what is locked stays.
    fn settle(&self, density: &Density, present: &Place, wanted: &Place) -> Place {
        // A hair below, as values are rounded to those that a host can tell.
        let limit = density.usual.max(density.distance(present)).next_down();
        let limit = if self.is_free() { density.usual } else { limit } - 1e-5;
        let near = density.nearest(wanted, 16);
        let dense = near.iter().find(|point| density.distance(point) <= limit);
        let goal = dense.or(near.first()).unwrap_or(present);
        for step in 0..=8u8 {
            let share = f32::from(step) / 8.0;
            let place = std::array::from_fn(|index| {
                if self.locks.has(LATENT_IDS[index]) {
                    return present[index];
                }
                wanted[index] + share * (goal[index] - wanted[index])
            });
            if density.distance(&place) <= limit {
                return place;
            }
        }
        *present
    }

    /// Whether no latent is locked.
    fn is_free(&self) -> bool {
        LATENT_IDS.iter().all(|id| !self.locks.has(id))
    }
}

/// A place a step away, towards a mixture of training points near by.
fn near(
    density: &Density,
    place: &Place,
    (amount, share): (Amount, f32),
    random: &mut Random,
) -> Place {
    let (count, way, _) = amount.numbers();
    let points = density.nearest(place, count);
    let goal = mixture(&points, random);
    std::array::from_fn(|index| place[index] + share * way * (goal[index] - place[index]))
}

/// A training point, moved a part of the way into the middle of some neighbours.
fn anywhere(density: &Density, random: &mut Random) -> Place {
    let point = density.any(random.bits());
    let goal = mixture(&density.nearest(&point, 8), random);
    let way = 0.5 * unit(random.bipolar());
    std::array::from_fn(|index| point[index] + way * (goal[index] - point[index]))
}

/// A mixture of few of many points: weights fall off steeply.
fn mixture(points: &[Place], random: &mut Random) -> Place {
    let weights: Vec<f32> = points
        .iter()
        .map(|_| unit(random.bipolar()).powi(8) + 1e-6)
        .collect();
    let sum: f32 = weights.iter().sum();
    let mut mixed = [0.0; LATENTS];
    for (point, weight) in points.iter().zip(&weights) {
        for (own, value) in mixed.iter_mut().zip(point) {
            *own += weight / sum * value;
        }
    }
    mixed
}

/// −1…1 as 0…1.
fn unit(number: f32) -> f32 {
    0.5 + 0.5 * number
}

/// The stem of an identifier, and the number that follows it.
pub(crate) fn parted(id: &str) -> (&str, &str) {
    match id.rsplit_once('_') {
        Some((stem, number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => (stem, number),
        _ => (id, ""),
    }
}

/// The group of a parameter, and the values between which it is musical; none of what never moves.
pub(super) fn range(id: &str) -> Option<(Group, [f32; 2])> {
    let (stem, _) = parted(id);
    let own = RANGES.iter().find(|(own, ..)| *own == stem);
    own.map(|(_, group, range)| (*group, *range))
}

/// Where a control goes.
fn moved(
    entry: &Entry<'_>,
    value: Value,
    range: [f32; 2],
    (kind, share): (Kind, f32),
    chances: [f32; 4],
) -> Value {
    let at = value.position(entry.kind);
    let position = |value: f32| Value::Real(value).position(entry.kind);
    let [low, high] = range.map(position);
    let [first, second, third, fourth] = chances;
    let goal = match kind {
        Kind::Mutation(_) if first < 0.0 => return value,
        Kind::Mutation(amount) => {
            let (.., deviation) = amount.numbers();
            // The sum of three even numbers in −1…1 has the variance 1.
            let moved = at + share * deviation * (second + third + fourth);
            moved.clamp(low.min(at), high.max(at))
        }
        Kind::Random => {
            let usual = Value::default_of(entry.kind).position(entry.kind);
            let usual = usual.clamp(low, high);
            let goal = low + unit(second) * (high - low);
            usual + unit(third) * (goal - usual)
        }
    };
    Value::at(entry.kind, goal)
}
