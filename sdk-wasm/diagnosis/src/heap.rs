//! Memory that is given back all at once.
//!
//! A question takes a few milliseconds and leaves an answer. So nothing is freed by itself: when the
//! answer is there, the memory behind it is as free as before the question. Freeing by itself would be
//! a twentieth of the module, at the end of each function that holds a text or a list.
//!
//! Memory is filled from below: what lasts (the catalogue), what lasts as long as a dialogue (its input
//! and answers), and what a question needs. [`keep`] and [`keep_dialogue`] move the borders up,
//! [`leave`] and [`restart`] give back what is above them.

/// Where the borders are. Natively memory is freed by itself, and nothing here does anything.
#[cfg(not(target_family = "wasm"))]
mod arena {
    pub(super) fn keep() {}
    pub(super) fn keep_dialogue() {}
    pub(super) unsafe fn give_back(bytes: Vec<u8>, _: bool) -> Vec<u8> {
        bytes
    }
}

#[cfg(target_family = "wasm")]
mod arena {
    use std::alloc::{GlobalAlloc, Layout};
    use std::arch::wasm32::memory_grow;
    use std::cell::Cell;
    use std::ptr;

    const PAGE: usize = 65_536;
    /// Asked for at once, so that memory grows seldom.
    const PAGES: usize = 16;

    struct Arena {
        /// The first free address.
        next: Cell<usize>,
        /// The address behind the memory at hand.
        end: Cell<usize>,
        /// Up to here the catalogue lasts; 0 where nothing does.
        base: Cell<usize>,
        /// Up to here the dialogue lasts.
        mark: Cell<usize>,
    }

    // SAFETY: the module has one thread.
    unsafe impl Sync for Arena {}

    #[global_allocator]
    static ARENA: Arena = Arena {
        next: Cell::new(0),
        end: Cell::new(0),
        base: Cell::new(0),
        mark: Cell::new(0),
    };

    impl Arena {
        #[cold]
        #[inline(never)]
        fn grow(&self, size: usize) -> bool {
            let pages = size.div_ceil(PAGE).max(PAGES);
            let before = memory_grow(0, pages);
            if before == usize::MAX {
                return false;
            }
            if before * PAGE != self.end.get() {
                self.next.set(before * PAGE);
            }
            self.end.set((before + pages) * PAGE);
            true
        }
    }

    // SAFETY: blocks are cut from memory that was grown, one behind the other, aligned and inside it;
    // what was given back may be cut anew.
    unsafe impl GlobalAlloc for Arena {
        #[inline(never)]
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            loop {
                let start = self.next.get().next_multiple_of(layout.align());
                let end = start.saturating_add(layout.size());
                if end <= self.end.get() {
                    self.next.set(end);
                    return start as *mut u8;
                }
                if !self.grow(layout.size().saturating_add(layout.align())) {
                    return ptr::null_mut();
                }
            }
        }

        #[inline(always)]
        unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}

        #[inline(never)]
        unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
            // The last block grows where it is.
            if old as usize + layout.size() == self.next.get() {
                self.next.set(old as usize);
            }
            // SAFETY: the caller's layout, with a size that he vouches for.
            let new =
                unsafe { self.alloc(Layout::from_size_align_unchecked(size, layout.align())) };
            if !new.is_null() && new != old {
                // SAFETY: both blocks have that many bytes.
                unsafe { ptr::copy(old, new, layout.size().min(size)) };
            }
            new
        }
    }

    pub(super) fn keep() {
        ARENA.base.set(ARENA.next.get());
        keep_dialogue();
    }

    pub(super) fn keep_dialogue() {
        ARENA.mark.set(ARENA.next.get());
    }

    pub(super) unsafe fn give_back(bytes: Vec<u8>, is_dialogue: bool) -> Vec<u8> {
        let border = if is_dialogue {
            &ARENA.base
        } else {
            &ARENA.mark
        };
        let start = border.get();
        // Before anything lasts, and where the bytes were there before, all stays.
        if start == 0 || (bytes.as_ptr() as usize) < start {
            return bytes;
        }
        let len = bytes.len();
        // SAFETY: the bytes lie above the border, so that there is room for them from there on, and
        // nothing else above it is used any more.
        unsafe {
            ptr::copy(bytes.as_ptr(), start as *mut u8, len);
            ARENA.next.set(start + len);
            Vec::from_raw_parts(start as *mut u8, len, len)
        }
    }
}

/// Everything in use lasts from now on.
pub(crate) fn keep() {
    arena::keep();
}

/// Everything in use lasts as long as the dialogue.
pub(crate) fn keep_dialogue() {
    arena::keep_dialogue();
}

/// Gives back all that does not last, but the answer.
///
/// # Safety
/// Nothing that was made since the last [`keep`] or [`keep_dialogue`] is used any more but `answer`.
pub(crate) unsafe fn leave(answer: Vec<u8>) -> Vec<u8> {
    // SAFETY: as the caller says.
    unsafe { arena::give_back(answer, false) }
}

/// Gives back all that does not last, and the dialogue, but its new input.
///
/// # Safety
/// Nothing that was made since the last [`keep`] is used any more but `input`.
pub(crate) unsafe fn restart(input: Vec<u8>) -> Vec<u8> {
    // SAFETY: as the caller says.
    unsafe { arena::give_back(input, true) }
}
