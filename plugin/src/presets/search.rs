//! Which presets match what the player is looking for.
//!
//! ```text
//!  words, category, author, favourites ─► places in the list, in its order ─► next, previous
//! ```

use super::{Category, Favourites, Item, List, Place};

/// What the player is looking for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Query {
    /// All of them must stand somewhere, whatever the case of their letters.
    pub(crate) words: String,
    /// On one shelf.
    pub(crate) category: Option<Category>,
    /// By one author.
    pub(crate) author: Option<String>,
    /// Marked ones alone.
    pub(crate) favourites: bool,
}

impl Query {
    /// The places in the list of those that match.
    pub(crate) fn find(&self, list: &List, favourites: &Favourites) -> Vec<usize> {
        let words = self.words.to_lowercase();
        let words: Vec<&str> = words.split_whitespace().collect();
        let matches = |item: &Item| {
            let head = &item.preset.head;
            self.category
                .is_none_or(|category| category == head.category)
                && self
                    .author
                    .as_ref()
                    .is_none_or(|author| *author == head.author)
                && (!self.favourites || favourites.has(&item.place))
                && has_all(item, &words)
        };
        let items = list.items.iter().enumerate();
        items
            .filter(|(_, item)| matches(item))
            .map(|(at, _)| at)
            .collect()
    }
}

fn has_all(item: &Item, words: &[&str]) -> bool {
    if words.is_empty() {
        return true;
    }
    let (head, models) = (&item.preset.head, item.preset.sound.models.words());
    let (tags, bank) = (head.tags.join("\n"), item.place.bank());
    let text = [
        head.name.as_str(),
        head.category.name(),
        &head.author,
        &tags,
        &head.comment,
        &models,
        &bank,
    ];
    let text = text.join("\n").to_lowercase();
    words.iter().all(|word| text.contains(word))
}

/// The one after or before some preset among those that were found, round and round.
pub(crate) fn beside(
    list: &List,
    found: &[usize],
    place: Option<&Place>,
    is_next: bool,
) -> Option<usize> {
    let is_here = |at: &usize| Some(&list.items[*at].place) == place;
    let here = found.iter().position(is_here);
    let count = found.len();
    let beside = match (here, is_next) {
        (Some(here), true) => (here + 1) % count,
        (Some(here), false) => (here + count - 1) % count,
        (None, true) => 0,
        (None, false) => count.checked_sub(1)?,
    };
    found.get(beside).copied()
}
