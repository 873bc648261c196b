//! The built plugin as a VST3 in rough hands: states that are none, calls that no host should make,
//! events that lie outside their block, values beyond all values, and instances that come and go.
//!
//! ```text
//!  damaged streams, odd buffers, wild events ─► built VST3 ─► refused or played, never harmed
//! ```

use betwixt_evaluation::measure::level;
use betwixt_host::vst3::{Answer, Buffers, Call, Fault, Host, Instance};
use betwixt_host::{Blocks, Event, Expression, NoteAddress, Parameter, Rolling, Setup, Timed};
use betwixt_tests::Dice;

const LONGEST: u32 = 1_024;
