//! A loaded library, and the classes that its factory offers.

use super::instance::Instance;
use super::words::narrow;
use crate::build::built;
use crate::error::HostError;
use crate::setup::Setup;
use ::vst3::Steinberg::{
    IPluginFactory, IPluginFactory2, IPluginFactory2Trait, IPluginFactoryTrait, PClassInfo,
    PClassInfo_::ClassCardinality_::kManyInstances, PClassInfo2, TUID, kResultOk,
};
use ::vst3::{ComPtr, Interface};
use libloading::Library;
use std::ffi::c_void;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The category of what makes or changes sound.
const SOUND: &str = "Audio Module Class";
/// What a module is asked when it is loaded, and before it goes.
#[cfg(target_os = "windows")]
const DOORS: [&[u8]; 2] = [b"InitDll", b"ExitDll"];
#[cfg(target_os = "macos")]
const DOORS: [&[u8]; 2] = [b"bundleEntry", b"bundleExit"];
#[cfg(not(any(target_os = "windows", target_os = "macos")))]
const DOORS: [&[u8]; 2] = [b"ModuleEntry", b"ModuleExit"];

/// What the library says of one of its classes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    /// The number by which projects remember it.
    pub id: [u8; 16],
    /// Its name.
    pub name: String,
    /// What kind of thing it is.
    pub category: String,
    /// Where hosts list it, between `|`.
    pub subcategories: String,
    /// Who made it.
    pub vendor: String,
    /// Its version.
    pub version: String,
    /// The version of the format that it was made for.
    pub format: String,
    /// Whether there may be several.
    pub may_be_many: bool,
}

/// The module, entered; left when its last instance is gone.
pub(super) struct Module {
    library: Library,
}

impl Module {
    fn enter(path: &Path) -> Result<Self, String> {
        // SAFETY: as for the CLAP: the library was built from this workspace or named by a person.
        let library = unsafe { Library::new(path) }.map_err(|e| e.to_string())?;
        let module = Self { library };
        if module.pass(0)? {
            Ok(module)
        } else {
            Err("it does not want to be entered".into())
        }
    }

    /// Goes through one of the doors.
    fn pass(&self, door: usize) -> Result<bool, String> {
        type Door = unsafe extern "system" fn(*mut c_void) -> bool;
        // SAFETY: the format gives these names to functions of this form; where one takes nothing, it
        // does not look for what it is given. The framework does not look at the handle.
        unsafe {
            let function = self.library.get::<Door>(DOORS[door]);
            let function = function.map_err(|e| e.to_string())?;
            Ok(function(std::ptr::null_mut()))
        }
    }

    fn factory(&self) -> Result<ComPtr<IPluginFactory>, String> {
        type Make = unsafe extern "system" fn() -> *mut IPluginFactory;
        // SAFETY: the format gives this name to a function of this form, which hands over one count.
        let factory = unsafe {
            let make = self.library.get::<Make>(b"GetPluginFactory");
            let make = make.map_err(|e| e.to_string())?;
            ComPtr::from_raw(make())
        };
        factory.ok_or_else(|| "it has no factory".into())
    }
}

impl Drop for Module {
    fn drop(&mut self) {
        // Nobody is left who could be told.
        let _left = self.pass(1);
    }
}

/// A library that is loaded as a VST3; it stays so while one of its instances lives.
pub struct Host {
    factory: ComPtr<IPluginFactory>,
    path: PathBuf,
    module: Arc<Module>,
}

impl Host {
    /// Loads a library.
    ///
    /// # Errors
    ///
    /// [`HostError::Library`] when the file is missing or is no VST3.
    pub fn load(path: &Path) -> Result<Self, HostError> {
        let refused = |reason| HostError::Library {
            path: path.to_path_buf(),
            reason,
        };
        let module = Module::enter(path).map_err(refused)?;
        Ok(Self {
            factory: module.factory().map_err(refused)?,
            path: path.to_path_buf(),
            module: Arc::new(module),
        })
    }

    /// Builds the instrument (once per process) and loads it.
    ///
    /// # Errors
    ///
    /// [`HostError::Build`] or [`HostError::Library`].
    pub fn built() -> Result<Self, HostError> {
        Self::load(&built()?)
    }

    /// What the factory offers, in its order.
    #[must_use]
    pub fn classes(&self) -> Vec<Class> {
        let count = ask!(self.factory.countClasses());
        (0..count).filter_map(|index| self.class(index)).collect()
    }

    fn class(&self, index: i32) -> Option<Class> {
        // SAFETY: plain numbers and arrays of them, for which zeros are values.
        let (mut old, mut new): (PClassInfo, PClassInfo2) = unsafe { std::mem::zeroed() };
        let factory = self.factory.cast::<IPluginFactory2>()?;
        let told = ask!(factory.getClassInfo(index, &mut old)) == kResultOk
            && ask!(factory.getClassInfo2(index, &mut new)) == kResultOk
            && old.cid == new.cid;
        told.then(|| Class {
            id: bytes(&new.cid),
            name: narrow(&new.name),
            category: narrow(&new.category),
            subcategories: narrow(&new.subCategories),
            vendor: narrow(&new.vendor),
            version: narrow(&new.version),
            format: narrow(&new.sdkVersion),
            may_be_many: new.cardinality == i32::try_from(kManyInstances).unwrap_or(i32::MAX),
        })
    }

    /// A new instance of the first class that makes sound, ready to play. The calling thread becomes
    /// its main thread.
    ///
    /// # Errors
    ///
    /// [`HostError::Plugin`] when there is no such class, [`HostError::Refused`] when it cannot be
    /// made or does not accept the setup.
    pub fn instance(&self, setup: Setup) -> Result<Instance, HostError> {
        let classes = self.classes();
        let sound = classes.iter().find(|class| class.category == SOUND);
        let class = sound.ok_or_else(|| HostError::Plugin {
            path: self.path.clone(),
            expected: SOUND.into(),
            found: classes.iter().map(|class| class.name.clone()).collect(),
        })?;
        Instance::new(self, &class.id, setup)
    }

    /// An object of a class, by one of its interfaces.
    pub(super) fn make<I: Interface>(&self, class: &[u8; 16]) -> Option<ComPtr<I>> {
        let mut made = std::ptr::null_mut();
        let (class, interface) = (class.as_ptr().cast(), I::IID.as_ptr().cast());
        let result = ask!(self.factory.createInstance(class, interface, &mut made));
        if result != kResultOk {
            return None;
        }
        // SAFETY: the factory has handed over one count of that interface.
        unsafe { ComPtr::from_raw(made.cast::<I>()) }
    }

    pub(super) fn module(&self) -> Arc<Module> {
        Arc::clone(&self.module)
    }
}

/// A class's number as bytes.
pub(super) fn bytes(id: &TUID) -> [u8; 16] {
    id.map(|byte| byte.to_ne_bytes()[0])
}
