//! The plugin as the framework wants it: what it is, its lifecycle, and one call per block.
//!
//! ```text
//!  created ─► Idle ── activate ─► Ready(Engine) ── process … process ──► deactivate ─► Idle
//!
//!  one call:  parameters ─► Controls ──┐
//!             host events ─► [Event] ──┴─► Engine ─► left, right [block]
//! ```
//!
//! *Real time:* `activate` allocates; `process` and `reset` do not. A list of events that is full
//! is played and emptied at its place in the block, so that no event is ever dropped. (The framework
//! itself makes room, and so allocates, for more than 8,192 events in one call.)

use crate::editor::{Screen, Window};
use crate::events::{EventList, moved};
use crate::library::{self, Loaded};
use crate::parameters::Parameters;
use crate::snapshot;
use crate::state::{self, Controllers, ModelIdentity, WHEEL};
use betwixt_engine::{Controls, Engine, LATENTS, Settings};
use nice_plug::prelude::{
    ActivateContext, AsyncExecutor, AudioIOLayout, AuxiliaryBuffers, Buffer, BufferConfig,
    ClapFeature, ClapPlugin, MidiConfig, NoteEvent, Params, Plugin, PluginState, ProcessContext,
    ProcessStatus, Vst3Plugin, Vst3SubCategory, new_nonzero_u32,
};
use std::sync::Arc;

/// Where all randomness starts: the same project sounds the same every time.
const SEED: u64 = 1;
/// Events that the framework takes in one call without allocating.
const EVENT_ROOM: usize = 8_192;

/// The instrument.
pub struct Betwixt {
    model: Arc<Loaded>,
    parameters: Arc<Parameters>,
    screen: Arc<Screen>,
    player: Player,
}

/// What plays, on the audio thread.
struct Player {
    stage: Stage,
    events: EventList,
    /// Events of the first sample after the call.
    late: EventList,
    rulers: Rulers,
    is_sounding: bool,
    is_muted: bool,
}

/// Who rules each latent, parameter or controller: whoever moved last.
#[derive(Default)]
struct Rulers {
    /// The parameters as they were in the last call; nothing after a reset.
    seen: Option<[f32; LATENTS]>,
}

impl Rulers {
    /// Lets a parameter that has moved take its latent back. A new engine, or one whose project has
    /// just been loaded, is told where every latent stands, and the wheel.
    fn agree(&mut self, controls: &Controls, controllers: &Controllers, events: &mut EventList) {
        let seen = self.seen.replace(controls.latents);
        match seen.filter(|_| !controllers.take_loaded()) {
            Some(seen) => {
                for (latent, (then, now)) in seen.iter().zip(&controls.latents).enumerate() {
                    if then.to_bits() != now.to_bits() {
                        controllers.release(latent);
                    }
                }
            }
            None => {
                for (latent, &own) in controls.latents.iter().enumerate() {
                    let position = controllers.position(latent).unwrap_or(own);
                    events.add_held(latent, position);
                }
                events.add_held(WHEEL, controllers.position(WHEEL).unwrap_or(0.0));
            }
        }
    }
}

/// Whether the host has told the sample rate yet.
enum Stage {
    /// Not activated: there is no engine.
    Idle,
    /// Activated.
    Ready(Box<Engine>),
}

impl Default for Betwixt {
    fn default() -> Self {
        let model = library::factory();
        let description = &model.description;
        let identity = ModelIdentity::new(description.hash);
        Self {
            parameters: Arc::new(Parameters::new(&description.header, identity)),
            screen: Arc::new(Screen::default()),
            player: Player::new(),
            model,
        }
    }
}

impl Plugin for Betwixt {
    const NAME: &'static str = "Betwixt";
    const VENDOR: &'static str = "Betwixt";
    const URL: &'static str = "";
    const EMAIL: &'static str = "";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const AUDIO_IO_LAYOUTS: &'static [AudioIOLayout] = &[AudioIOLayout {
        main_output_channels: Some(new_nonzero_u32(2)),
        ..AudioIOLayout::const_default()
    }];
    const MIDI_INPUT: MidiConfig = MidiConfig::MidiCCs;
    const SAMPLE_ACCURATE_AUTOMATION: bool = true;
    const INPUT_EVENT_CAPACITY: usize = EVENT_ROOM;

    type Editor = Window;
    type SysExMessage = ();
    type BackgroundTask = ();

    fn params(&self) -> Arc<dyn Params> {
        Arc::clone(&self.parameters) as Arc<dyn Params>
    }

    fn editor(&mut self, _executor: AsyncExecutor<Self>) -> Option<Window> {
        let description = Arc::clone(&self.model.description);
        let parameters = Arc::clone(&self.parameters);
        Some(Window::new(
            parameters,
            description,
            Arc::clone(&self.screen),
        ))
    }

    fn filter_state(state: &mut PluginState) {
        let description = &library::factory().description;
        let identity = ModelIdentity::new(description.hash);
        state::repair(state, &Parameters::new(&description.header, identity));
    }

    fn activate(
        &mut self,
        _layout: &AudioIOLayout,
        config: &BufferConfig,
        _context: &mut impl ActivateContext<Self>,
    ) -> bool {
        let settings = Settings {
            sample_rate_hz: config.sample_rate,
            seed: SEED,
        };
        let engine = Engine::new(Arc::clone(&self.model.decoder), settings);
        self.screen.show(engine.telemetry());
        self.player.stage = Stage::Ready(Box::new(engine));
        self.player.reset();
        true
    }

    fn reset(&mut self) {
        self.player.reset();
    }

    fn process(
        &mut self,
        buffer: &mut Buffer,
        _auxiliary: &mut AuxiliaryBuffers,
        context: &mut impl ProcessContext<Self>,
    ) -> ProcessStatus {
        let [left, right] = buffer.as_slice() else {
            return ProcessStatus::Error("expected two output channels");
        };
        let next = || context.next_event();
        let was_sounding = self.player.is_sounding;
        if self.parameters.model.is_missing() {
            self.player.mute(left, right, next);
        } else {
            let controls = snapshot::controls(&self.parameters);
            let controllers = &self.parameters.controllers;
            self.player.play(&controls, controllers, left, right, next);
        }
        if self.player.is_sounding && !was_sounding {
            self.screen.wake();
        }
        self.player.status()
    }

    fn deactivate(&mut self) {
        self.player.stage = Stage::Idle;
    }
}

impl ClapPlugin for Betwixt {
    const CLAP_ID: &'static str = "org.betwixt.betwixt";
    const CLAP_DESCRIPTION: Option<&'static str> =
        Some("A neural instrument: its latents are knobs");
    const CLAP_MANUAL_URL: Option<&'static str> = None;
    const CLAP_SUPPORT_URL: Option<&'static str> = None;
    const CLAP_FEATURES: &'static [ClapFeature] = &[
        ClapFeature::Instrument,
        ClapFeature::Synthesizer,
        ClapFeature::Stereo,
    ];
}

impl Vst3Plugin for Betwixt {
    const VST3_CLASS_ID: [u8; 16] = *b"BetwixtNeuralSyn";
    const VST3_SUBCATEGORIES: &'static [Vst3SubCategory] = &[
        Vst3SubCategory::Instrument,
        Vst3SubCategory::Synth,
        Vst3SubCategory::Stereo,
    ];
}

impl Player {
    fn new() -> Self {
        Self {
            stage: Stage::Idle,
            events: EventList::new(),
            late: EventList::new(),
            rulers: Rulers::default(),
            is_sounding: false,
            is_muted: false,
        }
    }

    fn reset(&mut self) {
        if let Stage::Ready(engine) = &mut self.stage {
            engine.reset();
        }
        self.events.clear();
        self.late.clear();
        self.rulers = Rulers::default();
        self.is_sounding = false;
    }

    /// Fills both channels; `next` gives the host's events in the order of their samples.
    ///
    /// The framework cuts a block where a parameter moves, and hands over a note that came first at
    /// that sample with the part before: it is kept for the part that begins there, so that note and
    /// parameter meet whatever the block size.
    fn play(
        &mut self,
        controls: &Controls,
        controllers: &Controllers,
        left: &mut [f32],
        right: &mut [f32],
        mut next: impl FnMut() -> Option<NoteEvent<()>>,
    ) {
        let Stage::Ready(engine) = &mut self.stage else {
            return self.mute(left, right, next);
        };
        self.is_muted = false;
        self.rulers.agree(controls, controllers, &mut self.events);
        let mut start = 0;
        while let Some(event) = next() {
            if let Some((held, position)) = moved(&event) {
                controllers.take(held, position);
            }
            let at = sample(&event).clamp(start, left.len());
            if at == left.len() && !left.is_empty() && self.late.has_room() {
                self.late.add(&event, 0);
                continue;
            }
            if !self.events.has_room() {
                let (left, right) = (&mut left[start..at], &mut right[start..at]);
                engine.process(controls, self.events.as_slice(), left, right);
                self.events.clear();
                start = at;
            }
            self.events.add(&event, at - start);
        }
        let (left, right) = (&mut left[start..], &mut right[start..]);
        engine.process(controls, self.events.as_slice(), left, right);
        self.events.clear();
        std::mem::swap(&mut self.events, &mut self.late);
        self.is_sounding = engine.sounding() > 0;
    }

    /// Silence, and no note that could come back later.
    fn mute(
        &mut self,
        left: &mut [f32],
        right: &mut [f32],
        mut next: impl FnMut() -> Option<NoteEvent<()>>,
    ) {
        while next().is_some() {}
        left.fill(0.0);
        right.fill(0.0);
        if !self.is_muted {
            self.reset();
            self.is_muted = true;
        }
    }

    /// Hosts may let a silent instrument sleep until the next event.
    fn status(&self) -> ProcessStatus {
        if self.is_sounding {
            ProcessStatus::KeepAlive
        } else {
            ProcessStatus::Normal
        }
    }
}

fn sample(event: &NoteEvent<()>) -> usize {
    usize::try_from(event.timing()).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;
