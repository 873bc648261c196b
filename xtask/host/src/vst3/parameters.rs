//! What the plugin says of its parameters, of the controllers that stand behind some of them, and
//! of what a host may do to one note.
//!
//! ```text
//!  IEditController ─► Parameter × n     IMidiMapping ─► (channel, controller) ─► id
//!  IUnitInfo ─► Unit × n                INoteExpressionController ─► ExpressionKind × n
//! ```

use super::instance::Instance;
use super::words::{to_wide, wide};
use crate::error::HostError;
use crate::parameter::{Parameter, find};
use ::vst3::ComPtr;
use ::vst3::Steinberg::Vst::ParameterInfo_::ParameterFlags_::{
    kCanAutomate, kIsBypass, kIsHidden, kIsReadOnly,
};
use ::vst3::Steinberg::Vst::{
    IEditController, IEditControllerTrait, IMidiMapping, IMidiMappingTrait,
    INoteExpressionController, INoteExpressionControllerTrait, IUnitInfo, IUnitInfoTrait,
    NoteExpressionTypeInfo, ParameterInfo, UnitInfo,
};
use ::vst3::Steinberg::kResultOk;

/// Controllers of a channel: 128 of MIDI's, the pressure and the wheel.
pub(super) const CONTROLLERS: u8 = 130;

/// A group of parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Its number, above 0.
    pub id: i32,
    /// That of the group that it lies in; 0 is the root.
    pub parent: i32,
    /// What players read.
    pub name: String,
}

/// A thing that a host may do to one note.
#[derive(Clone, Debug, PartialEq)]
pub struct ExpressionKind {
    /// The format's number of it.
    pub id: u32,
    /// What players read.
    pub name: String,
    /// Where it rests, as the plugin says.
    pub default: f64,
    /// Its lowest value.
    pub minimum: f64,
    /// Its highest value.
    pub maximum: f64,
}

/// Everything that an event may move, by name or by controller.
pub(super) struct Table {
    pub(super) parameters: Vec<Parameter>,
    /// By channel, then by controller.
    controllers: Vec<Option<u32>>,
}

impl Table {
    pub(super) fn read(controller: &ComPtr<IEditController>) -> Self {
        let units = units(controller);
        let count = ask!(controller.getParameterCount());
        let parameters = (0..count).filter_map(|index| parameter(controller, index, &units));
        let mapping = controller.cast::<IMidiMapping>();
        let mapped = |channel, number| {
            let mut id = 0;
            let said = ask!(
                mapping
                    .as_ref()?
                    .getMidiControllerAssignment(0, channel, number, &mut id)
            );
            (said == kResultOk).then_some(id)
        };
        let number = i16::from(CONTROLLERS);
        let all = (0..16).flat_map(|channel| (0..number).map(move |number| (channel, number)));
        Self {
            parameters: parameters.collect(),
            controllers: all.map(|(c, n)| mapped(c, n)).collect(),
        }
    }

    /// The parameter behind a controller of a channel.
    pub(super) fn controller(&self, channel: u8, number: u8) -> Option<u32> {
        let index = usize::from(channel) * usize::from(CONTROLLERS) + usize::from(number);
        let known = self.controllers.get(index).filter(|_| number < CONTROLLERS);
        known.copied().flatten()
    }
}

/// The parameter that the plugin has for a controller of a channel.
fn mapped(mapping: &ComPtr<IMidiMapping>, channel: i16, number: i16) -> Option<u32> {
    let mut id = 0;
    let said = ask!(mapping.getMidiControllerAssignment(0, channel, number, &mut id));
    (said == kResultOk).then_some(id)
}

/// A parameter at its place; steps are counted as in the CLAP: a value goes from 0 to their number.
fn parameter(
    controller: &ComPtr<IEditController>,
    index: i32,
    units: &[Unit],
) -> Option<Parameter> {
    // SAFETY: plain numbers and arrays of them, for which zeros are values.
    let mut info: ParameterInfo = unsafe { std::mem::zeroed() };
    if ask!(controller.getParameterInfo(index, &mut info)) != kResultOk {
        return None;
    }
    let maximum = f64::from(info.stepCount.max(1));
    let is = |flag| info.flags & flag != 0;
    Some(Parameter {
        id: info.id,
        name: wide(&info.title),
        module: path(units, info.unitId),
        minimum: 0.0,
        maximum,
        default: info.defaultNormalizedValue * maximum,
        stepped: info.stepCount > 0,
        hidden: is(kIsHidden),
        automatable: is(kCanAutomate) && !is(kIsReadOnly) && !is(kIsBypass),
        default_text: text(controller, info.id, info.defaultNormalizedValue)
            .map(|text| text + &wide(&info.units))
            .unwrap_or_default(),
    })
}

/// A unit's names from the root on, `/` between them; a `?` where a unit is not there.
fn path(units: &[Unit], id: i32) -> String {
    let mut names = Vec::new();
    let mut at = id;
    while at != 0 && names.len() <= units.len() {
        let unit = units.iter().find(|unit| unit.id == at);
        names.push(unit.map_or("?", |unit| unit.name.as_str()));
        at = unit.map_or(0, |unit| unit.parent);
    }
    names.reverse();
    names.join("/")
}

fn units(controller: &ComPtr<IEditController>) -> Vec<Unit> {
    let Some(info) = controller.cast::<IUnitInfo>() else {
        return Vec::new();
    };
    let unit = |index| {
        // SAFETY: plain numbers and arrays of them, for which zeros are values.
        let mut told: UnitInfo = unsafe { std::mem::zeroed() };
        let said = ask!(info.getUnitInfo(index, &mut told));
        (said == kResultOk).then(|| Unit {
            id: told.id,
            parent: told.parentUnitId,
            name: wide(&told.name),
        })
    };
    (0..ask!(info.getUnitCount())).filter_map(unit).collect()
}

/// How the plugin writes a normalised value.
fn text(controller: &ComPtr<IEditController>, id: u32, normalised: f64) -> Option<String> {
    let mut array = [0; 128];
    let said = ask!(controller.getParamStringByValue(id, normalised, &mut array));
    (said == kResultOk).then(|| wide(&array))
}

impl Instance {
    /// Every parameter, in the plugin's own order, hidden ones too.
    #[must_use]
    pub fn parameters(&self) -> &[Parameter] {
        &self.table.parameters
    }

    /// Whether the plugin describes a parameter at this place of its list.
    #[must_use]
    pub fn describes_parameter(&self, index: i32) -> bool {
        parameter(&self.controller, index, &[]).is_some()
    }

    /// The groups of parameters.
    #[must_use]
    pub fn units(&self) -> Vec<Unit> {
        units(&self.controller)
    }

    /// The parameter that a controller (0…129) of a channel (0…15) moves; 128 is the pressure, 129 the
    /// wheel.
    #[must_use]
    pub fn controller(&self, channel: i16, number: i16) -> Option<u32> {
        mapped(&self.controller.cast()?, channel, number)
    }

    /// What a host may do to one note of a channel.
    #[must_use]
    pub fn expressions(&self, channel: i16) -> Vec<ExpressionKind> {
        let Some(told) = self.controller.cast::<INoteExpressionController>() else {
            return Vec::new();
        };
        let kind = |index| {
            // SAFETY: plain numbers and arrays of them, for which zeros are values.
            let mut info: NoteExpressionTypeInfo = unsafe { std::mem::zeroed() };
            let said = ask!(told.getNoteExpressionInfo(0, channel, index, &mut info));
            (said == kResultOk).then(|| ExpressionKind {
                id: info.typeId,
                name: wide(&info.title),
                default: info.valueDesc.defaultValue,
                minimum: info.valueDesc.minimum,
                maximum: info.valueDesc.maximum,
            })
        };
        let count = ask!(told.getNoteExpressionCount(0, channel));
        (0..count).filter_map(kind).collect()
    }

    /// The value that the plugin reports for a parameter now.
    ///
    /// # Errors
    ///
    /// [`HostError::Parameter`].
    pub fn value(&self, name: &str) -> Result<f64, HostError> {
        let parameter = find(&self.table.parameters, name)?;
        Ok(ask!(self.controller.getParamNormalized(parameter.id)) * parameter.maximum)
    }

    /// Moves a parameter from the controller's side, as a host does beside its automation; false
    /// when the plugin refuses the value.
    ///
    /// # Errors
    ///
    /// [`HostError::Parameter`].
    pub fn set_value(&mut self, name: &str, value: f64) -> Result<bool, HostError> {
        let parameter = find(&self.table.parameters, name)?;
        let normalised = value / parameter.maximum;
        let said = ask!(self.controller.setParamNormalized(parameter.id, normalised));
        Ok(said == kResultOk)
    }

    /// How the plugin writes a parameter's value; `None` when it does not.
    ///
    /// # Errors
    ///
    /// [`HostError::Parameter`].
    pub fn value_text(&self, name: &str, value: f64) -> Result<Option<String>, HostError> {
        let parameter = find(&self.table.parameters, name)?;
        let normalised = value / parameter.maximum;
        Ok(text(&self.controller, parameter.id, normalised))
    }

    /// The value that a text stands for; `None` when the plugin cannot read it.
    ///
    /// # Errors
    ///
    /// [`HostError::Parameter`].
    pub fn text_value(&self, name: &str, text: &str) -> Result<Option<f64>, HostError> {
        let parameter = find(&self.table.parameters, name)?;
        let (mut text, mut value) = (to_wide(text), f64::NAN);
        let said = ask!(self.controller.getParamValueByString(
            parameter.id,
            text.as_mut_ptr(),
            &mut value
        ));
        Ok((said == kResultOk).then_some(value * parameter.maximum))
    }

    /// A value on the parameter's own scale, and back: what the two conversions make of it.
    ///
    /// # Errors
    ///
    /// [`HostError::Parameter`].
    pub fn there_and_back(&self, name: &str, value: f64) -> Result<[f64; 2], HostError> {
        let parameter = find(&self.table.parameters, name)?;
        let (id, normalised) = (parameter.id, value / parameter.maximum);
        let plain = ask!(self.controller.normalizedParamToPlain(id, normalised));
        let back = ask!(self.controller.plainParamToNormalized(id, plain));
        Ok([plain, back * parameter.maximum])
    }
}
