//! The models that can be played: those of the factory, embedded, and the player's own files.
//!
//! ```text
//!  Wanted (name, hash) ─► find ─┬─ factory, in the library itself ──┐
//!                               ├─ played by another instance ──────┤
//!                               ├─ embedded in the project ─────────┼─► Loaded: description, decoder
//!                               └─ the player's folder, by hash ────┘      ▲       (shared)
//!                                                        Slots: four wanted, what was found
//! ```
//!
//! A model is what its bytes are: projects name it by their hash. Weights are read once per process
//! and shared by all instances, never on the audio thread.

pub(crate) mod folder;
pub(crate) mod slots;
mod wanted;

use betwixt_engine::{Decoder, MAX_FRAME_VOICES, MAX_VOICES};
use betwixt_model::header::Output;
use betwixt_model::{ContentHash, Header, Model, ModelError, Point};
pub(crate) use slots::{Found, Slots};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};
pub(crate) use wanted::Wanted;

/// A model of the factory: what texts call it, its name in errors, its bytes.
struct Embedded {
    id: &'static str,
    file: &'static str,
    bytes: &'static [u8],
}

macro_rules! embedded {
    ($id:literal) => {
        Embedded {
            id: $id,
            file: concat!("models/", $id, "/weights.safetensors (embedded)"),
            bytes: include_bytes!(concat!("../../../models/", $id, "/weights.safetensors")),
        }
    };
}

/// The models of the factory; the first is the default. Their names are what presets are written
/// with.
const EMBEDDED: [Embedded; 5] = [
    // The default: a hundred recorded instruments, eight knobs.
    embedded!("instruments"),
    // Strings, reeds, flutes, brass, voices.
    embedded!("blown"),
    // Strings, bars and bells that ring on by themselves.
    embedded!("struck"),
    // Formulas: no recording of anything.
    embedded!("synth"),
    // The formulas as magnitude frames, for comparison.
    embedded!("notes"),
];

/// What can be shown of a model.
#[derive(Debug)]
pub(crate) struct Description {
    /// Names, ranges, defaults.
    pub(crate) header: Header,
    /// The training sounds among the latents.
    pub(crate) points: Vec<Point>,
    /// Its identity in saved projects.
    pub(crate) hash: ContentHash,
    /// Size of its file in bytes.
    pub(crate) size: usize,
}

/// A model that is ready to be played and shown.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// For the parameters and the editor.
    pub(crate) description: Arc<Description>,
    /// The weights as the audio thread wants them.
    pub(crate) decoder: Arc<Decoder>,
    /// Its file, for projects that carry it along.
    pub(crate) bytes: Cow<'static, [u8]>,
}

/// Notes that any instance can play at once, at most, as hosts count them.
pub(crate) const MOST_VOICES: u32 = 64;
const _: () = assert!(MOST_VOICES as usize == MAX_VOICES);
/// Of a model of frames.
const FRAME_VOICES: u32 = 16;
const _: () = assert!(FRAME_VOICES as usize == MAX_FRAME_VOICES);

impl Description {
    /// How many notes it can play at once.
    pub(crate) fn voices(&self) -> u32 {
        if self.is_partials() {
            MOST_VOICES
        } else {
            FRAME_VOICES
        }
    }

    /// Whether the model draws partials: then it reads what can be asked of partials.
    pub(crate) fn is_partials(&self) -> bool {
        matches!(self.header.output, Output::Partials(_))
    }

    /// As texts name exactly this model.
    pub(crate) fn wanted(&self) -> Wanted {
        let (name, hash) = (self.header.name.clone(), Some(self.hash.to_string()));
        Wanted { name, hash }.shortened()
    }
}

impl Loaded {
    /// Reads a model from the bytes of its file; `file` is its name in errors.
    pub(crate) fn from_bytes(
        file: &str,
        bytes: impl Into<Cow<'static, [u8]>>,
    ) -> Result<Self, ModelError> {
        let bytes = bytes.into();
        let model = Model::from_bytes(file, &bytes)?;
        let decoder = Decoder::new(&model).map_err(|problem| problem.in_file(file))?;
        let description = Description {
            header: model.header,
            points: model.embedding,
            hash: ContentHash::of(&bytes),
            size: bytes.len(),
        };
        Ok(Self {
            description: Arc::new(description),
            decoder: Arc::new(decoder),
            bytes,
        })
    }

    /// As texts name exactly this model.
    pub(crate) fn wanted(&self) -> Wanted {
        self.description.wanted()
    }
}

/// The models of the factory, in their order.
///
/// # Panics
///
/// When the build embedded a file that is no model, which a test of this crate excludes.
pub(crate) fn factory() -> &'static [Arc<Loaded>] {
    static LOADED: LazyLock<Vec<Arc<Loaded>>> = LazyLock::new(|| {
        let load = |embedded: &Embedded| {
            let loaded = Loaded::from_bytes(embedded.file, embedded.bytes);
            Arc::new(loaded.unwrap_or_else(|error| panic!("{error}")))
        };
        EMBEDDED.iter().map(load).collect()
    });
    &LOADED
}

/// What texts call the models of the factory, in their order.
pub(crate) fn factory_ids() -> [&'static str; EMBEDDED.len()] {
    EMBEDDED.each_ref().map(|embedded| embedded.id)
}

/// The model with which new instances begin.
pub(crate) fn default_model() -> Wanted {
    Wanted::factory(EMBEDDED[0].id)
}

/// Models that any instance plays, by their hashes.
fn played() -> std::sync::MutexGuard<'static, BTreeMap<String, Weak<Loaded>>> {
    static PLAYED: Mutex<BTreeMap<String, Weak<Loaded>>> = Mutex::new(BTreeMap::new());
    PLAYED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Finds a model: in the factory, in another instance, in the project (`carried`, by hash), or in
/// the player's folder. Not for the audio thread.
///
/// # Errors
///
/// In words: where it was looked for, what was found there, what to do.
pub(crate) fn find(
    wanted: &Wanted,
    carried: &BTreeMap<String, Arc<[u8]>>,
) -> Result<Arc<Loaded>, String> {
    let Some(hash) = wanted.hash.as_deref() else {
        let place = EMBEDDED.iter().position(|own| own.id == wanted.name);
        return place
            .map(|place| Arc::clone(&factory()[place]))
            .ok_or_else(|| unknown(&wanted.name));
    };
    let is_it = |loaded: &&Arc<Loaded>| loaded.description.hash.to_string() == hash;
    if let Some(loaded) = factory().iter().find(is_it) {
        return Ok(Arc::clone(loaded));
    }
    if let Some(loaded) = played().get(hash).and_then(Weak::upgrade) {
        return Ok(loaded);
    }
    let loaded = Arc::new(match carried.get(hash) {
        Some(bytes) => from_project(wanted, hash, bytes)?,
        None => folder::find(wanted, hash)?,
    });
    let mut played = played();
    played.retain(|_, model| model.strong_count() > 0);
    played.insert(hash.to_owned(), Arc::downgrade(&loaded));
    Ok(loaded)
}

fn unknown(name: &str) -> String {
    let ids = factory_ids().join(", ");
    format!("There is no factory model \"{name}\"; expected one of {ids}, or a model with its hash")
}

/// A model that the project carries along.
fn from_project(wanted: &Wanted, hash: &str, bytes: &[u8]) -> Result<Loaded, String> {
    let name = &wanted.name;
    if ContentHash::of(bytes).to_string() != hash {
        return Err(format!(
            "{name}: the copy in the project is damaged; put the model's file into the folder of models"
        ));
    }
    let file = format!("{name} (in the project)");
    Loaded::from_bytes(&file, bytes.to_vec()).map_err(|error| error.to_string())
}

#[cfg(test)]
pub(crate) mod tests;
