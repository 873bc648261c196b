//! Definitions of everything that is measured on samples.
//!
//! | module | figure |
//! |---|---|
//! | [`level`] | peak, rms, the course of the level |
//! | [`spectra`] | spectral convergence, log-spectral distance of two signals |
//! | [`pitch`] | how far a held tone is from its key, in cents |
//! | [`onset`] | when a sound begins and how fast it rises |
//! | [`high_pass`] | what is above a cutoff where nothing should be |
//! | [`clicks`] | samples that the sound before them does not predict |
//! | [`seams`] | roughness at the borders of hops and blocks |

pub mod clicks;
pub mod high_pass;
pub mod level;
pub mod onset;
pub mod pitch;
pub mod seams;
pub mod spectra;

#[cfg(test)]
pub(crate) mod signals;
