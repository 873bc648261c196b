//! One instance of the plugin, from activation to its end.
//!
//! ```text
//!             ┌ main thread ┐                          ┌ audio thread ┐
//!  Setup ─► activate ─► parameters, state, latency     process(block) … process(block)
//!                       callbacks between blocks ◄──── flags
//! ```

use crate::audio::{Audio, Channels, Status, activate};
use crate::error::HostError;
use crate::event::{Reply, Timed};
use crate::frame::Frame;
use crate::handlers::{Handlers, MainThread, Shared, as_audio_thread};
use crate::manners::{Page, Voices};
use crate::parameter::{self, Parameter, find};
use crate::project::Project;
use crate::rolling::Rolling;
use crate::setup::Setup;
use crate::window::Front;
use clack_extensions::audio_ports_config::PluginAudioPortsConfig;
use clack_extensions::latency::PluginLatency;
use clack_extensions::params::PluginParams;
use clack_extensions::remote_controls::{PluginRemoteControls, RemoteControlsPageBuffer};
use clack_extensions::render::{PluginRender, RenderMode};
use clack_extensions::state::PluginState;
use clack_extensions::tail::{PluginTail, TailLength};
use clack_extensions::voice_info::{PluginVoiceInfo, VoiceInfoFlags};
use clack_host::prelude::{ClapId, HostInfo, PluginEntry, PluginInstance};
use std::ffi::CString;

/// An activated plugin instance with stereo output.
pub struct Instance {
    pub(crate) plugin: PluginInstance<Handlers>,
    /// Taken only to deactivate.
    pub(crate) audio: Option<Audio>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) setup: Setup,
    channels: Channels,
    pub(crate) frame: Option<Frame>,
}

impl Instance {
    pub(crate) fn new(entry: &PluginEntry, id: &str, setup: Setup) -> Result<Self, HostError> {
        let refused = |attempt, reason: String| HostError::Refused {
            attempt,
            reason,
            log: Vec::new(),
        };
        let info = HostInfo::new("Betwixt host", "The Betwixt authors", "", "0.1.0")
            .map_err(|e| refused("be told who its host is", e.to_string()))?;
        let id = CString::new(id).map_err(|e| refused("be named", e.to_string()))?;
        let mut plugin = PluginInstance::<Handlers>::new(
            |_| Shared::new(),
            |shared| MainThread { shared },
            entry,
            &id,
            &info,
        )
        .map_err(|e| refused("be made", e.to_string()))?;
        let parameters = {
            let handle = plugin.plugin_handle();
            let params = handle.get_extension::<PluginParams>();
            params.map_or_else(Vec::new, |params| parameter::list(&handle, &params))
        };
        let channels = Channels::Stereo;
        let audio = Some(activate(&mut plugin, setup, channels)?);
        Ok(Self {
            plugin,
            audio,
            parameters,
            setup,
            channels,
            frame: None,
        })
    }

    /// How the instance is activated now.
    #[must_use]
    pub fn setup(&self) -> Setup {
        self.setup
    }

    /// Deactivates the plugin and activates it anew, as a host does when its settings change.
    ///
    /// # Errors
    ///
    /// [`HostError::Refused`]; the instance can be activated again afterwards, not played.
    pub fn activate(&mut self, setup: Setup) -> Result<(), HostError> {
        self.deactivate();
        self.audio = Some(activate(&mut self.plugin, setup, self.channels)?);
        self.setup = setup;
        Ok(())
    }

    /// Has the plugin fill one channel or two from now on; activates it anew.
    ///
    /// # Errors
    ///
    /// [`HostError::Refused`] when it cannot, or cannot be activated again.
    pub fn use_channels(&mut self, channels: Channels) -> Result<(), HostError> {
        self.deactivate();
        let handle = self.plugin.plugin_handle();
        let extension = handle.get_extension::<PluginAudioPortsConfig>();
        // The plugin's layouts in their order: the first is stereo.
        let id = ClapId::new(match channels {
            Channels::Stereo => 0,
            Channels::Mono => 1,
        });
        let chosen = extension.is_some_and(|e| e.select(&handle, id).is_ok());
        if !chosen {
            return Err(self.refused("change its channels", format!("{channels:?}")));
        }
        self.channels = channels;
        self.activate(self.setup)
    }

    /// Tells the plugin whether it is rendered offline.
    ///
    /// # Errors
    ///
    /// [`HostError::Refused`] when it does not want to be.
    pub fn set_offline(&mut self, is_offline: bool) -> Result<(), HostError> {
        let handle = self.plugin.plugin_handle();
        let mode = if is_offline {
            RenderMode::Offline
        } else {
            RenderMode::Realtime
        };
        let extension = handle.get_extension::<PluginRender>();
        if extension.is_some_and(|render| render.set(&handle, mode).is_ok()) {
            Ok(())
        } else {
            Err(self.refused("change its render mode", format!("offline: {is_offline}")))
        }
    }

    /// What the plugin says of its voices.
    pub fn voices(&mut self) -> Option<Voices> {
        let handle = self.plugin.plugin_handle();
        let info = handle.get_extension::<PluginVoiceInfo>()?.get(&handle)?;
        Some(Voices {
            count: info.voice_count,
            capacity: info.voice_capacity,
            may_overlap: info
                .flags
                .contains(VoiceInfoFlags::SUPPORTS_OVERLAPPING_NOTES),
        })
    }

    /// The pages of knobs that the plugin offers to hardware, in its own order.
    pub fn pages(&mut self) -> Vec<Page> {
        let handle = self.plugin.plugin_handle();
        let Some(extension) = handle.get_extension::<PluginRemoteControls>() else {
            return Vec::new();
        };
        let mut buffer = RemoteControlsPageBuffer::new();
        let mut pages = Vec::new();
        for index in 0..extension.count(&handle) {
            if let Some(page) = extension.get(&handle, index, &mut buffer) {
                pages.push(Page::read(&page, &self.parameters));
            }
        }
        pages
    }

    /// Deactivates the plugin: it cannot be played until it is activated.
    pub fn deactivate(&mut self) {
        if let Some(audio) = self.audio.take() {
            let stopped = as_audio_thread(|| audio.processor.stop_processing());
            self.plugin.access_shared_handler(Shared::is_deactivated);
            self.plugin.deactivate(stopped);
        }
    }

    /// Every parameter, in the plugin's own order, hidden ones too.
    #[must_use]
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// The parameter of a name.
    ///
    /// # Errors
    ///
    /// [`HostError::Parameter`] with the names that exist.
    pub fn parameter(&self, name: &str) -> Result<&Parameter, HostError> {
        find(&self.parameters, name)
    }

    /// The value that the plugin reports for a parameter now.
    ///
    /// # Errors
    ///
    /// [`HostError::Parameter`], or [`HostError::Refused`] when the plugin does not tell.
    pub fn value(&mut self, name: &str) -> Result<f64, HostError> {
        let id = find(&self.parameters, name)?.clap_id();
        let handle = self.plugin.plugin_handle();
        let params = handle.get_extension::<PluginParams>();
        let value = params.and_then(|params| params.get_value(&handle, id));
        value.ok_or_else(|| self.refused("tell a parameter's value", name.into()))
    }

    /// How the plugin writes a parameter's value.
    ///
    /// # Errors
    ///
    /// [`HostError::Parameter`].
    pub fn value_text(&mut self, name: &str, value: f64) -> Result<String, HostError> {
        let id = find(&self.parameters, name)?.clap_id();
        let handle = self.plugin.plugin_handle();
        let params = handle.get_extension::<PluginParams>();
        let text = |params| parameter::value_text(&handle, &params, id, value);
        Ok(params.map(text).unwrap_or_default())
    }

    /// The value that a text stands for, as a player would type it.
    ///
    /// # Errors
    ///
    /// [`HostError::Parameter`], or [`HostError::ValueText`] when the plugin cannot read it.
    pub fn text_value(&mut self, name: &str, text: &str) -> Result<f64, HostError> {
        let parameter = find(&self.parameters, name)?;
        let handle = self.plugin.plugin_handle();
        let params = handle.get_extension::<PluginParams>();
        CString::new(text)
            .ok()
            .zip(params)
            .and_then(|(text, p)| p.text_to_value(&handle, parameter.clap_id(), &text))
            .ok_or_else(|| HostError::ValueText {
                name: name.into(),
                text: text.into(),
                example: parameter.default_text.clone(),
            })
    }

    /// The latency that the plugin reports, samples.
    pub fn latency_samples(&mut self) -> u32 {
        let handle = self.plugin.plugin_handle();
        let latency = handle.get_extension::<PluginLatency>();
        latency.map_or(0, |latency| latency.get(&handle))
    }

    /// How long the plugin says it will sound on, samples; `None` when without end or not active.
    pub fn tail_samples(&mut self) -> Option<u32> {
        let tail = self.plugin.plugin_handle().get_extension::<PluginTail>();
        let handle = self.audio.as_mut()?.processor.plugin_handle();
        match tail.map_or(TailLength::Finite(0), |tail| tail.get(&handle)) {
            TailLength::Finite(samples) => Some(samples),
            TailLength::Infinite => None,
        }
    }

    /// The whole state of the plugin, as a project would keep it.
    ///
    /// # Errors
    ///
    /// [`HostError::Refused`].
    pub fn save_state(&mut self) -> Result<Vec<u8>, HostError> {
        let handle = self.plugin.plugin_handle();
        let mut bytes = Vec::new();
        let saved = handle
            .get_extension::<PluginState>()
            .is_some_and(|state| state.save(&handle, &mut bytes).is_ok());
        if saved {
            Ok(bytes)
        } else {
            Err(self.refused("save its state", "no state came".into()))
        }
    }

    /// Gives the plugin a state to take on, as when a project is opened.
    ///
    /// # Errors
    ///
    /// [`HostError::Refused`].
    pub fn load_state(&mut self, bytes: &[u8]) -> Result<(), HostError> {
        self.front().load_state(bytes)
    }

    /// Puts models of the factory into the plugin's slots, by their names, and activates it anew: they
    /// play at once. Everything else stays as it is.
    ///
    /// # Errors
    ///
    /// [`HostError`] when it does not save, load or activate.
    pub fn use_models(&mut self, names: &[&str]) -> Result<(), HostError> {
        let project = Project::of(self)?.with_models(names);
        self.load_state(&project.bytes())?;
        self.activate(self.setup)
    }

    /// What the main thread may do at any time: the window, and states.
    pub fn front(&mut self) -> Front<'_> {
        Front {
            plugin: &mut self.plugin,
            frame: &mut self.frame,
        }
    }

    /// Gives the plugin the main-thread time that it asked for, as a host does between blocks.
    pub fn idle(&mut self) {
        self.front().idle();
    }

    /// Whether the plugin asked to be activated anew since the last question.
    pub fn wants_restart(&mut self) -> bool {
        self.plugin.access_shared_handler(Shared::take_restart)
    }

    /// Whether the plugin said that its state changed since the last question.
    pub fn is_dirty(&mut self) -> bool {
        self.plugin.access_shared_handler(Shared::take_dirty)
    }

    /// Calls to the host that the format forbids on the thread or at the time at which the plugin made
    /// them.
    #[must_use]
    pub fn strays(&self) -> Vec<String> {
        self.plugin.access_shared_handler(Shared::strays)
    }

    /// Everything that the plugin has written to the host's log.
    #[must_use]
    pub fn log(&self) -> Vec<String> {
        self.plugin.access_shared_handler(Shared::log)
    }

    /// Silences every voice and clears every delay, as a host does when it jumps.
    pub fn reset(&mut self) {
        if let Some(audio) = &mut self.audio {
            as_audio_thread(|| audio.processor.reset());
        }
    }

    /// The piece plays on from here with the next block, or stands still; until the next activation.
    pub fn roll(&mut self, rolling: Option<Rolling>) {
        if let Some(audio) = &mut self.audio {
            audio.rolling = rolling;
        }
    }

    /// Plays one block on the calling thread.
    ///
    /// | argument        | shape     | unit                                            |
    /// |-----------------|-----------|-------------------------------------------------|
    /// | `events`        | any       | in order, frames from the start of this block    |
    /// | `left`, `right` | `[block]` | out: samples; handed to the plugin full of NaN  |
    ///
    /// # Errors
    ///
    /// [`HostError::Usage`] when the slices differ in length or are empty or longer than the setup's
    /// longest block, or an event lies outside the block or out of order;
    /// [`HostError::Parameter`] for a name that does not exist; [`HostError::Refused`] when the
    /// plugin fails.
    pub fn process(
        &mut self,
        events: &[Timed],
        left: &mut [f32],
        right: &mut [f32],
    ) -> Result<Status, HostError> {
        self.check_block(events, left, right)?;
        let Some(audio) = &mut self.audio else {
            return Err(self.refused("play", "it is not active".into()));
        };
        audio.load(events, 0, &self.parameters)?;
        let played = as_audio_thread(|| audio.block(left, right));
        self.idle();
        played.map_err(|reason| self.refused("play", reason))
    }

    fn check_block(&self, events: &[Timed], left: &[f32], right: &[f32]) -> Result<(), HostError> {
        let longest = self.setup.longest_block as usize;
        let usage = |what, expected: String, found: String| HostError::Usage {
            what,
            expected,
            found,
        };
        if left.len() != right.len() || !(1..=longest).contains(&left.len()) {
            let expected = format!("two equal lengths from 1 to the setup's {longest}");
            let found = format!("{} and {}", left.len(), right.len());
            return Err(usage("block", expected, found));
        }
        let ordered = events.windows(2).all(|w| w[0].frame <= w[1].frame);
        if !ordered || events.iter().any(|e| e.frame >= left.len() as u64) {
            let frames: Vec<_> = events.iter().map(|e| e.frame).collect();
            let expected = format!("rising frames below {}", left.len());
            return Err(usage("events", expected, format!("{frames:?}")));
        }
        Ok(())
    }

    /// What the plugin told the host since the last question, in order.
    pub fn take_replies(&mut self) -> Vec<Reply> {
        let audio = self.audio.as_mut();
        audio.map_or_else(Vec::new, |audio| std::mem::take(&mut audio.replies))
    }

    pub(crate) fn refused(&self, attempt: &'static str, reason: String) -> HostError {
        let log = self.log();
        HostError::Refused {
            attempt,
            reason,
            log,
        }
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.front().close_window();
        self.deactivate();
    }
}
