//! The inner loops of the panel-major network, compiled once for each instruction set.
//!
//! ```text
//!  panel: for each input 64 consecutive weights     sums [64] += weights [64] · input
//! ```
//!
//! One safe, always-inlined body each; the clones differ only in the instructions that the compiler
//! may use. No sums across a register, no gathers: the loop runs at the speed at which the weights
//! arrive. The order of additions is the same in every body, so one vector at a time and four at a
//! time give the same bits.
//!
//! *Real time:* pure arithmetic on the caller's slices.

#![allow(
    unsafe_code,
    reason = "calling a clone compiled for instructions found at run time"
)]

/// Output rows of one panel.
pub(super) const PANEL: usize = 64;
/// Vectors that go through the weights together.
pub(super) const BATCH: usize = 4;
/// Rows whose sums for a whole batch fit the registers.
const ROWS: usize = 16;

/// The weights of one input in one panel, on a cache-line boundary.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(super) struct Row<W>(pub(super) [W; PANEL]);

/// The upper half of a 32-bit float: half the memory to stream, no special instruction to read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bf16(u16);

impl Bf16 {
    /// Drops the lower half of a weight: nothing, where it came from bf16.
    pub(super) fn upper_half(weight: f32) -> Self {
        Self((weight.to_bits() >> 16) as u16)
    }
}

/// A weight as it lies in memory.
pub(crate) trait Weight: Copy {
    /// Its value.
    fn value(self) -> f32;
}

impl Weight for f32 {
    #[inline(always)]
    fn value(self) -> f32 {
        self
    }
}

impl Weight for Bf16 {
    #[inline(always)]
    fn value(self) -> f32 {
        f32::from_bits(u32::from(self.0) << 16)
    }
}

type One<W> = unsafe fn(&[Row<W>], &[f32], &mut [f32; PANEL]);
type Four<W> = unsafe fn(&[Row<W>], [&[f32]; BATCH], &mut [[f32; PANEL]; BATCH]);

/// The inner loops for the instructions of this machine and one type of weight.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kernel<W> {
    one: One<W>,
    four: Four<W>,
}

impl<W: Weight> Kernel<W> {
    /// Looks at the machine once; never on the audio thread.
    #[cfg(target_arch = "x86_64")]
    pub(super) fn detect() -> Self {
        if is_x86_feature_detected!("avx512f") {
            return Self {
                one: one_avx512,
                four: four_avx512,
            };
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            return Self {
                one: one_avx2,
                four: four_avx2,
            };
        }
        Self::baseline()
    }

    /// NEON is part of the baseline here, but fused multiply-add must be asked for.
    #[cfg(target_arch = "aarch64")]
    pub(super) fn detect() -> Self {
        Self {
            one: one_neon,
            four: four_neon,
        }
    }

    /// Nothing is known of this machine.
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    pub(super) fn detect() -> Self {
        Self::baseline()
    }

    /// The loops that run anywhere.
    #[cfg_attr(
        target_arch = "aarch64",
        expect(dead_code, reason = "NEON is always there")
    )]
    pub(super) fn baseline() -> Self {
        Self {
            one: one_body::<W, false>,
            four: four_body::<W, false>,
        }
    }

    /// Adds `panel · input` to the sums; `panel` is `[inputs]` rows, `input` is `[inputs]`.
    #[inline]
    pub(super) fn one(self, panel: &[Row<W>], input: &[f32], sums: &mut [f32; PANEL]) {
        // SAFETY: `detect` chose a clone whose instructions this machine has.
        unsafe { (self.one)(panel, input, sums) }
    }

    /// The same for a batch of inputs.
    #[inline]
    pub(super) fn four(
        self,
        panel: &[Row<W>],
        inputs: [&[f32]; BATCH],
        sums: &mut [[f32; PANEL]; BATCH],
    ) {
        // SAFETY: `detect` chose a clone whose instructions this machine has.
        unsafe { (self.four)(panel, inputs, sums) }
    }
}

/// `FUSED` may only be set where the instruction set has fused multiply-add: elsewhere it is a call.
#[inline(always)]
fn accumulate<const FUSED: bool>(sum: &mut f32, weight: f32, input: f32) {
    *sum = if FUSED {
        weight.mul_add(input, *sum)
    } else {
        *sum + weight * input
    };
}

#[inline(always)]
fn one_body<W: Weight, const FUSED: bool>(
    panel: &[Row<W>],
    input: &[f32],
    sums: &mut [f32; PANEL],
) {
    let mut local = *sums;
    for (Row(weights), &x) in panel.iter().zip(input) {
        for (sum, &weight) in local.iter_mut().zip(weights) {
            accumulate::<FUSED>(sum, weight.value(), x);
        }
    }
    *sums = local;
}

#[inline(always)]
fn four_body<W: Weight, const FUSED: bool>(
    panel: &[Row<W>],
    [a, b, c, d]: [&[f32]; BATCH],
    sums: &mut [[f32; PANEL]; BATCH],
) {
    for first in (0..PANEL).step_by(ROWS) {
        let mut local = [[0.0f32; ROWS]; BATCH];
        for (tile, sums) in local.iter_mut().zip(sums.iter()) {
            tile.copy_from_slice(&sums[first..first + ROWS]);
        }
        for ((((Row(weights), &a), &b), &c), &d) in panel.iter().zip(a).zip(b).zip(c).zip(d) {
            let mut rows = [0.0; ROWS];
            for (row, weight) in rows.iter_mut().zip(&weights[first..first + ROWS]) {
                *row = weight.value();
            }
            for (tile, input) in local.iter_mut().zip([a, b, c, d]) {
                for (sum, weight) in tile.iter_mut().zip(rows) {
                    accumulate::<FUSED>(sum, weight, input);
                }
            }
        }
        for (tile, sums) in local.iter().zip(sums.iter_mut()) {
            sums[first..first + ROWS].copy_from_slice(tile);
        }
    }
}

/// Clones both bodies for one instruction set.
macro_rules! clones {
    ($arch:literal, $features:literal, $one:ident, $four:ident) => {
        #[cfg(target_arch = $arch)]
        #[target_feature(enable = $features)]
        fn $one<W: Weight>(panel: &[Row<W>], input: &[f32], sums: &mut [f32; PANEL]) {
            one_body::<W, true>(panel, input, sums);
        }

        #[cfg(target_arch = $arch)]
        #[target_feature(enable = $features)]
        fn $four<W: Weight>(
            panel: &[Row<W>],
            inputs: [&[f32]; BATCH],
            sums: &mut [[f32; PANEL]; BATCH],
        ) {
            four_body::<W, true>(panel, inputs, sums);
        }
    };
}

clones!("x86_64", "avx512f", one_avx512, four_avx512);
clones!("x86_64", "avx2,fma", one_avx2, four_avx2);
clones!("aarch64", "neon", one_neon, four_neon);
