//! The keys that are down, in the order in which they went down.
//!
//! ```text
//!  key down ─► [oldest … newest] ─► who has the note next when the newest comes up
//! ```
//!
//! *Real time:* a fixed row.

use crate::event::{Note, Whom};

/// More keys than any player has fingers; the oldest is forgotten first.
const MOST: usize = 128;

/// Keys that are down.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    notes: [Note; MOST],
    count: usize,
}

impl Keys {
    /// None is down.
    pub(crate) fn new() -> Self {
        let note = Note {
            id: None,
            channel: 0,
            key: 0,
        };
        Self {
            notes: [note; MOST],
            count: 0,
        }
    }

    /// A key goes down.
    pub(crate) fn down(&mut self, note: Note) {
        if self.count == MOST {
            self.notes.rotate_left(1);
            self.count -= 1;
        }
        self.notes[self.count] = note;
        self.count += 1;
    }

    /// Keys come up.
    pub(crate) fn up(&mut self, whom: &Whom) {
        let mut kept = 0;
        for index in 0..self.count {
            let note = self.notes[index];
            if !note.answers_to(whom) {
                self.notes[kept] = note;
                kept += 1;
            }
        }
        self.count = kept;
    }

    /// The key that went down last of those that are still down.
    pub(crate) fn newest(&self) -> Option<Note> {
        self.count.checked_sub(1).map(|last| self.notes[last])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(key: u8) -> Note {
        Note {
            id: None,
            channel: 0,
            key,
        }
    }

    /// The newest key has the note; when it comes up the one before it does.
    #[test]
    fn the_newest_key_has_the_note() {
        let mut keys = Keys::new();
        [60, 64, 67]
            .into_iter()
            .for_each(|key| keys.down(note(key)));
        keys.up(&note(64).into());
        assert_eq!(keys.newest(), Some(note(67)));
        keys.up(&note(67).into());
        assert_eq!(keys.newest(), Some(note(60)));
        keys.up(&Whom::default());
        assert_eq!(keys.newest(), None);
    }

    /// A flood of keys forgets the oldest and never overflows.
    #[test]
    fn a_flood_forgets_the_oldest() {
        let mut keys = Keys::new();
        (0..1_000u32).for_each(|key| keys.down(note((key % 128) as u8)));
        assert_eq!(keys.newest(), Some(note((999 % 128) as u8)));
        assert_eq!(keys.count, MOST);
    }
}
