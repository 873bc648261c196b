//! The value of one parameter, in its own unit.
//!
//! ```text
//!  Value ─ position ─► 0…1 ─ host ─► parameter ─ set ─► Value: the same bits
//! ```
//!
//! The host is told positions, and a number may come back from its position one step of its last
//! digit away. A value is therefore always one that a position gives: [`Value::exact`] takes the
//! nearest such one, and [`Value::position`] finds the position that gives it.

use crate::parameters::Kind;
use nice_plug::plugin::ParamValue;
use nice_plug::prelude::{FloatParam, Param};

/// Steps of a position's last digit within which the position of a number lies.
const STEPS: u32 = 64;

/// A value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value {
    /// Of a continuous parameter.
    Real(f32),
    /// Of a stepped one.
    Whole(i32),
    /// Of a switch.
    Switch(bool),
    /// Place among the variants of a choice.
    Choice(usize),
}

impl Value {
    /// Where a parameter is set, whatever modulates or holds it. A default that has never moved may be
    /// a number that no position gives; it counts as the nearest one that some position does.
    pub(crate) fn set(kind: Kind<'_>) -> Self {
        match kind {
            Kind::Real(parameter) => Self::Real(parameter.unmodulated_plain_value()).exact(kind),
            Kind::Whole(parameter) => Self::Whole(parameter.unmodulated_plain_value()),
            Kind::Switch(parameter) => Self::Switch(parameter.unmodulated_plain_value()),
            Kind::Choice(choice) => Self::Choice(choice.chosen()),
        }
    }

    /// What a parameter is at a position of 0…1.
    pub(crate) fn at(kind: Kind<'_>, position: f32) -> Self {
        match kind {
            Kind::Real(parameter) => Self::Real(parameter.preview_plain(position)),
            Kind::Whole(parameter) => Self::Whole(parameter.preview_plain(position)),
            Kind::Switch(parameter) => Self::Switch(parameter.preview_plain(position)),
            Kind::Choice(choice) => Self::Choice(choice.place(position)),
        }
    }

    /// A parameter's default.
    pub(crate) fn default_of(kind: Kind<'_>) -> Self {
        match kind {
            Kind::Real(parameter) => Self::Real(parameter.default_plain_value()).exact(kind),
            Kind::Whole(parameter) => Self::Whole(parameter.default_plain_value()),
            Kind::Switch(parameter) => Self::Switch(parameter.default_plain_value()),
            Kind::Choice(choice) => Self::Choice(choice.default_place()),
        }
    }

    /// The position, 0…1, that gives this value. A value of another kind has that of the default.
    pub(crate) fn position(self, kind: Kind<'_>) -> f32 {
        match (self, kind) {
            (Self::Real(value), Kind::Real(parameter)) => real_position(parameter, value),
            (Self::Whole(value), Kind::Whole(parameter)) => parameter.preview_normalized(value),
            (Self::Switch(value), Kind::Switch(parameter)) => parameter.preview_normalized(value),
            (Self::Choice(place), Kind::Choice(choice)) => choice.position(place),
            _ => Self::default_of(kind).position(kind),
        }
    }

    /// As a project has it.
    pub(crate) fn saved(self, kind: Kind<'_>) -> ParamValue {
        match (self, kind) {
            (Self::Real(value), _) => ParamValue::F32(value),
            (Self::Whole(value), _) => ParamValue::I32(value),
            (Self::Switch(value), _) => ParamValue::Bool(value),
            (Self::Choice(place), Kind::Choice(choice)) => {
                let id = choice.ids().get(place).copied().unwrap_or_default();
                ParamValue::String(id.to_owned())
            }
            (Self::Choice(_), _) => ParamValue::String(String::new()),
        }
    }

    /// The nearest value that some position gives.
    pub(crate) fn exact(self, kind: Kind<'_>) -> Self {
        Self::at(kind, self.position(kind))
    }
}

fn real_position(parameter: &FloatParam, value: f32) -> f32 {
    let position = parameter.preview_normalized(value);
    let gives = |position: &f32| parameter.preview_plain(*position) == value;
    // Positions are not negative, so their bits are in their order.
    let bits = position.to_bits();
    let near = (0..=STEPS).flat_map(|step| [bits.saturating_add(step), bits.saturating_sub(step)]);
    let mut near = near.map(f32::from_bits).filter(|near| *near <= 1.0);
    near.find(gives).unwrap_or(position)
}
