//! Every parameter once more, in one table: for what must know all of them.
//!
//! ```text
//!  Parameters ─► table: 0 … n − 1, in the host's order ─┬─► repair of saved states (by kind)
//!                 identifier, knob, kind                ├─► what controllers hold (by position)
//!                                                       └─► targets of controllers, the window
//! ```
//!
//! A new parameter is a field of its struct and a line here; a test holds the table to what the
//! host sees.
//!
//! *Real time:* walking the table reads references; nothing allocates.

use super::{LATENT_IDS, Parameters};
use nice_plug::prelude::{
    BoolParam, Enum, EnumParam, FloatParam, IntParam, Param, ParamFlags, ParamSetter,
};

/// Parameters that there may be: room of everything that is kept for each of them.
pub(crate) const ROOM: usize = 256;

/// One parameter in the table.
#[derive(Clone, Copy)]
pub(crate) struct Entry<'a> {
    /// As it is saved.
    pub(crate) id: &'static str,
    /// What every kind can be asked.
    pub(crate) knob: &'a dyn Knob,
    /// What only its kind can be asked.
    pub(crate) kind: Kind<'a>,
}

/// The kinds of parameters.
#[derive(Clone, Copy)]
pub(crate) enum Kind<'a> {
    /// Continuous.
    Real(&'a FloatParam),
    /// Stepped.
    Whole(&'a IntParam),
    /// On or off.
    Switch(&'a BoolParam),
    /// One of some variants.
    Choice(&'a dyn Variants),
}

/// What a choice can be asked.
pub(crate) trait Variants {
    /// The identifiers of its variants.
    fn ids(&self) -> &'static [&'static str];
    /// Place of the default among them.
    fn default_place(&self) -> usize;
    /// Place of the one that is set, whatever modulates it.
    fn chosen(&self) -> usize;
    /// Place of the one that stands at a position, 0…1.
    fn place(&self, position: f32) -> usize;
    /// The position of the one at a place.
    fn position(&self, place: usize) -> f32;
}

impl<T: Enum + PartialEq + 'static> Variants for EnumParam<T> {
    fn ids(&self) -> &'static [&'static str] {
        T::ids().unwrap_or_default()
    }

    fn default_place(&self) -> usize {
        self.default_plain_value().to_index()
    }

    fn chosen(&self) -> usize {
        self.unmodulated_plain_value().to_index()
    }

    fn place(&self, position: f32) -> usize {
        self.preview_plain(position).to_index()
    }

    fn position(&self, place: usize) -> f32 {
        self.preview_normalized(T::from_index(place))
    }
}

/// What every parameter can be asked, whatever its kind.
pub(crate) trait Knob {
    /// Its name, as the host shows it.
    fn label(&self) -> &str;
    /// Where it is set, 0…1, whatever modulates it; and where it is with what the host modulates.
    fn places(&self) -> [f32; 2];
    /// Where it is set unless somebody moves it, 0…1.
    #[cfg(test)]
    fn default_place(&self) -> f32;
    /// A position, 0…1, in the words of the host.
    #[cfg(test)]
    fn words(&self, position: f32) -> String;
    /// Whether it may move while it sounds, by automation or by a controller.
    fn is_movable(&self) -> bool;
    /// Which parameter it is.
    fn address(&self) -> *const ();
    /// One whole gesture for the host, to a position of 0…1. For the window's thread.
    fn set(&self, setter: &ParamSetter<'_>, position: f32);
}

impl<P: Param> Knob for P {
    fn label(&self) -> &str {
        self.name()
    }

    fn places(&self) -> [f32; 2] {
        [
            self.unmodulated_normalized_value(),
            self.modulated_normalized_value(),
        ]
    }

    #[cfg(test)]
    fn default_place(&self) -> f32 {
        self.default_normalized_value()
    }

    #[cfg(test)]
    fn words(&self, position: f32) -> String {
        self.normalized_value_to_string(position, true)
    }

    fn is_movable(&self) -> bool {
        !self.flags().contains(ParamFlags::NON_AUTOMATABLE)
    }

    fn address(&self) -> *const () {
        std::ptr::from_ref(self).cast()
    }

    fn set(&self, setter: &ParamSetter<'_>, position: f32) {
        setter.begin_set_parameter(self);
        setter.set_parameter_normalized(self, position);
        setter.end_set_parameter(self);
    }
}

impl<'a> Entry<'a> {
    /// A continuous parameter.
    pub(super) fn real(id: &'static str, parameter: &'a FloatParam) -> Self {
        Self {
            id,
            knob: parameter,
            kind: Kind::Real(parameter),
        }
    }

    /// A stepped one.
    pub(super) fn whole(id: &'static str, parameter: &'a IntParam) -> Self {
        Self {
            id,
            knob: parameter,
            kind: Kind::Whole(parameter),
        }
    }

    /// A switch.
    pub(super) fn switch(id: &'static str, parameter: &'a BoolParam) -> Self {
        Self {
            id,
            knob: parameter,
            kind: Kind::Switch(parameter),
        }
    }

    /// A choice.
    pub(super) fn choice<T: Enum + PartialEq + 'static>(
        id: &'static str,
        parameter: &'a EnumParam<T>,
    ) -> Self {
        Self {
            id,
            knob: parameter,
            kind: Kind::Choice(parameter),
        }
    }
}

impl Parameters {
    /// Shows every parameter, in the host's order.
    pub(crate) fn each<'a>(&'a self, show: &mut impl FnMut(Entry<'a>)) {
        for (id, knob) in LATENT_IDS.iter().zip(&self.latents.knobs) {
            show(Entry::real(id, &knob.position));
        }
        show(Entry::choice("chroma", &self.chroma));
        show(Entry::choice("phase", &self.phase));
        show(Entry::whole("octave", &self.octave));
        show(Entry::real("fine", &self.fine_tune));
        show(Entry::whole("bend", &self.bend_range));
        show(Entry::real("attack", &self.attack));
        show(Entry::real("decay", &self.decay));
        show(Entry::real("sustain", &self.sustain));
        show(Entry::real("release", &self.release));
        show(Entry::real("velocity", &self.velocity));
        show(Entry::real("gain", &self.gain));
        show(Entry::whole("voices", &self.voices));
        show(Entry::switch("economy", &self.economy));
        self.performance.each(show);
        self.playing.each(show);
        self.modulation.each(show);
        self.movement.each(show);
        show(Entry::real("morph", &self.morph));
        show(Entry::whole("changes", &self.changes));
    }

    /// The place of a parameter in the table.
    pub(crate) fn place_of(&self, knob: &dyn Knob) -> Option<usize> {
        let (mut place, mut found) = (0, None);
        self.each(&mut |entry| {
            if entry.knob.address() == knob.address() {
                found = Some(place);
            }
            place += 1;
        });
        found
    }

    /// The identifier of a parameter in the table.
    pub(crate) fn id_of(&self, knob: &dyn Knob) -> Option<&'static str> {
        let mut found = None;
        self.each(&mut |entry| {
            if entry.knob.address() == knob.address() {
                found = Some(entry.id);
            }
        });
        found
    }

    /// The whole table. Allocates: not for the audio thread.
    pub(crate) fn table(&self) -> Vec<Entry<'_>> {
        let mut table = Vec::new();
        self.each(&mut |entry| table.push(entry));
        table
    }
}
