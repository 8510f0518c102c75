//! The catalogue: all codes, causes and trees, each found by name.

use crate::{
    CatalogueError,
    action::{Check, Fix},
    cause::Cause,
    code::{Code, Family},
    load,
    pack::{self, section::Sections},
    priors::Priors,
    tree::Tree,
    version::{Release, Version},
};
use faultscan_faulttree::{SortedMap, one_by_one};

/// What a catalogue is made of, whether it comes from data files or from a pack.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parts {
    pub(crate) release: Option<Release>,
    pub(crate) priors: Priors,
    pub(crate) codes: Vec<Code>,
    pub(crate) causes: Vec<Cause>,
    pub(crate) trees: Vec<Tree>,
}

/// Everything that is known, validated. Cheap to share behind a reference, costly to build.
#[derive(Debug, Clone)]
pub struct Catalogue {
    version: Version,
    sections: Sections,
    parts: Parts,
    code_at: SortedMap<String, usize>,
    cause_at: SortedMap<String, usize>,
}

impl Catalogue {
    /// Reads data files: `(name below data/, text)`. Every rule of the format is checked.
    ///
    /// # Errors
    /// The first broken rule, with file, field and reason.
    pub fn load<'a>(
        sources: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, CatalogueError> {
        load::load(sources)
    }

    /// Gives parts from data files their version.
    pub(crate) fn compile(parts: Parts) -> Self {
        let version = pack::compile::version(&parts);
        Self::assemble(version, Sections::ALL, parts)
    }

    /// The same content as another release.
    #[must_use]
    pub fn released_as(mut self, release: Release) -> Self {
        self.version = Version::new(Some(release), *self.version.content());
        self.parts.release = Some(release);
        self
    }

    /// Codes come by family and name, causes and trees by name.
    pub(crate) fn assemble(version: Version, sections: Sections, parts: Parts) -> Self {
        let codes = parts.codes.iter().enumerate();
        let causes = parts.causes.iter().enumerate();
        Self {
            version,
            sections,
            code_at: one_by_one(codes.map(|(at, code)| (code.code.clone(), at))),
            cause_at: one_by_one(causes.map(|(at, cause)| (cause.id.clone(), at))),
            parts,
        }
    }

    /// Text of the version: the release and the start of the content hash.
    #[must_use]
    pub fn version(&self) -> &str {
        self.version.as_str()
    }

    /// Release and content hash.
    #[must_use]
    pub fn full_version(&self) -> &Version {
        &self.version
    }

    /// What was loaded: without the reference section explanations, samples, runbooks and sources
    /// are empty, and in place of a missing language stands the other one.
    #[must_use]
    pub fn sections(&self) -> Sections {
        self.sections
    }

    pub(crate) fn parts(&self) -> &Parts {
        &self.parts
    }

    /// The numbers that stand in one place.
    #[must_use]
    pub fn priors(&self) -> &Priors {
        &self.parts.priors
    }

    /// All codes, by family and then by name.
    #[must_use]
    pub fn codes(&self) -> &[Code] {
        &self.parts.codes
    }

    /// One code.
    #[must_use]
    pub fn code(&self, code: &str) -> Option<&Code> {
        self.parts.codes.get(*self.code_at.get(code)?)
    }

    /// The codes of one family.
    pub fn family(&self, family: Family) -> impl Iterator<Item = &Code> {
        self.parts
            .codes
            .iter()
            .filter(move |code| code.family == family)
    }

    /// All causes, by name.
    #[must_use]
    pub fn causes(&self) -> &[Cause] {
        &self.parts.causes
    }

    /// One cause.
    #[must_use]
    pub fn cause(&self, id: &str) -> Option<&Cause> {
        self.parts.causes.get(*self.cause_at.get(id)?)
    }

    /// All trees.
    #[must_use]
    pub fn trees(&self) -> &[Tree] {
        &self.parts.trees
    }

    /// One tree.
    #[must_use]
    pub fn tree(&self, id: &str) -> Option<&Tree> {
        self.parts.trees.iter().find(|tree| tree.id == id)
    }

    /// The checks that help with a code: its own, then those of its causes.
    pub fn checks<'a>(&'a self, code: &'a Code) -> impl Iterator<Item = &'a Check> {
        let of_causes = code.causes.iter().filter_map(|id| self.cause(id));
        code.checks
            .iter()
            .chain(of_causes.flat_map(|cause| cause.checks.iter()))
    }

    /// One check, wherever it stands.
    #[must_use]
    pub fn check(&self, id: &str) -> Option<&Check> {
        let of_codes = self.parts.codes.iter().flat_map(|code| code.checks.iter());
        let of_causes = self
            .parts
            .causes
            .iter()
            .flat_map(|cause| cause.checks.iter());
        of_codes.chain(of_causes).find(|check| check.id == id)
    }

    /// The fixes for a cause when a code is at hand: the code's own for it, else the cause's.
    #[must_use]
    pub fn fixes<'a>(&'a self, code: &'a Code, cause: &str) -> Vec<&'a Fix> {
        let own: Vec<&Fix> = code.fixes.iter().filter(|fix| fix.cause == cause).collect();
        if own.is_empty() {
            self.cause(cause)
                .map(|cause| cause.fixes.iter().collect())
                .unwrap_or_default()
        } else {
            own
        }
    }
}
