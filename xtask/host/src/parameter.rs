//! The plugin's parameters, found by name.

use crate::error::HostError;
use clack_extensions::params::{ParamInfoBuffer, ParamInfoFlags, PluginParams};
use clack_host::prelude::{ClapId, PluginMainThreadHandle};

/// What a plugin says about one of its parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// The number by which projects and automation remember it.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// Its group, `/` between levels; may be empty.
    pub module: String,
    /// The lowest value that the format carries.
    pub minimum: f64,
    /// The highest value that the format carries.
    pub maximum: f64,
    /// The value of a fresh instance.
    pub default: f64,
    /// Only whole values.
    pub stepped: bool,
    /// Not shown to players.
    pub hidden: bool,
    /// Can be automated.
    pub automatable: bool,
    /// How the plugin writes the default value.
    pub default_text: String,
}

impl Parameter {
    pub(crate) fn clap_id(&self) -> ClapId {
        ClapId::from_raw(self.id).unwrap_or(ClapId::new(0))
    }
}

/// The parameter of a name.
pub(crate) fn find<'a>(
    parameters: &'a [Parameter],
    name: &str,
) -> Result<&'a Parameter, HostError> {
    parameters
        .iter()
        .find(|p| p.name == name)
        .ok_or_else(|| HostError::Parameter {
            name: name.into(),
            found: parameters
                .iter()
                .filter(|p| !p.hidden)
                .map(|p| p.name.clone())
                .collect(),
        })
}

/// Every parameter, in the plugin's own order.
pub(crate) fn list(plugin: &PluginMainThreadHandle<'_>, params: &PluginParams) -> Vec<Parameter> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut buffer = ParamInfoBuffer::new();
    let mut parameters = Vec::new();
    for index in 0..params.count(plugin) {
        let Some(info) = params.get_info(plugin, index, &mut buffer) else {
            continue;
        };
        parameters.push(Parameter {
            id: info.id.get(),
            name: text(info.name),
            module: text(info.module),
            minimum: info.min_value,
            maximum: info.max_value,
            default: info.default_value,
            stepped: info.flags.contains(ParamInfoFlags::IS_STEPPED),
            hidden: info.flags.contains(ParamInfoFlags::IS_HIDDEN),
            automatable: info.flags.contains(ParamInfoFlags::IS_AUTOMATABLE),
            default_text: value_text(plugin, params, info.id, info.default_value),
        });
    }
    parameters
}

/// How the plugin writes a value; empty when it does not.
pub(crate) fn value_text(
    plugin: &PluginMainThreadHandle<'_>,
    params: &PluginParams,
    id: ClapId,
    value: f64,
) -> String {
    let mut buffer = [0; 256];
    params
        .value_to_text(plugin, id, value, &mut buffer)
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        .unwrap_or_default()
}
