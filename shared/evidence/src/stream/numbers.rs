//! Numbers of lines.

/// Counts lines on the way through a block.
pub(super) struct Numbers<'t> {
    text: &'t [u8],
    /// Line feeds that do not count and are not passed yet.
    inner: &'t [usize],
    at: usize,
    number: u32,
}

impl<'t> Numbers<'t> {
    /// From a line on; `inner` are the line feeds that stand inside a line.
    pub(super) fn new(text: &'t [u8], inner: &'t [usize], first_line: u32) -> Self {
        Self {
            text,
            inner,
            at: 0,
            number: first_line,
        }
    }

    /// The number of the line at `place`; places must not go back.
    pub(super) fn at(&mut self, place: usize) -> u32 {
        let passed = self.text.get(self.at..place).unwrap_or_default();
        let inner = self.inner.partition_point(|at| *at < place);
        let feeds = memchr::memchr_iter(b'\n', passed).count() - inner;
        self.inner = &self.inner[inner..];
        self.at = place.max(self.at);
        self.number = self
            .number
            .saturating_add(u32::try_from(feeds).unwrap_or(u32::MAX));
        self.number
    }
}
