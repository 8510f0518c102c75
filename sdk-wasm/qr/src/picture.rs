//! A grey picture, and what is done to it before a code is looked for.

/// Shortest side of a picture that is looked at, in pixels: the smallest code has 21 modules, and
/// each needs at least one pixel.
pub const SIDE_MIN_PX: usize = 21;

/// Longest side of a picture that is looked at, in pixels. Callers scale larger ones down.
pub const SIDE_MAX_PX: usize = 4096;

/// The part of the pixels, one in this many, that may be darker than black or brighter than white
/// after stretching: dead pixels and reflections don't decide about contrast.
const OUTLIERS: usize = 100;

/// A grey picture: one byte a pixel, rows from top to bottom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    width: usize,
    grey: Vec<u8>,
}

impl Picture {
    /// From red, green, blue and opacity, a byte each, as a canvas gives them. Opacity is not looked
    /// at. None where the number of bytes isn't that of `width` times `height` pixels, or a side is
    /// outside [`SIDE_MIN_PX`] to [`SIDE_MAX_PX`].
    #[must_use]
    pub fn from_rgba(rgba: &[u8], width: usize, height: usize) -> Option<Self> {
        let sides = SIDE_MIN_PX..=SIDE_MAX_PX;
        if !sides.contains(&width) || !sides.contains(&height) || rgba.len() != 4 * width * height {
            return None;
        }
        // Weights of ITU-R BT.601, in 256ths.
        let grey = rgba
            .as_chunks::<4>()
            .0
            .iter()
            .map(|&[red, green, blue, _]| {
                let sum = 77 * u32::from(red) + 150 * u32::from(green) + 29 * u32::from(blue);
                (sum >> 8) as u8
            })
            .collect();
        Some(Self { width, grey })
    }

    /// Pixels of a row.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Number of rows.
    #[must_use]
    pub fn height(&self) -> usize {
        self.grey.len() / self.width
    }

    /// The pixels, row by row.
    #[must_use]
    pub fn into_grey(self) -> Vec<u8> {
        self.grey
    }

    /// Smoothed by the binomial filter 1-2-1 in both directions. It takes out most of a sensor's
    /// noise, whose grains are one pixel large, and leaves modules of two pixels and more.
    #[must_use]
    pub fn smoothed(&self) -> Self {
        let (width, height) = (self.width, self.height());
        let mut across = Vec::with_capacity(self.grey.len());
        for row in self.grey.chunks_exact(width) {
            for x in 0..width {
                let left = row[x.saturating_sub(1)];
                let right = row[(x + 1).min(width - 1)];
                across.push(u16::from(left) + 2 * u16::from(row[x]) + u16::from(right));
            }
        }
        let row = |y: usize| &across[y * width..][..width];
        let mut grey = Vec::with_capacity(self.grey.len());
        for y in 0..height {
            let (above, here, below) = (
                row(y.saturating_sub(1)),
                row(y),
                row((y + 1).min(height - 1)),
            );
            for x in 0..width {
                // At most 16 times 255, rounded.
                grey.push(((above[x] + 2 * here[x] + below[x] + 8) >> 4) as u8);
            }
        }
        Self { width, grey }
    }

    /// With the darkest hundredth black, the brightest hundredth white, and all else in proportion: a
    /// dim or pale picture then has the contrast that the search expects.
    #[must_use]
    pub fn stretched(mut self) -> Self {
        let mut counts = [0_usize; 256];
        for &grey in &self.grey {
            counts[usize::from(grey)] += 1;
        }
        let ignored = self.grey.len() / OUTLIERS;
        let black = percentile(0..256, &counts, ignored);
        let white = percentile((0..256).rev(), &counts, ignored);
        let range = white.saturating_sub(black).max(1);
        let mut table = [0_u8; 256];
        for (value, entry) in table.iter_mut().enumerate() {
            let above = value.saturating_sub(black).min(range);
            *entry = (above * 255 / range) as u8;
        }
        for grey in &mut self.grey {
            *grey = table[usize::from(*grey)];
        }
        self
    }

    /// White for black: a code in light modules on a dark ground becomes an ordinary one.
    #[must_use]
    pub fn inverted(mut self) -> Self {
        for grey in &mut self.grey {
            *grey = 255 - *grey;
        }
        self
    }

    /// Half as wide and high, four pixels in one. A code that fills a large frame, or is out of focus,
    /// is read more surely when its modules aren't many pixels wide. None where a side would be too
    /// short.
    #[must_use]
    pub fn halved(&self) -> Option<Self> {
        let (width, height) = (self.width / 2, self.height() / 2);
        if width < SIDE_MIN_PX || height < SIDE_MIN_PX {
            return None;
        }
        let mut grey = Vec::with_capacity(width * height);
        for y in 0..height {
            let upper = &self.grey[2 * y * self.width..][..self.width];
            let lower = &self.grey[(2 * y + 1) * self.width..][..self.width];
            for x in 0..width {
                let four = [
                    upper[2 * x],
                    upper[2 * x + 1],
                    lower[2 * x],
                    lower[2 * x + 1],
                ];
                let sum: u16 = four.iter().copied().map(u16::from).sum();
                grey.push(((sum + 2) >> 2) as u8);
            }
        }
        Some(Self { width, grey })
    }
}

/// The first of `values` by which more than `ignored` pixels have been counted.
fn percentile(
    mut values: impl Iterator<Item = usize>,
    counts: &[usize; 256],
    ignored: usize,
) -> usize {
    let mut seen = 0;
    values
        .find(|&value| {
            seen += counts[value];
            seen > ignored
        })
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grey(width: usize, height: usize, of: impl Fn(usize, usize) -> u8) -> Picture {
        let mut rgba = Vec::new();
        for y in 0..height {
            for x in 0..width {
                let value = of(x, y);
                rgba.extend([value, value, value, 255]);
            }
        }
        Picture::from_rgba(&rgba, width, height).expect("fits")
    }

    #[test]
    fn sizes_that_do_not_fit_are_refused() {
        for (bytes, width, height) in [
            (4 * 21 * 21 - 1, 21, 21),
            (4 * 20 * 21, 20, 21),
            (0, 0, 0),
            (4 * 21 * 5000, 21, 5000),
        ] {
            assert!(Picture::from_rgba(&vec![0; bytes], width, height).is_none());
        }
        assert!(Picture::from_rgba(&[0; 4 * 21 * 21], 21, 21).is_some());
    }

    #[test]
    fn an_even_picture_stays_as_it_is() {
        let even = grey(60, 44, |_, _| 77);
        assert_eq!(even.smoothed(), even);
        assert_eq!(
            even.halved().expect("large enough").into_grey(),
            vec![77; 30 * 22]
        );
        assert_eq!(even.clone().inverted().inverted(), even);
    }

    #[test]
    fn smoothing_spreads_a_grain_over_its_neighbours() {
        let grain = grey(30, 30, |x, y| if (x, y) == (10, 10) { 160 } else { 0 });
        let smooth = grain.smoothed();
        let at = |x: usize, y: usize| smooth.grey[y * 30 + x];
        assert_eq!(
            [at(10, 10), at(9, 10), at(10, 11), at(9, 9), at(8, 10)],
            [40, 20, 20, 10, 0]
        );
    }

    #[test]
    fn stretching_gives_a_dim_picture_full_contrast() {
        let dim = grey(30, 30, |x, _| if x < 15 { 20 } else { 30 }).stretched();
        assert_eq!((dim.grey[0], dim.grey[29]), (0, 255));
        // A single bright pixel doesn't keep it from that.
        let spot = grey(30, 30, |x, y| match (x, y) {
            (0, 0) => 255,
            (0..15, _) => 20,
            _ => 30,
        });
        assert_eq!(spot.stretched().grey[29], 255);
    }
}
