//! Definitions of everything that is measured on samples.
//!
//! | module | figure |
//! |---|---|
//! | [`level`] | peak, rms, the course of the level |
//! | [`loudness`] | integrated loudness as a listener has it, LUFS |
//! | [`spectra`] | convergence, log-spectral distance, mel correlation of two sounds |
//! | [`pitch`] | how far a held tone is from its key, in cents |
//! | [`heard`] | which pitch a sound has: the key, another octave, none |
//! | [`onset`] | when a sound begins and how fast it rises |
//! | [`steadiness`] | ripple of a held sound, modulation at the hop |
//! | [`timbre`] | spectral centroid, third-octave bands |
//! | [`high_pass`] | what is above a cutoff where nothing should be |
//! | [`clicks`] | samples that the sound before them does not predict |
//! | [`seams`] | roughness at the borders of hops and blocks |

pub mod clicks;
pub mod heard;
pub mod high_pass;
pub mod level;
pub mod loudness;
pub mod onset;
pub mod pitch;
pub mod seams;
pub mod spectra;
pub mod steadiness;
pub mod timbre;

#[cfg(test)]
pub(crate) mod signals;
