//! The plugin as the framework wants it: what it is, its lifecycle, and one call per block.
//!
//! ```text
//!  created ─► activate ─► Player (engine) ── process … process ──► deactivate
//!                            ▲ exchange: engines of other models, made in the background
//! ```
//!
//! *Real time:* `activate` allocates; `process` and `reset` do not. (The framework itself makes
//! room, and so allocates, for more than 8,192 events in one call.)

mod call;
mod exchange;
mod leaving;
mod player;
mod rulers;

use crate::controllers;
use crate::editor::{Screen, Window};
use crate::library;
use crate::parameters::Parameters;
use crate::state;
use betwixt_engine::{Settings, Transport};
use exchange::{Exchange, Order, Worker, make};
use nice_plug::prelude::{
    ActivateContext, AsyncExecutor, AudioIOLayout, AuxiliaryBuffers, Buffer, BufferConfig,
    ClapFeature, ClapPlugin, MidiConfig, Params, Plugin, PluginState, ProcessContext,
    ProcessStatus, Transport as HostTransport, Vst3Plugin, Vst3SubCategory, new_nonzero_u32,
};
use player::Player;
use std::sync::Arc;

/// Where all randomness starts: the same project sounds the same every time.
const SEED: u64 = 1;
/// Events that the framework takes in one call without allocating.
const EVENT_ROOM: usize = 8_192;

/// The instrument.
pub struct Betwixt {
    parameters: Arc<Parameters>,
    screen: Arc<Screen>,
    exchange: Arc<Exchange>,
    /// Started by the first activation.
    worker: Option<Worker>,
    player: Player,
}

/// Where the host is in its piece, as the engine wants it.
fn transport(host: &HostTransport) -> Transport {
    Transport {
        bpm: host.tempo.unwrap_or(Transport::default().bpm),
        beats: host.pos_beats().filter(|_| host.playing),
    }
}

/// The parameters of a new instance.
fn parameters() -> Parameters {
    let description = &library::model(0).description;
    Parameters::new(&description.header, library::identity())
}

impl Default for Betwixt {
    fn default() -> Self {
        let parameters = Arc::new(parameters());
        parameters.map.start(controllers::file::own().as_deref());
        parameters.tuning.connect();
        Self {
            parameters,
            screen: Arc::new(Screen::default()),
            exchange: Arc::new(Exchange::new()),
            worker: None,
            player: Player::new(),
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
        let describe = |model: &Arc<library::Loaded>| Arc::clone(&model.description);
        Some(Window::new(
            Arc::clone(&self.parameters),
            library::factory().iter().map(describe).collect(),
            Arc::clone(&self.screen),
        ))
    }

    fn filter_state(state: &mut PluginState) {
        state::repair(state, &parameters());
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
        let order = Order {
            model: self.parameters.model.chosen(),
            settings,
            activation: self.player.activation() + 1,
        };
        self.parameters.movement_file.prepare();
        let engine = make(order);
        self.screen.show(engine.telemetry());
        self.player.activate(Box::new(engine), order);
        self.worker.get_or_insert_with(|| {
            let (exchange, screen) = (Arc::clone(&self.exchange), Arc::clone(&self.screen));
            Worker::start(exchange, screen, Arc::clone(&self.parameters))
        });
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
        let parameters = &*self.parameters;
        let was_sounding = self.player.is_sounding();
        let chosen = parameters.model.chosen();
        let mut has_work = self.player.follow(chosen, &self.exchange);
        self.player.tune(&parameters.tuning);
        self.player.hear(&transport(context.transport()));
        let next = || context.next_event();
        if parameters.model.is_missing() {
            self.player.mute(left, right, next);
        } else {
            has_work |= self.player.play(parameters, [left, right], next);
        }
        has_work |= self.player.take_recorded();
        if has_work && let Some(worker) = &self.worker {
            worker.wake();
        }
        if self.player.take_moved() || self.player.is_sounding() && !was_sounding {
            self.screen.wake();
        }
        self.player.status()
    }

    fn deactivate(&mut self) {
        self.player.deactivate(&self.parameters.movement_file);
        self.parameters.movement_file.settle();
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

#[cfg(test)]
mod tests;
