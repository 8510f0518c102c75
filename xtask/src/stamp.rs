//! Content stamps: a step is up to date when neither what it reads nor what it has written has
//! changed. Modification times play no part, so a fresh clone, a switched branch or a build with
//! another target folder behaves.

use anyhow::{Context, Result};
use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::Hasher;
use std::path::{Path, PathBuf};

/// Folders that never hold a step's inputs.
const SKIPPED_DIRS: &[&str] = &["node_modules", "dist", "target", "out"];

/// The hash of a step's inputs, under construction.
pub(crate) struct Stamp {
    file: PathBuf,
    // Two differently seeded 64-bit hashes: stamps guard against change, not against an attacker.
    hashers: [DefaultHasher; 2],
    outputs: Vec<PathBuf>,
}

impl Stamp {
    /// A stamp kept under `cache` by this name.
    pub(crate) fn new(cache: &Path, name: &str) -> Self {
        let mut second = DefaultHasher::new();
        second.write_u8(1);
        Self {
            file: cache.join(format!("{name}.stamp")),
            hashers: [DefaultHasher::new(), second],
            outputs: Vec::new(),
        }
    }

    /// An input that is no file: a flag, a version.
    pub(crate) fn text(mut self, text: &str) -> Self {
        self.add(text.as_bytes());
        self
    }

    /// An input file or folder, read whole. One that is missing counts as such.
    pub(crate) fn input(mut self, path: &Path) -> Result<Self> {
        self.add_path(path)?;
        Ok(self)
    }

    /// A file that the step writes, or a folder. It must still be as the step has left it.
    pub(crate) fn output(mut self, path: impl Into<PathBuf>) -> Self {
        self.outputs.push(path.into());
        self
    }

    /// Has the step run with just these inputs, and is its output as it was left?
    pub(crate) fn is_fresh(&self) -> bool {
        self.outputs.iter().all(|path| path.exists())
            && fs::read_to_string(&self.file)
                .is_ok_and(|saved| self.digest().is_ok_and(|now| now == saved))
    }

    /// Remembers that the step has run with these inputs.
    pub(crate) fn save(&self) -> Result<()> {
        if let Some(dir) = self.file.parent() {
            fs::create_dir_all(dir)?;
        }
        fs::write(&self.file, self.digest()?)
            .with_context(|| format!("cannot write {}", self.file.display()))
    }

    /// What inputs and outputs come to together.
    fn digest(&self) -> Result<String> {
        let mut whole = Self {
            file: PathBuf::new(),
            hashers: self.hashers.clone(),
            outputs: Vec::new(),
        };
        for output in &self.outputs {
            whole.add_path(output)?;
        }
        let [first, second] = &whole.hashers;
        Ok(format!("{:016x}{:016x}", first.finish(), second.finish()))
    }

    fn add(&mut self, bytes: &[u8]) {
        for hasher in &mut self.hashers {
            hasher.write_usize(bytes.len());
            hasher.write(bytes);
        }
    }

    fn add_path(&mut self, path: &Path) -> Result<()> {
        if path.is_dir() {
            let mut entries: Vec<_> = fs::read_dir(path)
                .and_then(Iterator::collect)
                .with_context(|| format!("cannot list {}", path.display()))?;
            entries.sort_by_key(fs::DirEntry::file_name);
            for entry in entries {
                let name = entry.file_name();
                let name = name.to_string_lossy();
                if SKIPPED_DIRS.contains(&&*name) || name.starts_with(".git") {
                    continue;
                }
                self.add(name.as_bytes());
                self.add_path(&entry.path())?;
            }
        } else if path.exists() {
            let bytes =
                fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
            self.add(&bytes);
        } else {
            self.add(b"missing");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> PathBuf {
        let dir = std::env::temp_dir().join(format!("xtask-stamp-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(dir.join("in/node_modules")).expect("a temporary folder");
        fs::write(dir.join("in/a.txt"), "one").expect("writable");
        dir
    }

    fn stamp(dir: &Path) -> Stamp {
        Stamp::new(dir, "step")
            .text("flag")
            .input(&dir.join("in"))
            .expect("readable")
            .output(dir.join("out.txt"))
    }

    #[test]
    fn fresh_only_with_the_same_inputs_and_the_output_there() {
        let dir = scratch("fresh");
        assert!(!stamp(&dir).is_fresh(), "never ran");
        fs::write(dir.join("out.txt"), "made").expect("writable");
        stamp(&dir).save().expect("writable");
        assert!(stamp(&dir).is_fresh());

        fs::write(dir.join("in/node_modules/x"), "ignored").expect("writable");
        assert!(stamp(&dir).is_fresh(), "node_modules is no input");

        fs::write(dir.join("in/a.txt"), "two").expect("writable");
        assert!(!stamp(&dir).is_fresh(), "an input changed");

        fs::write(dir.join("in/a.txt"), "one").expect("writable");
        fs::write(dir.join("out.txt"), "made by another").expect("writable");
        assert!(!stamp(&dir).is_fresh(), "the output is another one");

        fs::remove_file(dir.join("out.txt")).expect("removable");
        assert!(!stamp(&dir).is_fresh(), "the output is gone");
        fs::remove_dir_all(&dir).expect("removable");
    }

    #[test]
    fn moving_text_from_one_file_to_the_next_is_a_change() {
        let dir = scratch("move");
        fs::write(dir.join("in/b.txt"), "two").expect("writable");
        let before = stamp(&dir).digest().expect("readable");
        fs::write(dir.join("in/a.txt"), "onet").expect("writable");
        fs::write(dir.join("in/b.txt"), "wo").expect("writable");
        assert_ne!(before, stamp(&dir).digest().expect("readable"));
        fs::remove_dir_all(&dir).expect("removable");
    }
}
