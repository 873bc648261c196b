//! One instance of the plugin, from its making to its end.
//!
//! ```text
//!  made ─► initialised ─► (connected) ─► set up ─► active ─► processing ─► … ─► terminated
//!  component, processor, controller: one object, or the controller an object of its own
//! ```

use super::buses::Arrangement;
use super::handlers::{Application, Handler};
use super::library::{Host, Module, bytes};
use super::parameters::Table;
use crate::audio::Channels;
use crate::error::HostError;
use crate::setup::Setup;
use ::vst3::Steinberg::Vst::{
    IAudioProcessor, IAudioProcessorTrait, IComponent, IComponentHandler, IComponentTrait,
    IConnectionPoint, IConnectionPointTrait, IEditController, IEditControllerTrait,
    IHostApplication, ProcessModes_::kOffline, ProcessModes_::kRealtime, ProcessSetup,
    ViewType::kEditor,
};
use ::vst3::Steinberg::{
    FIDString, FUnknown, IPlugView, IPlugViewTrait, IPluginBaseTrait, kPlatformTypeHIView,
    kPlatformTypeHWND, kPlatformTypeNSView, kPlatformTypeX11EmbedWindowID, kResultOk, tresult,
};
use ::vst3::{ComPtr, ComWrapper};
use std::sync::Arc;

/// An instance with one stereo output, active and processing unless it is told otherwise.
pub struct Instance {
    pub(super) component: ComPtr<IComponent>,
    pub(super) processor: ComPtr<IAudioProcessor>,
    pub(super) controller: ComPtr<IEditController>,
    pub(super) table: Table,
    pub(super) channels: Channels,
    /// The controller is an object of its own.
    is_parted: bool,
    /// The two sides, where they talk to each other.
    sides: Option<[ComPtr<IConnectionPoint>; 2]>,
    application: ComWrapper<Application>,
    /// The plugin may speak to it for as long as it lives.
    _handler: ComWrapper<Handler>,
    setup: Setup,
    is_active: bool,
    /// Last, so that the library goes after everything that lives in it.
    _module: Arc<Module>,
}

pub(super) fn refused(attempt: &'static str, said: tresult) -> HostError {
    HostError::Refused {
        attempt,
        reason: format!("it answered {said}"),
        log: Vec::new(),
    }
}

fn accepted(attempt: &'static str, said: tresult) -> Result<(), HostError> {
    if said == kResultOk {
        Ok(())
    } else {
        Err(refused(attempt, said))
    }
}

/// The host as a pointer that a plugin may keep.
fn context(application: &ComWrapper<Application>) -> *mut FUnknown {
    let host = application.as_com_ref::<IHostApplication>();
    host.map_or(std::ptr::null_mut(), |host| host.as_ptr().cast())
}

/// The side that players see: another face of the component, or an object of its own.
fn controller(
    host: &Host,
    component: &ComPtr<IComponent>,
    context: *mut FUnknown,
) -> Result<(ComPtr<IEditController>, bool), HostError> {
    if let Some(same) = component.cast::<IEditController>() {
        return Ok((same, false));
    }
    let mut class = [0; 16];
    accepted(
        "name its controller",
        ask!(component.getControllerClassId(&mut class)),
    )?;
    let made = host.make::<IEditController>(&bytes(&class));
    let made = made.ok_or_else(|| refused("make its controller", -1))?;
    accepted("begin its controller", ask!(made.initialize(context)))?;
    Ok((made, true))
}

impl Instance {
    pub(super) fn new(host: &Host, class: &[u8; 16], setup: Setup) -> Result<Self, HostError> {
        let component = host.make::<IComponent>(class);
        let component = component.ok_or_else(|| refused("be made", -1))?;
        let application = ComWrapper::new(Application);
        let told = context(&application);
        accepted("begin", ask!(component.initialize(told)))?;
        let processor = component.cast::<IAudioProcessor>();
        let processor = processor.ok_or_else(|| refused("show its audio side", -1))?;
        let (controller, is_parted) = controller(host, &component, told)?;
        let handler = ComWrapper::new(Handler);
        let listener = handler.as_com_ref::<IComponentHandler>();
        let listener = listener.map_or(std::ptr::null_mut(), |listener| listener.as_ptr());
        accepted(
            "hear of its handler",
            ask!(controller.setComponentHandler(listener)),
        )?;
        let points = [component.cast(), controller.cast()];
        let sides = match points {
            [Some(one), Some(other)] if is_parted => Some([one, other]),
            _ => None,
        };
        let mut instance = Self {
            table: Table::read(&controller),
            component,
            processor,
            controller,
            channels: Channels::Stereo,
            is_parted,
            sides,
            application,
            _handler: handler,
            setup,
            is_active: false,
            _module: host.module(),
        };
        instance.connect()?;
        instance.activate(setup)?;
        Ok(instance)
    }

    fn connect(&self) -> Result<(), HostError> {
        let Some([one, other]) = &self.sides else {
            return Ok(());
        };
        accepted("be connected", ask!(one.connect(other.as_ptr())))?;
        accepted("be connected", ask!(other.connect(one.as_ptr())))
    }

    /// How the instance is set up now.
    #[must_use]
    pub fn setup(&self) -> Setup {
        self.setup
    }

    /// Sets the plugin up anew and has it process, as a host does when its settings change.
    ///
    /// # Errors
    ///
    /// [`HostError::Refused`]; the instance can be activated again afterwards, not played.
    pub fn activate(&mut self, setup: Setup) -> Result<(), HostError> {
        self.prepare(setup, false)?;
        self.resume()
    }

    /// The same, for a bounce if `is_offline`.
    ///
    /// # Errors
    ///
    /// As [`Instance::activate`].
    pub fn set_offline(&mut self, is_offline: bool) -> Result<(), HostError> {
        self.prepare(self.setup, is_offline)?;
        self.resume()
    }

    fn prepare(&mut self, setup: Setup, is_offline: bool) -> Result<(), HostError> {
        self.suspend()?;
        let mode = if is_offline { kOffline } else { kRealtime };
        let mut wanted = ProcessSetup {
            processMode: i32::try_from(mode).unwrap_or(0),
            symbolicSampleSize: 0,
            maxSamplesPerBlock: i32::try_from(setup.longest_block).unwrap_or(i32::MAX),
            sampleRate: setup.rate_hz,
        };
        self.setup = setup;
        accepted(
            "be set up",
            ask!(self.processor.setupProcessing(&mut wanted)),
        )
    }

    /// Has the plugin fill one channel or two from now on; activates it anew.
    ///
    /// # Errors
    ///
    /// [`HostError::Refused`] when it cannot, or cannot be activated again.
    pub fn use_channels(&mut self, channels: Channels) -> Result<(), HostError> {
        self.suspend()?;
        let speakers = match channels {
            Channels::Stereo => Arrangement::Stereo,
            Channels::Mono => Arrangement::Mono,
        };
        if !self.arrange(&[], &[speakers]) {
            return Err(refused("change its channels", 1));
        }
        self.channels = channels;
        self.activate(self.setup)
    }

    /// Active and processing again.
    ///
    /// # Errors
    ///
    /// [`HostError::Refused`].
    pub fn resume(&mut self) -> Result<(), HostError> {
        if !self.is_active {
            accepted("be activated", ask!(self.component.setActive(1)))?;
            self.is_active = true;
            // The format lets a plugin leave this unanswered.
            let _said = ask!(self.processor.setProcessing(1));
        }
        Ok(())
    }

    /// Neither active nor processing.
    ///
    /// # Errors
    ///
    /// [`HostError::Refused`].
    pub fn suspend(&mut self) -> Result<(), HostError> {
        if std::mem::take(&mut self.is_active) {
            let _said = ask!(self.processor.setProcessing(0));
            accepted("be deactivated", ask!(self.component.setActive(0)))?;
        }
        Ok(())
    }

    /// Ends the component and begins it anew, as a host may between two songs.
    ///
    /// # Errors
    ///
    /// [`HostError::Refused`].
    pub fn begin_again(&mut self) -> Result<(), HostError> {
        self.suspend()?;
        accepted("end", ask!(self.component.terminate()))?;
        let told = context(&self.application);
        accepted("begin again", ask!(self.component.initialize(told)))?;
        self.activate(self.setup)
    }

    /// The latency that the plugin reports, samples.
    #[must_use]
    pub fn latency_samples(&self) -> u32 {
        ask!(self.processor.getLatencySamples())
    }

    /// How long the plugin says it will sound on, samples; `None` when without end.
    #[must_use]
    pub fn tail_samples(&self) -> Option<u32> {
        let samples = ask!(self.processor.getTailSamples());
        (samples != u32::MAX).then_some(samples)
    }

    /// Whether the plugin has a window, and would place it in one of this system's.
    #[must_use]
    pub fn has_window(&self) -> bool {
        let system: FIDString = if cfg!(target_os = "windows") {
            kPlatformTypeHWND
        } else if cfg!(target_os = "macos") {
            kPlatformTypeNSView
        } else {
            kPlatformTypeX11EmbedWindowID
        };
        let made = ask!(self.controller.createView(kEditor));
        // SAFETY: the controller hands over one count, or nothing.
        let view = unsafe { ComPtr::<IPlugView>::from_raw(made) };
        view.is_some_and(|view| {
            let fits = ask!(view.isPlatformTypeSupported(system)) == kResultOk;
            fits && ask!(view.isPlatformTypeSupported(kPlatformTypeHIView)) != kResultOk
        })
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // There is nobody left to tell of a refusal.
        let _suspended = self.suspend();
        if let Some([one, other]) = &self.sides {
            let _parted = ask!(one.disconnect(other.as_ptr()));
            let _parted = ask!(other.disconnect(one.as_ptr()));
        }
        let _forgotten = ask!(self.controller.setComponentHandler(std::ptr::null_mut()));
        if self.is_parted {
            let _ended = ask!(self.controller.terminate());
        }
        let _ended = ask!(self.component.terminate());
    }
}
