//! Every parameter once more, by kind: for repairing saved states.
//!
//! ```text
//!  Parameters ─► real │ whole │ switches │ choices, each with its identifier
//! ```

use super::Parameters;
use nice_plug::prelude::{BoolParam, Enum, EnumParam, FloatParam, IntParam, Param};

/// The parameters by kind, each with its identifier.
pub(crate) struct ByKind<'a> {
    /// Continuous ones.
    pub(crate) real: Vec<(String, &'a FloatParam)>,
    /// Stepped ones.
    pub(crate) whole: Vec<(&'static str, &'a IntParam)>,
    /// On or off.
    pub(crate) switches: Vec<(&'static str, &'a BoolParam)>,
    /// Choices: identifier, identifiers of the variants, the default's.
    pub(crate) choices: Vec<(&'static str, &'static [&'static str], usize)>,
}

impl Parameters {
    /// Every parameter, by kind.
    pub(crate) fn by_kind(&self) -> ByKind<'_> {
        let knobs = self.latents.knobs.iter().enumerate();
        let mut real: Vec<(String, &FloatParam)> = knobs
            .map(|(index, knob)| (format!("latent_{}", index + 1), &knob.position))
            .collect();
        let own = [
            ("fine", &self.fine_tune),
            ("attack", &self.attack),
            ("decay", &self.decay),
            ("sustain", &self.sustain),
            ("release", &self.release),
            ("velocity", &self.velocity),
            ("gain", &self.gain),
        ];
        let named = own.into_iter().chain(self.performance.real());
        real.extend(named.map(|(id, parameter)| (id.to_owned(), parameter)));
        ByKind {
            real,
            whole: vec![
                ("octave", &self.octave),
                ("bend", &self.bend_range),
                ("voices", &self.voices),
            ],
            switches: vec![("freeze", &self.performance.time.freeze)],
            choices: vec![
                choice("chroma", &self.chroma),
                choice("phase", &self.phase),
                choice("model", &self.choice),
            ],
        }
    }
}

fn choice<T: Enum + PartialEq>(
    id: &'static str,
    parameter: &EnumParam<T>,
) -> (&'static str, &'static [&'static str], usize) {
    let default = parameter.default_plain_value().to_index();
    (id, T::ids().unwrap_or_default(), default)
}
