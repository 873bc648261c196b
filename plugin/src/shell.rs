//! The plugin as the framework wants it: what it is, its lifecycle, and one call per block.
//!
//! ```text
//!  created ─► activate ─► Player (engine) ── process … process ──► deactivate
//!                            ▲ exchange: other models, made ready in the background
//! ```
//!
//! *Real time:* `activate` allocates; `process` and `reset` do not. (The framework itself makes
//! room, and so allocates, for more than 8,192 events in one call.)

mod call;
mod exchange;
mod player;
mod queue;
mod remote;
mod rulers;

use crate::controllers;
use crate::editor::Window;
use crate::library::{self, Found, Slots};
use crate::parameters::Parameters;
use crate::screen::{Press, Screen};
use crate::settings::Keeper;
use crate::state;
use betwixt_engine::{Ended, Settings, Transport};
use exchange::{Exchange, Worker};
use nice_plug::midi::{Channel, Key, VoiceID};
use nice_plug::params::persist::PersistentField;
use nice_plug::prelude::Transport as HostTransport;
use nice_plug::prelude::{
    ActivateContext, AsyncExecutor, AudioIOLayout, AuxiliaryBuffers, Buffer, BufferConfig,
    ClapFeature, ClapPlugin, MidiConfig, NoteEvent, Params, Plugin, PluginApi, PluginState,
    PolyModulationConfig, ProcessContext, ProcessStatus, RemoteControlsContext, TaskExecutor,
    Vst3Plugin, Vst3SubCategory, new_nonzero_u32,
};
use player::Player;
use std::sync::Arc;
use std::time::Instant;

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
    /// The way to the framework's queue of tasks, and whether it is one that must be waited for.
    executor: Option<AsyncExecutor<Self>>,
    has_queue: bool,
    player: Player,
    /// The right channel, where the host has only one.
    side: Vec<f32>,
    /// As many notes as the host has been told.
    voices: u32,
    /// The project that is played, by its number, and whether no note begins because its models
    /// have not come yet.
    opened: u32,
    is_held: bool,
}

/// So many channels out.
const fn layout(channels: u32) -> AudioIOLayout {
    AudioIOLayout {
        main_output_channels: Some(new_nonzero_u32(channels)),
        ..AudioIOLayout::const_default()
    }
}

/// The parameters of a new instance.
fn parameters() -> Parameters {
    let default = &library::factory()[0];
    let wanted = library::default_model();
    let slots = Slots::new(wanted.clone());
    // Hosts ask for the knobs' words before they activate.
    slots.tell(0, Some(&wanted), Found::Here(Arc::clone(default)));
    Parameters::new(&default.description.header, slots)
}

impl Default for Betwixt {
    fn default() -> Self {
        let parameters = Arc::new(parameters());
        parameters.map.start(controllers::file::own().as_deref());
        if let Some(size) = Keeper::of_the_user().get().window {
            parameters.window.set(size);
        }
        parameters.tuning.connect();
        Self {
            parameters,
            screen: Arc::new(Screen::default()),
            exchange: Arc::new(Exchange::new()),
            worker: None,
            executor: None,
            has_queue: false,
            player: Player::new(),
            side: Vec::new(),
            voices: 0,
            opened: 0,
            is_held: false,
        }
    }
}

impl Plugin for Betwixt {
    const NAME: &'static str = "Betwixt";
    const VENDOR: &'static str = "Betwixt";
    const URL: &'static str = "";
    const EMAIL: &'static str = "";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const AUDIO_IO_LAYOUTS: &'static [AudioIOLayout] = &[layout(2), layout(1)];
    const MIDI_INPUT: MidiConfig = MidiConfig::MidiCCs;
    const SAMPLE_ACCURATE_AUTOMATION: bool = true;
    const INPUT_EVENT_CAPACITY: usize = EVENT_ROOM;

    type Editor = Window;
    type SysExMessage = ();
    type BackgroundTask = queue::Errand;

    fn task_executor(&mut self) -> TaskExecutor<Self> {
        Box::new(|errand| queue::run(&errand))
    }

    fn params(&self) -> Arc<dyn Params> {
        Arc::clone(&self.parameters) as Arc<dyn Params>
    }

    fn editor(&mut self, executor: AsyncExecutor<Self>) -> Option<Window> {
        self.executor = Some(executor);
        Some(Window::new(
            Arc::clone(&self.parameters),
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
        context: &mut impl ActivateContext<Self>,
    ) -> bool {
        self.has_queue = context.plugin_api() == PluginApi::Vst3;
        let settings = Settings {
            sample_rate_hz: config.sample_rate,
            seed: SEED,
        };
        self.parameters.movement_file.prepare();
        let engine = self.exchange.activate(&self.parameters.slots, settings);
        let rate_hz = settings.sample_rate_hz;
        self.screen.show(engine.telemetry(), rate_hz);
        self.screen.forget_presses();
        self.player.activate(Box::new(engine), rate_hz);
        (self.opened, self.is_held) = (self.parameters.slots.opened(), false);
        self.side = vec![0.0; usize::try_from(config.max_buffer_size).unwrap_or(0)];
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
        let samples = buffer.samples();
        match buffer.as_slice() {
            [left, right] => self.play([left, right], context),
            [middle] if samples <= self.side.len() => {
                let mut side = std::mem::take(&mut self.side);
                let status = self.play([middle, &mut side[..samples]], context);
                let both = middle.iter_mut().zip(&side);
                both.for_each(|(middle, side)| *middle = 0.5 * (*middle + side));
                self.side = side;
                status
            }
            _ => ProcessStatus::Error("expected one or two output channels"),
        }
    }

    fn deactivate(&mut self) {
        self.player.deactivate(&self.parameters.movement_file);
        self.parameters.movement_file.settle();
        if let Some(executor) = self.executor.as_ref().filter(|_| self.has_queue) {
            queue::settle(executor);
        }
    }
}

impl Betwixt {
    /// One call, in stereo.
    fn play(
        &mut self,
        [left, right]: [&mut [f32]; 2],
        context: &mut impl ProcessContext<Self>,
    ) -> ProcessStatus {
        let watch = self.screen.is_watched().then(Instant::now);
        let parameters = &*self.parameters;
        let was_sounding = self.player.is_sounding();
        let voices = u32::try_from(parameters.voices.value()).unwrap_or(1);
        let voices = voices.min(parameters.slots.voices());
        if std::mem::replace(&mut self.voices, voices) != voices {
            context.set_current_voice_capacity(voices);
        }
        let slots = &parameters.slots;
        let opened = slots.opened();
        let is_opened = std::mem::replace(&mut self.opened, opened) != opened;
        let is_held = is_opened || self.is_held;
        self.is_held = is_held && (slots.is_awaited() || self.exchange.is_ready());
        let mut has_work = self.player.fit(&self.exchange);
        if is_opened {
            self.player.silence();
        }
        self.player.tune(&parameters.tuning);
        if self.screen.take_silence() {
            self.player.silence();
        }
        let transport = transport(context.transport());
        let api = context.plugin_api();
        let mut pressed = std::iter::from_fn(|| self.screen.take_press()).map(stroke);
        let next = || {
            std::iter::from_fn(|| pressed.next().or_else(|| context.next_event()))
                .find(|event| !is_held || !matches!(event, NoteEvent::NoteOn { .. }))
                .map(|event| named_rightly(event, api))
        };
        has_work |= self
            .player
            .play(parameters, &transport, [&mut *left, &mut *right], next);
        for ended in self.player.ended() {
            // A host that has no room for it does not want to know.
            if context.try_send_event(over(ended)).is_err() {
                break;
            }
        }
        has_work |= self.player.take_recorded();
        if has_work && let Some(worker) = &self.worker {
            worker.wake();
        }
        if self.player.take_moved() || self.player.is_sounding() && !was_sounding {
            self.screen.wake();
        }
        if let Some(begun) = watch {
            self.screen.tap.add(left, right);
            let (samples, rate_hz) = (left.len(), self.player.rate_hz());
            self.screen.load.add(begun.elapsed(), samples, rate_hz);
        }
        // As a VST3 this would be a tail without end, and nothing sleeps there.
        self.player
            .status(watch.is_some() && api == PluginApi::Clap)
    }
}

/// A key of the window's own keyboard, at the call's first sample.
fn stroke(press: Press) -> NoteEvent<()> {
    let (timing, voice_id) = (0, VoiceID::Wildcard);
    let (channel, key) = (Channel::Number(0), Key::Number(press.key));
    match press.velocity {
        Some(velocity) => NoteEvent::NoteOn {
            timing,
            voice_id,
            channel,
            key,
            velocity,
        },
        None => NoteEvent::NoteOff {
            timing,
            voice_id,
            channel,
            key,
            velocity: 0.0,
        },
    }
}

/// Where the host is: its position counts while it plays.
fn transport(host: &HostTransport) -> Transport {
    let usual = Transport::default();
    Transport {
        bpm: host.tempo.unwrap_or(usual.bpm),
        beats: host.pos_beats().filter(|_| host.playing),
    }
}

/// The framework takes VST3's brightness for its expression, and the other way round.
fn named_rightly(event: NoteEvent<()>, api: PluginApi) -> NoteEvent<()> {
    if api != PluginApi::Vst3 {
        return event;
    }
    match event {
        NoteEvent::PolyBrightness {
            timing,
            voice_id,
            channel,
            key,
            brightness: expression,
        } => NoteEvent::PolyExpression {
            timing,
            voice_id,
            channel,
            key,
            expression,
        },
        NoteEvent::PolyExpression {
            timing,
            voice_id,
            channel,
            key,
            expression: brightness,
        } => NoteEvent::PolyBrightness {
            timing,
            voice_id,
            channel,
            key,
            brightness,
        },
        event => event,
    }
}

/// A note has ended: the host need not modulate it any more.
fn over(ended: &Ended) -> NoteEvent<()> {
    let note = ended.note;
    NoteEvent::VoiceTerminated {
        timing: u32::try_from(ended.sample).unwrap_or(u32::MAX),
        voice_id: note.id.map_or(VoiceID::Wildcard, VoiceID::ID),
        channel: Channel::Number(note.channel),
        key: Key::Number(note.key),
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
    const CLAP_POLY_MODULATION_CONFIG: Option<PolyModulationConfig> = Some(PolyModulationConfig {
        max_voice_capacity: library::MOST_VOICES,
        supports_overlapping_voices: true,
    });

    fn remote_controls(&self, context: &mut impl RemoteControlsContext) {
        remote::pages(&self.parameters, context);
    }
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
