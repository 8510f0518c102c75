//! Who has signed a catalogue. The SDK's module checks the signatures of tickets and is there before
//! this one, so this one asks it: 3 KB less to load.

/// Whether a public key has made a signature over a message.
pub(crate) fn is_signed(key: &[u8; 32], signature: &[u8; 64], message: &[u8]) -> bool {
    asked(&[key, &signature[..], message].concat())
}

#[cfg(target_family = "wasm")]
#[allow(
    unsafe_code,
    reason = "an import by itself: the bindings could only import from a file of JavaScript"
)]
fn asked(question: &[u8]) -> bool {
    #[link(wasm_import_module = "sdk")]
    unsafe extern "C" {
        /// JavaScript reads so many bytes of memory there and asks the SDK's module about them.
        safe fn is_signed(at: *const u8, bytes: usize) -> bool;
    }
    is_signed(question.as_ptr(), question.len())
}

/// The rest of the crate also runs natively, in tests, which bring what checks signatures along.
#[cfg(not(target_family = "wasm"))]
fn asked(_: &[u8]) -> bool {
    false
}
