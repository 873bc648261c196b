//! The same library as a VST3: what hosts of that format ask, and what they send.
//!
//! ```text
//!  libbetwixt.so ─► ModuleEntry, GetPluginFactory ─► Host ─► Instance ◄─ parameters, state, buses, units
//!                                                              ▲ │
//!  [Timed] ─► notes, expressions: event list ──────────────────┤ └─► call: one call, however odd
//!          └► parameters, controllers: parameter changes ──────┘ └─► play: any sequence of blocks
//! ```
//!
//! The words are those of the CLAP side, and so are the numbers of parameters and expressions: one
//! piece plays in both.
//!
//! *Unsafe:* every call into the plugin crosses its binary interface. Whoever makes one here holds
//! the object counted and hands over memory that outlives the call.

#![allow(
    unsafe_code,
    reason = "a plugin's binary interface is pointers and tables of functions"
)]

/// Asks something of the plugin.
macro_rules! ask {
    ($call:expr) => {
        // SAFETY: the object is held by a counted pointer that the plugin gave, and what is handed
        // over is null or memory of ours that outlives the call.
        unsafe { $call }
    };
}

mod buses;
mod call;
mod event;
mod handlers;
mod instance;
mod library;
mod lists;
mod parameters;
mod piece;
mod state;
mod stream;
mod words;

pub use buses::{Arrangement, Bus, Flow, Media};
pub use call::{Answer, Buffers, Call};
pub use instance::Instance;
pub use library::{Class, Host};
pub use parameters::{ExpressionKind, Unit};
pub use stream::Fault;
