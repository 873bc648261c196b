//! How an instance is activated, and in which blocks it is played.

use crate::error::HostError;

/// How an instance is activated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setup {
    /// The host's sample rate.
    pub rate_hz: f64,
    /// The longest block that will be asked for, samples.
    pub longest_block: u32,
}

impl Setup {
    /// A setup of a sample rate and a longest block.
    #[must_use]
    pub fn new(rate_hz: f64, longest_block: u32) -> Self {
        Self {
            rate_hz,
            longest_block,
        }
    }
}

/// The sizes of successive blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Blocks {
    /// All alike.
    Of(u32),
    /// One after the other, and again from the first.
    Cycle(Vec<u32>),
}

impl Blocks {
    pub(crate) fn size(&self, index: usize) -> u32 {
        match self {
            Self::Of(size) => *size,
            Self::Cycle(sizes) => sizes[index % sizes.len()],
        }
    }

    pub(crate) fn check(&self, longest: u32) -> Result<(), HostError> {
        let sizes = match self {
            Self::Of(size) => std::slice::from_ref(size),
            Self::Cycle(sizes) => sizes,
        };
        let fits = !sizes.is_empty() && sizes.iter().all(|s| (1..=longest).contains(s));
        let error = || HostError::Usage {
            what: "block sizes",
            expected: format!("at least one, each from 1 to the setup's {longest}"),
            found: format!("{sizes:?}"),
        };
        fits.then_some(()).ok_or_else(error)
    }
}
