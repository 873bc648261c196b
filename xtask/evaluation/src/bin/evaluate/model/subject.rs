//! The model under test: where its notes lie among the knobs, and how it plays them.

use super::material::{Material, Note};
use crate::comparison::Compared;
use crate::failure::Failure;
use betwixt_engine::PhaseMode;
use betwixt_evaluation::encoder::Encoder;
use betwixt_evaluation::measure::level;
use betwixt_evaluation::player::{Player, RATE_HZ, Take};
use betwixt_model::Model;
use betwixt_spectral::number::narrow;

/// A model, its player, and the sounds that it was made from.
pub(crate) struct Subject<'a> {
    pub(crate) model: &'a Model,
    pub(crate) material: &'a Material,
    pub(crate) player: Player,
    /// The mode that it is played in, if it is a model of frames.
    pub(crate) phase: Option<PhaseMode>,
    encoder: Encoder<'a>,
}

/// One comparison that is to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    /// The note that the knobs come from.
    pub(crate) from: usize,
    /// The note that is played, and compared with.
    pub(crate) to: usize,
}

impl<'a> Subject<'a> {
    pub(crate) fn new(
        (model, phase): (&'a Model, Option<PhaseMode>),
        material: &'a Material,
    ) -> Result<Self, Failure> {
        let player = Player::new(model)?;
        Ok(Self {
            model,
            material,
            player: phase.into_iter().fold(player, Player::with_phase),
            phase,
            encoder: Encoder::new(model)?,
        })
    }

    /// The model's name, and the mode that it is played in.
    pub(crate) fn called(&self) -> String {
        let name = &self.model.header.name;
        let phase = self.phase.map(|mode| format!(", phase {}", mode.name()));
        name.clone() + &phase.unwrap_or_default()
    }

    /// Knob positions of a real note.
    pub(crate) fn knobs(&self, note: usize) -> Vec<f32> {
        let Note { key, velocity, .. } = self.material.notes[note];
        let frames = self.material.frames(note);
        self.encoder
            .knobs(&self.encoder.latents(frames, (key, velocity)))
    }

    /// A real note and the same note played by the model, at the real one's energy.
    pub(crate) fn play(&self, pair: Pair) -> Result<(Vec<f32>, Vec<f32>), Failure> {
        self.play_at(self.knobs(pair.from), pair.to)
    }

    fn play_at(&self, knobs: Vec<f32>, note: usize) -> Result<(Vec<f32>, Vec<f32>), Failure> {
        let Note { key, velocity, .. } = self.material.notes[note];
        let real = self.material.real(note)?;
        let take = Take {
            knobs,
            key,
            velocity,
            seconds: real.len() as f64 / f64::from(RATE_HZ),
            natural_tuning: true,
            frozen_s: None,
        };
        let mut played = self.player.play(&take);
        match_energy(&real, &mut played);
        Ok((real, played))
    }

    /// `None` when the real note is silent.
    pub(crate) fn compare(&self, pair: Pair) -> Result<Option<Compared>, Failure> {
        self.compare_at(self.knobs(pair.from), pair.to)
    }

    /// A real note and the same note played with any knobs; `None` when the real one is silent.
    pub(crate) fn compare_at(
        &self,
        knobs: Vec<f32>,
        note: usize,
    ) -> Result<Option<Compared>, Failure> {
        let (real, played) = self.play_at(knobs, note)?;
        let note = self.material.notes[note];
        let name = self.material.sounds[note.sound].0.as_str();
        Ok(Compared::new(
            (name, note.key, note.velocity),
            &real,
            &played,
        )?)
    }
}

/// Brings a played note to a real one's energy: how loud a note is at all is no part of a model.
fn match_energy(real: &[f32], played: &mut [f32]) {
    let len = real.len().min(played.len());
    let (wanted, own) = (level::rms(&real[..len]), level::rms(&played[..len]));
    if own > 0.0 {
        let gain = narrow(wanted / own);
        played.iter_mut().for_each(|sample| *sample *= gain);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Half as loud comes back as loud; silence stays silent.
    #[test]
    fn energies_are_matched() {
        let real: Vec<f32> = (0..1000_u16).map(|i| (f32::from(i) * 0.1).sin()).collect();
        let mut played: Vec<f32> = real.iter().map(|x| 0.5 * x).collect();
        match_energy(&real, &mut played);
        assert!(real.iter().zip(&played).all(|(a, b)| (a - b).abs() < 1e-5));
        let mut silent = vec![0.0; 10];
        match_energy(&real, &mut silent);
        assert!(silent.iter().all(|x| *x == 0.0));
    }
}
