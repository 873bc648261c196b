//! The instrument as a host plays it: events in, samples out, looked at one by one.
//!
//! ```text
//!  events ─► Desk (the host's context) ─► Betwixt::play ─► left, right: numbers, −1…1
//! ```

use super::*;
use nice_plug::context::process::SendEventError;
use nice_plug::prelude::ProcessMode;

/// Longest call, in samples.
const LONGEST: usize = 1_024;
/// Host rates in Hz.
const RATES_HZ: [f32; 5] = [48_000.0, 44_100.0, 22_050.0, 96_000.0, 192_000.0];
/// What the default's notes take to die away, twice over.
const FADE_S: f32 = 4.0;
/// What a panic may take.
const PANIC_S: f32 = 0.1;

/// A host's context.
pub(super) struct Desk {
    events: std::vec::IntoIter<NoteEvent<()>>,
    transport: HostTransport,
    /// Notes of whose end it was told.
    ended: usize,
}

impl ProcessContext<Betwixt> for Desk {
    fn plugin_api(&self) -> PluginApi {
        PluginApi::Clap
    }

    fn execute_background(&self, _task: queue::Errand) {}

    fn execute_gui(&self, _task: queue::Errand) {}

    fn transport(&self) -> &HostTransport {
        &self.transport
    }

    fn next_event(&mut self) -> Option<NoteEvent<()>> {
        self.events.next()
    }

    fn try_send_event(
        &mut self,
        _event: NoteEvent<()>,
    ) -> Result<(), (NoteEvent<()>, SendEventError)> {
        self.ended += 1;
        Ok(())
    }

    fn set_latency_samples(&self, _samples: u32) {}

    fn request_restart(&self) {}

    fn set_current_voice_capacity(&self, _capacity: u32) {}
}

impl ActivateContext<Betwixt> for Desk {
    fn plugin_api(&self) -> PluginApi {
        PluginApi::Clap
    }

    fn execute(&self, _task: queue::Errand) {}

    fn set_latency_samples(&self, _samples: u32) {}

    fn set_current_voice_capacity(&self, _capacity: u32) {}
}

/// The instrument, and what it has played.
pub(super) struct Stage {
    pub(super) plugin: Betwixt,
    desk: Desk,
    out: [Vec<f32>; 2],
    rate_hz: f32,
    /// The loudest sample since this was last asked.
    loudest: f32,
}

impl Stage {
    pub(super) fn new() -> Self {
        let mut stage = Self {
            plugin: Betwixt::default(),
            desk: Desk {
                events: Vec::new().into_iter(),
                transport: HostTransport::new(RATES_HZ[0]),
                ended: 0,
            },
            out: [vec![0.0; LONGEST], vec![0.0; LONGEST]],
            rate_hz: 0.0,
            loudest: 0.0,
        };
        stage.activate(0);
        // A window watches: the audio thread tells it of voices, spectrum, samples and load.
        stage.plugin.screen.open();
        stage
    }

    /// Switched off, and on at one of the rates.
    pub(super) fn activate(&mut self, rate: usize) {
        if self.rate_hz > 0.0 {
            self.plugin.deactivate();
        }
        self.rate_hz = RATES_HZ[rate];
        let config = BufferConfig {
            sample_rate: self.rate_hz,
            min_buffer_size: None,
            max_buffer_size: u32::try_from(LONGEST).unwrap(),
            process_mode: ProcessMode::Realtime,
        };
        assert!(self.plugin.activate(&layout(2), &config, &mut self.desk));
        self.plugin.reset();
    }

    pub(super) fn activate_anywhere(&mut self, dice: &mut Dice) {
        self.activate(dice.roll(RATES_HZ.len()));
    }

    /// One call without an allocation; its events, in their order, may come at any of its samples.
    pub(super) fn play(&mut self, events: Vec<NoteEvent<()>>, frames: usize) {
        self.desk.events = events.into_iter();
        let [left, right] = &mut self.out;
        let (left, right) = (&mut left[..frames], &mut right[..frames]);
        left.fill(f32::NAN);
        right.fill(f32::NAN);
        let (plugin, desk) = (&mut self.plugin, &mut self.desk);
        assert_no_alloc(|| plugin.play([&mut *left, &mut *right], desk));
        for value in left.iter().chain(&*right) {
            assert!(value.abs() <= 1.0, "{value} of {frames} samples");
            self.loudest = self.loudest.max(value.abs());
        }
    }

    /// A call with some events; how many operations that was. Keys are struck more often than they
    /// are let go, and the host may be playing.
    pub(super) fn block(&mut self, dice: &mut Dice) -> usize {
        let (count, mut seed) = (dice.roll(8), dice.0.bits());
        let mut next = events(&mut seed, count);
        next.splice(0..0, (0..dice.roll(2)).map(|_| key(24 + dice.small(84))));
        // Short calls: a million operations are many events, not much sound.
        let most = if dice.roll(60) == 0 { LONGEST - 16 } else { 16 };
        let frames = 8 + dice.roll(most);
        let transport = &mut self.desk.transport;
        transport.playing = dice.roll(3) > 0;
        transport.tempo = Some(40.0 + 200.0 * f64::from(dice.share()));
        let count = next.len();
        self.play(next, frames);
        count
    }

    /// So long a time passes.
    pub(super) fn pass(&mut self, seconds: f32) {
        let samples = betwixt_spectral::number::index(f64::from(seconds * self.rate_hz));
        for _ in 0..=samples / LONGEST {
            self.play(Vec::new(), LONGEST);
        }
    }

    /// Notes are played for a moment, and nothing else.
    pub(super) fn moment(&mut self, dice: &mut Dice) {
        self.play(vec![key(24 + dice.small(84))], 64);
    }

    /// Every key comes up, on every channel.
    pub(super) fn keys_up(&mut self) {
        let up = |channel| NoteEvent::NoteOff {
            timing: 0,
            voice_id: VoiceID::Wildcard,
            channel: Channel::Number(channel),
            key: Key::Wildcard,
            velocity: 0.5,
        };
        let pedal = |channel: u8, cc| NoteEvent::MidiCC {
            timing: 0,
            channel,
            cc,
            value: 0.0,
        };
        let pedals = (0..16).flat_map(|channel| [64, 66].map(|cc| pedal(channel, cc)));
        self.play(pedals.chain((0..16).map(up)).collect(), 64);
    }

    /// With the defaults set and all keys up every note dies away.
    pub(super) fn dies_away(&mut self) {
        for _ in 0..50 {
            if self.plugin.player.is_sounding() {
                self.pass(FADE_S / 50.0);
            }
        }
        self.is_silent("keys are up");
    }

    /// Panic, with keys held on several channels.
    pub(super) fn panics(&mut self) {
        let struck = |channel: u8| NoteEvent::NoteOn {
            timing: 0,
            voice_id: VoiceID::Wildcard,
            channel: Channel::Number(channel),
            key: Key::Number(40 + channel),
            velocity: 0.8,
        };
        self.play([0, 4, 15].map(struck).to_vec(), LONGEST);
        self.plugin.screen.silence();
        self.pass(PANIC_S);
        self.is_silent("panic");
    }

    fn is_silent(&mut self, after: &str) {
        assert!(
            !self.plugin.player.is_sounding(),
            "{after}: a note is stuck"
        );
        self.loudest = 0.0;
        self.play(Vec::new(), LONGEST);
        assert_eq!(self.loudest, 0.0, "{after}");
    }

    /// A key can be played, once its models are there.
    pub(super) fn is_heard(&mut self) {
        self.loudest = 0.0;
        let is_heard = (0..2_000).any(|_| {
            self.play(vec![key(60)], LONGEST);
            std::thread::sleep(std::time::Duration::from_millis(1));
            self.loudest > 1e-3
        });
        assert!(is_heard, "it can be played");
    }
}
