//! What is tried on a frame. A camera gives thirty a second, so a frame gets two attempts: the one
//! that most often succeeds, and one of the others in turn.

use crate::picture::Picture;
use rxing::common::{BitMatrix, DetectorRXingResult, HybridBinarizer};
use rxing::qrcode::cpp_port::decoder::Decode;
use rxing::qrcode::cpp_port::detector::{FindFinderPatterns, GenerateFinderPatternSets, SampleQR};
use rxing::{Binarizer, Luma8LuminanceSource};

/// What is done to a picture before a code is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attempt {
    /// Without noise, and with full contrast: reads most codes that can be read.
    Clean,
    /// As it came: codes whose modules are hardly larger than a pixel, which smoothing would blur.
    Plain,
    /// [`Attempt::Clean`], for light modules on a dark ground.
    Inverted,
    /// [`Attempt::Clean`] at half the size: large codes, and codes out of focus.
    Halved,
    /// Smoothed twice: very noisy pictures.
    Smoother,
}

/// Those that take turns after [`Attempt::Clean`].
const IN_TURN: [Attempt; 4] = [
    Attempt::Plain,
    Attempt::Inverted,
    Attempt::Halved,
    Attempt::Smoother,
];

/// A reader of frames that follow one another.
#[derive(Debug, Default)]
pub struct Reader {
    turn: usize,
}

impl Reader {
    /// The bytes of a code in this frame, if one is found. Frames that follow are tried in other ways.
    pub fn frame(&mut self, picture: &Picture) -> Option<Vec<u8>> {
        let other = IN_TURN[self.turn % IN_TURN.len()];
        self.turn = self.turn.wrapping_add(1);
        attempt(picture, Attempt::Clean).or_else(|| attempt(picture, other))
    }
}

/// The bytes of a code in a picture that stands alone: everything is tried.
#[must_use]
pub fn still(picture: &Picture) -> Option<Vec<u8>> {
    [Attempt::Clean]
        .into_iter()
        .chain(IN_TURN)
        .find_map(|way| attempt(picture, way))
}

fn attempt(picture: &Picture, way: Attempt) -> Option<Vec<u8>> {
    let prepared = match way {
        Attempt::Plain => picture.clone(),
        Attempt::Clean => picture.smoothed().stretched(),
        Attempt::Inverted => picture.smoothed().stretched().inverted(),
        Attempt::Halved => picture.halved()?.smoothed().stretched(),
        Attempt::Smoother => picture.smoothed().smoothed().stretched(),
    };
    let (width, height) = (prepared.width() as u32, prepared.height() as u32);
    let source = Luma8LuminanceSource::new(prepared.into_grey(), width, height).ok()?;
    let binarizer = HybridBinarizer::new(source);
    find(binarizer.get_black_matrix().ok()?)
}

/// The content of the first code that decodes. The bytes are taken before any guess at a character
/// set: tickets are ASCII.
fn find(matrix: &BitMatrix) -> Option<Vec<u8>> {
    const TRY_HARDER: bool = true;
    const MODULE_MIN_PX: u32 = 0;
    let mut patterns = FindFinderPatterns(matrix, TRY_HARDER, MODULE_MIN_PX);
    GenerateFinderPatternSets(&mut patterns)
        .iter()
        .find_map(|set| {
            let sampled = SampleQR(matrix, set).ok()?;
            let decoded = Decode(sampled.getBits()).ok()?;
            decoded
                .isValid()
                .then(|| decoded.content().bytes().to_vec())
        })
}
