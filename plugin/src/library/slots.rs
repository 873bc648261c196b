//! The four slots of an instance: which models are wanted, and what was found.
//!
//! ```text
//!  window, saved project ─► wanted ×4, version ─► worker: find ─► found ×4 ─► window, words of knobs
//!  project's own copies ──► carried (by hash) ──────┘    └─► timbre ─► audio thread (shell)
//! ```
//!
//! Whoever changes what is wanted wakes the worker. Saved are the models by name and hash as they
//! are wanted, found or not: a model that is missing today is asked for again tomorrow.
//!
//! A project that is opened must not be heard with the models of the one before: until the worker has
//! seen to what it wants, [`Slots::is_awaited`], and no note begins.
//!
//! Not for the audio thread, but for [`Slots::latents`], [`Slots::voices`] and
//! [`Slots::is_awaited`].

use super::{Description, Loaded, MOST_VOICES, Wanted, default_model};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use betwixt_engine::MODELS;
use nice_plug::params::persist::PersistentField;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::Thread;

/// The names of the slots.
pub(crate) const NAMES: [&str; MODELS] = ["A", "B", "C", "D"];

/// What was found for a slot.
#[derive(Clone, Debug)]
pub(crate) enum Found {
    /// Nothing is wanted.
    Empty,
    /// It is being looked for.
    Sought,
    /// The model.
    Here(Arc<Loaded>),
    /// It is not there, for the reason in words: silence.
    Missing(String),
}

/// The four slots of an instance. Clones share them.
#[derive(Clone, Debug)]
pub(crate) struct Slots(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// Counts the changes of what is wanted.
    version: AtomicU32,
    /// The version that the last project brought, and the one that has been seen to.
    opened: AtomicU32,
    delivered: AtomicU32,
    /// Knobs that the largest of the models has.
    latents: AtomicUsize,
    /// Notes that all of the models can play at once.
    voices: AtomicU32,
    worker: Mutex<Option<Thread>>,
}

#[derive(Debug)]
struct State {
    wanted: [Option<Wanted>; MODELS],
    found: [Found; MODELS],
    /// Slots of a later version that has more of them: kept, not heard.
    later: Vec<Option<Saved>>,
    /// Whether projects carry the models along.
    carries: bool,
    /// Files that the project brought along, by hash.
    carried: BTreeMap<String, Arc<[u8]>>,
}

/// No later version has more slots than so many beside ours.
const MOST_LATER: usize = 64;

/// A slot as projects have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Saved {
    #[serde(flatten)]
    wanted: Wanted,
    /// Said to whoever reads the project; not read back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    /// What a later version says of it.
    #[serde(flatten)]
    others: serde_json::Map<String, serde_json::Value>,
}

/// Models in a project, by hash, as base 64.
pub(crate) type Copies = BTreeMap<String, String>;

impl Found {
    /// What can be shown of it.
    pub(crate) fn description(&self) -> Option<&Arc<Description>> {
        match self {
            Self::Here(loaded) => Some(&loaded.description),
            _ => None,
        }
    }
}

impl Slots {
    /// One model is wanted, in the first slot.
    pub(crate) fn new(first: Wanted) -> Self {
        Self(Arc::new(Shared {
            state: Mutex::new(State {
                wanted: [Some(first), None, None, None],
                found: [Found::Sought, Found::Empty, Found::Empty, Found::Empty],
                later: Vec::new(),
                carries: false,
                carried: BTreeMap::new(),
            }),
            version: AtomicU32::new(0),
            opened: AtomicU32::new(0),
            delivered: AtomicU32::new(0),
            latents: AtomicUsize::new(0),
            voices: AtomicU32::new(MOST_VOICES),
            worker: Mutex::new(None),
        }))
    }

    /// Counts the changes of what is wanted.
    pub(crate) fn version(&self) -> u32 {
        self.0.version.load(Ordering::Acquire)
    }

    /// What is wanted.
    pub(crate) fn wanted(&self) -> [Option<Wanted>; MODELS] {
        self.lock().wanted.clone()
    }

    /// Another model is wanted in a slot, or none; the first one always has one.
    pub(crate) fn choose(&self, slot: usize, wanted: Option<Wanted>) {
        let mut all = self.wanted();
        all[slot] = wanted;
        self.choose_all(all);
    }

    /// Other models are wanted; whether they are others.
    pub(crate) fn choose_all(&self, mut wanted: [Option<Wanted>; MODELS]) -> bool {
        wanted[0].get_or_insert_with(default_model);
        let mut state = self.lock();
        let mut is_other = false;
        for (slot, new) in wanted.into_iter().enumerate() {
            if !state.has(slot, new.as_ref()) {
                is_other = true;
                state.found[slot] = new.as_ref().map_or(Found::Empty, |_| Found::Sought);
                state.wanted[slot] = new;
            }
        }
        drop(state);
        self.stir();
        is_other
    }

    /// Whether a project has been opened whose models have not been seen to yet. Real-time.
    pub(crate) fn is_awaited(&self) -> bool {
        let opened = self.0.opened.load(Ordering::Acquire);
        let delivered = self.0.delivered.load(Ordering::Acquire);
        // Versions count up, and around.
        opened.wrapping_sub(delivered).cast_signed() > 0
    }

    /// The number of the project that was opened last, if its models were others. Real-time.
    pub(crate) fn opened(&self) -> u32 {
        self.0.opened.load(Ordering::Acquire)
    }

    /// What was wanted in this version is on its way to the audio thread.
    pub(crate) fn deliver(&self, version: u32) {
        self.0.delivered.store(version, Ordering::Release);
    }

    /// Whoever is told to work when something is wanted.
    pub(crate) fn employ(&self, worker: Thread) {
        let mut own = self.0.worker.lock().unwrap_or_else(PoisonError::into_inner);
        *own = Some(worker);
    }

    /// Models are to be looked for again.
    pub(crate) fn stir(&self) {
        self.0.version.fetch_add(1, Ordering::AcqRel);
        let worker = self.0.worker.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(worker) = &*worker {
            worker.unpark();
        }
    }

    /// The files that the project brought along.
    pub(crate) fn carried(&self) -> BTreeMap<String, Arc<[u8]>> {
        self.lock().carried.clone()
    }

    /// Whether projects carry the models along, and how many characters that takes.
    pub(crate) fn carries(&self) -> (bool, usize) {
        let state = self.lock();
        let sizes = state
            .loaded()
            .map(|model| model.bytes.len().div_ceil(3) * 4);
        (state.carries, sizes.sum())
    }

    /// From now on projects carry the models along, or do not.
    pub(crate) fn set_carries(&self, carries: bool) {
        self.lock().carries = carries;
    }

    /// What was found for what was wanted of a slot, unless something else is wanted by now.
    pub(crate) fn tell(&self, slot: usize, wanted: Option<&Wanted>, found: Found) {
        let mut state = self.lock();
        if state.wanted[slot].as_ref() == wanted {
            state.found[slot] = found;
        }
        let most = state
            .loaded()
            .map(|model| model.description.header.latents.len());
        let most = most.max().unwrap_or(0);
        self.0.latents.store(most, Ordering::Relaxed);
        let voices = state.loaded().map(|model| model.description.voices());
        let voices = voices.fold(MOST_VOICES, u32::min);
        self.0.voices.store(voices, Ordering::Relaxed);
    }

    /// What was found.
    pub(crate) fn found(&self) -> [Found; MODELS] {
        self.lock().found.clone()
    }

    /// How many knobs the largest of the models has.
    pub(crate) fn latents(&self) -> usize {
        self.0.latents.load(Ordering::Relaxed)
    }

    /// How many notes all of the models can play at once. Real-time.
    pub(crate) fn voices(&self) -> u32 {
        self.0.voices.load(Ordering::Relaxed)
    }

    /// The slot that is heard at a place between the slots: one that is empty leaves it to the one
    /// before.
    pub(crate) fn heard(&self, slot: usize) -> usize {
        let state = self.lock();
        let filled = (0..=slot.min(MODELS - 1)).rev();
        let mut filled = filled.filter(|slot| state.wanted[*slot].is_some());
        filled.next().unwrap_or(0)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whether a slot has what is wanted, by whatever name.
    fn has(&self, slot: usize, wanted: Option<&Wanted>) -> bool {
        if self.wanted[slot].as_ref() == wanted {
            return true;
        }
        let hash = wanted.and_then(|wanted| wanted.hash.as_deref());
        match (&self.found[slot], hash) {
            (Found::Here(own), Some(hash)) => own.description.hash.to_string() == hash,
            _ => false,
        }
    }

    fn loaded(&self) -> impl Iterator<Item = &Arc<Loaded>> {
        self.found.iter().filter_map(|found| match found {
            Found::Here(loaded) => Some(loaded),
            _ => None,
        })
    }

    fn saved(&self) -> Vec<Option<Saved>> {
        let slots = self.wanted.iter().zip(&self.found);
        let saved = |(wanted, found): (&Option<Wanted>, &Found)| {
            let wanted = wanted.clone()?;
            Some(match found {
                Found::Here(loaded) => Saved {
                    wanted: loaded.wanted(),
                    problem: None,
                    others: Default::default(),
                },
                Found::Missing(problem) => Saved {
                    wanted,
                    problem: Some(problem.clone()),
                    others: Default::default(),
                },
                Found::Empty | Found::Sought => Saved {
                    wanted,
                    problem: None,
                    others: Default::default(),
                },
            })
        };
        slots.map(saved).chain(self.later.iter().cloned()).collect()
    }

    fn copies(&self) -> Option<Copies> {
        if !self.carries {
            return None;
        }
        let mut copies = Copies::new();
        for (hash, bytes) in self.carried_and_wanted() {
            copies.insert(hash, STANDARD.encode(bytes));
        }
        for model in self.loaded() {
            let hash = model.description.hash.to_string();
            copies.insert(hash, STANDARD.encode(&model.bytes));
        }
        Some(copies)
    }

    /// Copies of models that are wanted, played or not: they are the only ones that there may be.
    fn carried_and_wanted(&self) -> impl Iterator<Item = (String, &Arc<[u8]>)> {
        let hashes = self.wanted.iter().flatten().filter_map(|w| w.hash.clone());
        hashes.filter_map(|hash| {
            let bytes = self.carried.get(&hash)?;
            Some((hash, bytes))
        })
    }
}

/// The slots in a project.
impl PersistentField<'_, Vec<Option<Saved>>> for Slots {
    fn set(&self, saved: Vec<Option<Saved>>) {
        let mut saved = saved.into_iter();
        let wanted = std::array::from_fn(|_| {
            let slot = saved.next().flatten();
            let wanted = slot.map(|slot| slot.wanted.shortened());
            wanted.filter(Wanted::is_sound)
        });
        self.lock().later = saved.take(MOST_LATER).collect();
        if self.choose_all(wanted) {
            self.0.opened.store(self.version(), Ordering::Release);
        }
    }

    fn map<F: Fn(&Vec<Option<Saved>>) -> R, R>(&self, read: F) -> R {
        let saved = self.lock().saved();
        read(&saved)
    }
}

/// The models that a project carries along; none where it does not.
#[derive(Clone, Debug)]
pub(crate) struct Carried(pub(crate) Slots);

impl PersistentField<'_, Option<Copies>> for Carried {
    fn set(&self, copies: Option<Copies>) {
        let mut state = self.0.lock();
        state.carries = copies.is_some();
        let decode = |(hash, text): (String, String)| {
            // What is no base 64 is kept out: the model is then looked for elsewhere.
            Some((hash, STANDARD.decode(text).ok()?.into()))
        };
        let copies = copies.unwrap_or_default().into_iter();
        state.carried = copies.filter_map(decode).collect();
        drop(state);
        self.0.stir();
    }

    fn map<F: Fn(&Option<Copies>) -> R, R>(&self, read: F) -> R {
        let copies = self.0.lock().copies();
        read(&copies)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::tiny;
    use super::*;

    fn saved(slots: &Slots) -> String {
        slots.map(|saved| serde_json::to_string(saved).unwrap())
    }

    fn tell(slots: &Slots, slot: usize, found: Found) {
        let wanted = slots.wanted()[slot].clone();
        slots.tell(slot, wanted.as_ref(), found);
    }

    fn load(slots: &Slots, text: &str) {
        slots.set(serde_json::from_str(text).unwrap());
    }

    /// A slot is saved by name and hash once its model is there, as it came while it is not, with
    /// the reason; an empty one stays empty and the first always has a model.
    #[test]
    fn slots_are_saved_as_they_are_wanted() {
        let slots = Slots::new(Wanted::factory("struck"));
        assert_eq!(saved(&slots), r#"[{"name":"struck"},null,null,null]"#);
        let model = Arc::new(tiny(2));
        tell(&slots, 0, Found::Here(Arc::clone(&model)));
        let hash = model.description.hash.to_string();
        let expected = format!(r#"[{{"name":"Tiny","hash":"{hash}"}},null,null,null]"#);
        assert_eq!(saved(&slots), expected);
        assert_eq!((slots.latents(), slots.version()), (2, 0));
        load(
            &slots,
            r#"[{"name":"x","hash":"abc"},null,{"name":"synth"}]"#,
        );
        tell(&slots, 0, Found::Missing("gone".into()));
        let expected = concat!(
            r#"[{"name":"x","hash":"abc","problem":"gone"},null,"#,
            r#"{"name":"synth"},null]"#
        );
        assert_eq!((saved(&slots).as_str(), slots.version()), (expected, 1));
        assert_eq!(slots.latents(), 0);
        load(&slots, &saved(&slots));
        let wanted = slots.wanted()[0].clone().unwrap();
        assert_eq!(
            (wanted.name.as_str(), wanted.hash.as_deref()),
            ("x", Some("abc"))
        );
        // What a later version has in a fifth slot is not heard, and not lost.
        let five = r#"[{"name":"struck"},null,null,null,{"name":"fifth","gain":0.5}]"#;
        load(&slots, five);
        assert_eq!(saved(&slots), five);
        load(&slots, "[null]");
        assert_eq!(
            saved(&slots).matches("null").count(),
            3,
            "and goes with its project"
        );
        assert_eq!(slots.wanted()[0], Some(default_model()));
        load(&slots, r#"[{"hash":""}]"#);
        assert_eq!(slots.wanted()[0], Some(default_model()));
    }

    /// Copies are there only if the player wants them, and come back as they were; one of a model
    /// that is not found is not lost.
    #[test]
    fn projects_carry_models_along() {
        let slots = Slots::new(Wanted::factory("instruments"));
        let carried = Carried(slots.clone());
        let text = || carried.map(|copies| serde_json::to_string(copies).unwrap());
        let model = Arc::new(tiny(1));
        slots.choose(1, Some(model.wanted()));
        tell(&slots, 1, Found::Here(Arc::clone(&model)));
        assert_eq!(text(), "null");
        slots.set_carries(true);
        assert_eq!(slots.carries(), (true, text().len() - 64 - 7));
        let other = Slots::new(model.wanted());
        let back = Carried(other.clone());
        back.set(serde_json::from_str(&text()).unwrap());
        let hash = model.description.hash.to_string();
        assert_eq!(*other.carried()[&hash], *model.bytes);
        assert_eq!(
            back.map(|copies| serde_json::to_string(copies).unwrap()),
            text()
        );
        back.set(Some(Copies::from([(hash, "*".into())])));
        assert!(other.carried().is_empty());
        back.set(None);
        assert!(!other.carries().0);
    }

    /// A project that wants other models is awaited until they have been seen to; one that wants what
    /// is there already, by whatever name, is not, nor is what the player chooses.
    #[test]
    fn other_projects_are_awaited() {
        let slots = Slots::new(Wanted::factory("instruments"));
        let model = Arc::new(tiny(1));
        slots.choose(0, Some(model.wanted()));
        tell(&slots, 0, Found::Here(Arc::clone(&model)));
        assert!(!slots.is_awaited());
        let hash = model.description.hash;
        load(
            &slots,
            &format!(r#"[{{"name":"other","hash":"{hash}"}},null,null,null]"#),
        );
        assert!(!slots.is_awaited(), "the same content");
        load(&slots, r#"[{"name":"struck"}]"#);
        assert!(slots.is_awaited());
        slots.deliver(slots.version() - 1);
        assert!(slots.is_awaited());
        slots.deliver(slots.version());
        assert!(!slots.is_awaited());
    }

    /// An empty slot leaves its place to the one before it.
    #[test]
    fn empty_slots_leave_it_to_the_one_before() {
        let slots = Slots::new(Wanted::factory("a"));
        slots.choose(2, Some(Wanted::factory("c")));
        assert_eq!([0, 1, 2, 3].map(|slot| slots.heard(slot)), [0, 0, 2, 2]);
    }
}
