//! What is asked of all voices: read off the controls at the start of every call.
//!
//! ```text
//!  Controls, what the player has done ─► Common: knobs, channels, rates, oscillators, movement
//! ```
//!
//! *Real time:* arithmetic on a few numbers.

use super::Engine;
use crate::controls::{Controls, LFOS};
use crate::modulation::Turns;
use crate::trajectory::Trajectory;
use crate::voice::{Common, Rates, Turning};

impl Engine {
    /// What is asked of all voices from here on.
    pub(super) fn common<'a>(
        &self,
        controls: &'a Controls,
        trajectory: &'a Trajectory,
    ) -> Common<'a> {
        let (player, rate_hz) = (&self.player, self.settings.sample_rate_hz);
        let modulation = &controls.modulation;
        Common {
            controls,
            knobs: player.knobs,
            felt: player.channels.felt(controls),
            wheel: player.wheel,
            rates: Rates::new(&controls.envelope, rate_hz),
            envelopes: modulation
                .envelopes
                .map(|envelope| Rates::new(&envelope, self.tick.seconds.recip())),
            lfos: self.lfos(controls),
            trajectory,
            movement: self.movement(controls),
            clock: self.clock,
            tick: self.tick,
        }
    }

    /// The oscillators that all voices share.
    pub(super) fn lfos(&self, controls: &Controls) -> [Turning; LFOS] {
        std::array::from_fn(|index| {
            let lfo = &controls.modulation.lfos[index];
            let turns_per_sample = match lfo.beats {
                Some(beats) => self.clock.beats_per_sample() / f64::from(beats),
                None => f64::from(lfo.rate_hz) / f64::from(self.settings.sample_rate_hz),
            };
            Turning {
                turns: self.player.lfos[index],
                step: Turns::new(turns_per_sample),
            }
        })
    }

    /// The seconds of the movement.
    pub(super) fn movement(&self, controls: &Controls) -> Turning {
        let (movement, trajectory) = (&controls.movement, &self.trajectory);
        let natural = match trajectory.beats().filter(|_| movement.is_synced) {
            Some(beats) => {
                let beat_s = f64::from(trajectory.length_s()) / f64::from(beats);
                self.clock.beats_per_sample() * beat_s
            }
            None => f64::from(self.settings.sample_rate_hz).recip(),
        };
        Turning {
            turns: self.player.movement,
            step: Turns::new(natural * f64::from(movement.speed)),
        }
    }
}
