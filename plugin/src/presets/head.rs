//! What a preset says of itself.
//!
//! ```text
//!  name, category, author, tags, comment ─► the window's list, search
//! ```

/// Longest name and author, in letters.
pub(super) const LONGEST_NAME: usize = 100;
/// Longest tag, in letters.
pub(super) const LONGEST_TAG: usize = 40;
/// Most tags.
pub(super) const MOST_TAGS: usize = 32;
/// Longest comment, in letters.
pub(super) const LONGEST_COMMENT: usize = 4_000;

/// What a preset says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// What it sounds like.
    pub(crate) name: String,
    /// Which shelf it stands on.
    pub(crate) category: Category,
    /// Who made it.
    pub(crate) author: String,
    /// Further words to find it by.
    pub(crate) tags: Vec<String>,
    /// How it is played.
    pub(crate) comment: String,
}

impl Head {
    /// A name alone.
    pub(crate) fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            category: Category::Other,
            author: String::new(),
            tags: Vec::new(),
            comment: String::new(),
        }
    }
}

/// The shelves, in the order in which they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Category {
    /// Pianos, electric pianos, clavichords.
    Keys,
    /// Pipes, drawbars, free reeds under keys.
    Organs,
    /// Guitars, harps, lutes.
    Plucked,
    /// Bars of wood and metal.
    Mallets,
    /// Bells, glasses, chimes.
    Bells,
    /// Bowed, alone or many.
    Strings,
    /// Flutes and reeds.
    Winds,
    /// Trumpets to tubas.
    Brass,
    /// Sung.
    Voices,
    /// Low and firm.
    Basses,
    /// One line on top.
    Leads,
    /// Long chords.
    Pads,
    /// Neither line nor chord.
    Textures,
    /// What moves with the beat.
    Rhythm,
    /// Everything else.
    Other,
}

impl Category {
    /// All of them.
    pub(crate) const ALL: [Self; 15] = [
        Self::Keys,
        Self::Organs,
        Self::Plucked,
        Self::Mallets,
        Self::Bells,
        Self::Strings,
        Self::Winds,
        Self::Brass,
        Self::Voices,
        Self::Basses,
        Self::Leads,
        Self::Pads,
        Self::Textures,
        Self::Rhythm,
        Self::Other,
    ];

    /// As it is written and shown.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Keys => "Keys",
            Self::Organs => "Organs",
            Self::Plucked => "Plucked",
            Self::Mallets => "Mallets",
            Self::Bells => "Bells",
            Self::Strings => "Strings",
            Self::Winds => "Winds",
            Self::Brass => "Brass",
            Self::Voices => "Voices",
            Self::Basses => "Basses",
            Self::Leads => "Leads",
            Self::Pads => "Pads",
            Self::Textures => "Textures",
            Self::Rhythm => "Rhythm",
            Self::Other => "Other",
        }
    }

    /// The one of a name.
    pub(crate) fn of(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|category| category.name() == name)
    }

    /// All names, for a message.
    pub(super) fn names() -> String {
        Self::ALL.map(Self::name).join(", ")
    }
}
