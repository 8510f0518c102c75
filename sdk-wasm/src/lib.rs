//! Faultscan's SDK core: what a phone does with a scanned ticket, compiled to WebAssembly.
//!
//! The core has no clock, no randomness, no I/O and no knowledge of browsers or mini-programs.
//! It is told times and samples, and hands out tasks; a thin TypeScript layer (`npm/src`) carries
//! them out on its host. So one module serves every host, and everything here runs in plain tests.
//!
//! In the browser it does without the standard library: a panic stops the module without a word,
//! and so none of the words that any panic could say are downloaded.
//!
//! - [`session`]: a verified ticket, its key, measurements, and snapshots made of them
//! - [`queue`]: when to store and send which snapshot
//! - [`frames`], [`probes`], [`lines`]: frame rate, round trips, log lines
//! - [`body`], [`lz4`]: how a snapshot's body is written; [`urgent`]: the urgent datagram
//! - [`bindings`]: the functions that JavaScript calls

#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: lol_alloc::LockedAllocator<lol_alloc::FreeListAllocator> =
    lol_alloc::LockedAllocator::new(lol_alloc::FreeListAllocator::new());

#[cfg(target_arch = "wasm32")]
#[panic_handler]
fn on_panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

pub mod bindings;
pub mod body;
pub mod facts;
pub mod frames;
pub mod lines;
pub mod lz4;
pub mod probes;
pub mod queue;
pub mod ring;
pub mod session;
pub mod urgent;
