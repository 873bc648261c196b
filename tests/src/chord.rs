//! A chord of which one note is moved: what is heard of it is told from the others.
//!
//! ```text
//!  still ─► built plugin ◄─ keys whose partials lie apart ─► left, right
//! ```

use betwixt_host::{Event, Rendering, Timed};

/// Keys whose first partials lie apart.
pub const KEYS: [u8; 3] = [45, 56, 66];

/// What makes the sound stand still, and keeps its pitch and air from moving by themselves.
#[must_use]
pub fn still() -> Vec<Timed> {
    let still = [
        ("Noise", 0.0),
        ("Inharmonicity", 0.0),
        ("Freeze", 1.0),
        ("Release", 0.0),
        ("Width", 0.0),
        ("Velocity", 0.0),
        ("Formant Follow", 0.0),
    ];
    still
        .map(|(name, value)| Event::parameter(name, value).at(0))
        .to_vec()
}

/// Both channels.
#[must_use]
pub fn sides(played: Rendering) -> [Vec<f32>; 2] {
    [played.left, played.right]
}
