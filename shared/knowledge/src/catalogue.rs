//! The catalogue: all codes, causes and trees, each found by name.

use crate::{
    CatalogueError,
    action::{Check, Fix},
    builtin,
    cause::Cause,
    code::{Code, Family},
    load::{self, Depth, Parts},
    priors::Priors,
    tree::Tree,
};
use std::collections::BTreeMap;

/// Everything that is known, validated. Cheap to share behind a reference, costly to build.
#[derive(Debug, Clone)]
pub struct Catalogue {
    version: String,
    priors: Priors,
    codes: Vec<Code>,
    causes: Vec<Cause>,
    trees: Vec<Tree>,
    code_at: BTreeMap<String, usize>,
    cause_at: BTreeMap<String, usize>,
}

impl Catalogue {
    /// Reads data files: `(name below data/, text)`. Every rule of the format is checked.
    ///
    /// # Errors
    /// The first broken rule, with file, field and reason.
    pub fn load<'a>(
        sources: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, CatalogueError> {
        load::load(sources, Depth::Full)
    }

    /// The catalogue that is compiled into the program.
    ///
    /// # Errors
    /// None once the crate's tests have passed; an error names file, field and reason.
    pub fn builtin() -> Result<Self, CatalogueError> {
        load::load(builtin::SOURCES.iter().copied(), Depth::TrustPatterns)
    }

    /// The data files that are compiled into the program: `(name, text)`.
    #[must_use]
    pub fn builtin_sources() -> &'static [(&'static str, &'static str)] {
        builtin::SOURCES
    }

    pub(crate) fn assemble(version: String, priors: Priors, parts: Parts) -> Self {
        let codes: Vec<Code> = parts.codes.into_iter().map(|(_, code)| code).collect();
        let causes: Vec<Cause> = parts.causes.into_iter().map(|(_, cause)| cause).collect();
        let code_at = codes
            .iter()
            .enumerate()
            .map(|(at, code)| (code.code.clone(), at))
            .collect();
        let cause_at = causes
            .iter()
            .enumerate()
            .map(|(at, cause)| (cause.id.clone(), at))
            .collect();
        let trees = parts.trees.into_iter().map(|(_, tree)| tree).collect();
        Self {
            version,
            priors,
            codes,
            causes,
            trees,
            code_at,
            cause_at,
        }
    }

    /// `<schema>-<start of the content hash>`: equal data, equal version.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The numbers that stand in one place.
    #[must_use]
    pub fn priors(&self) -> &Priors {
        &self.priors
    }

    /// All codes, by family and then by name.
    #[must_use]
    pub fn codes(&self) -> &[Code] {
        &self.codes
    }

    /// One code.
    #[must_use]
    pub fn code(&self, code: &str) -> Option<&Code> {
        self.codes.get(*self.code_at.get(code)?)
    }

    /// The codes of one family.
    pub fn family(&self, family: Family) -> impl Iterator<Item = &Code> {
        self.codes.iter().filter(move |code| code.family == family)
    }

    /// All causes, by name.
    #[must_use]
    pub fn causes(&self) -> &[Cause] {
        &self.causes
    }

    /// One cause.
    #[must_use]
    pub fn cause(&self, id: &str) -> Option<&Cause> {
        self.causes.get(*self.cause_at.get(id)?)
    }

    /// All trees.
    #[must_use]
    pub fn trees(&self) -> &[Tree] {
        &self.trees
    }

    /// One tree.
    #[must_use]
    pub fn tree(&self, id: &str) -> Option<&Tree> {
        self.trees.iter().find(|tree| tree.id == id)
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
        let of_codes = self.codes.iter().flat_map(|code| code.checks.iter());
        let of_causes = self.causes.iter().flat_map(|cause| cause.checks.iter());
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
