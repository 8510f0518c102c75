//! A dialogue as a value: what was known at first, and every answer since. It can be stored, sent,
//! taken up elsewhere and replayed step by step.

use faultscan_faulttree::Arrange as _;
use serde::{Deserialize, Serialize};

use crate::diagnoser::Diagnoser;
use crate::display::GraphOptions;
use crate::error::DiagnosisError;
use crate::influence::log_odds;
use crate::input::Input;
use crate::report::{Answer, Diagnosis, GivenAnswer, Note, Verdict};
use crate::wording;

/// The form of a session that this version writes and reads.
pub const SESSION_SCHEMA: u32 = 1;

/// A diagnosis in progress. It holds no result: the same session gives the same diagnosis on every
/// machine that has the same catalogue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// The form, [`SESSION_SCHEMA`].
    pub schema: u32,
    /// The catalogue that it was begun with.
    pub catalogue_version: String,
    /// What is known; its answers are the dialogue so far.
    pub input: Input,
}

/// One step of a dialogue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SessionStep {
    /// The answer that was given; none at the beginning.
    pub given: Option<GivenAnswer>,
    /// The verdict after it.
    pub verdict: Verdict,
    /// The causes that it moved, the most first.
    pub moved: Vec<Moved>,
}

/// A cause that a step moved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Moved {
    /// The cause.
    pub cause: String,
    /// Its probability before the step.
    pub before: f64,
    /// Its probability after it.
    pub after: f64,
    /// Change of its log-odds, in bits.
    pub bits: f64,
}

impl Session {
    /// Begins a dialogue.
    #[must_use]
    pub fn begin(diagnoser: &Diagnoser, input: Input) -> Self {
        Self {
            schema: SESSION_SCHEMA,
            catalogue_version: diagnoser.catalogue().version().to_owned(),
            input,
        }
    }

    /// Takes an answer.
    ///
    /// # Errors
    /// [`DiagnosisError::UnknownCheck`]; the session stays as it was.
    pub fn answer(
        &mut self,
        diagnoser: &Diagnoser,
        check: &str,
        answer: Answer,
    ) -> Result<(), DiagnosisError> {
        diagnoser.known_check(check)?;
        self.input.answers.push(GivenAnswer {
            check: check.to_owned(),
            answer,
        });
        Ok(())
    }

    /// Takes an answer back; says whether there was one.
    pub fn retract(&mut self, check: &str) -> bool {
        let before = self.input.answers.len();
        self.input.answers.retain(|given| given.check != check);
        self.input.answers.len() < before
    }

    /// The diagnosis as it stands. Of a session that was begun with another catalogue, answers to
    /// checks that this one lacks are set aside, and a note says so.
    ///
    /// # Errors
    /// If the session has another form, or the engine's budget does not suffice.
    pub fn diagnose(&self, diagnoser: &Diagnoser) -> Result<Diagnosis, DiagnosisError> {
        self.diagnose_with(diagnoser, &GraphOptions::default())
    }

    /// As [`Session::diagnose`], the graph drawn by `options`.
    ///
    /// # Errors
    /// As [`Session::diagnose`], and if an option is out of bounds.
    pub fn diagnose_with(
        &self,
        diagnoser: &Diagnoser,
        options: &GraphOptions,
    ) -> Result<Diagnosis, DiagnosisError> {
        let (input, notes) = self.usable(diagnoser)?;
        let mut diagnosis = diagnoser.diagnose_with(&input, options)?;
        diagnosis.notes.extend(notes);
        Ok(diagnosis)
    }

    /// The dialogue step by step: the verdict before any answer and after each, and what each moved.
    ///
    /// # Errors
    /// As [`Session::diagnose`].
    pub fn replay(&self, diagnoser: &Diagnoser) -> Result<Vec<SessionStep>, DiagnosisError> {
        let (input, _) = self.usable(diagnoser)?;
        let mut so_far = Input {
            answers: Vec::new(),
            ..input.clone()
        };
        let mut believed = diagnoser.posteriors(&so_far)?;
        let mut steps = vec![SessionStep {
            given: None,
            verdict: diagnoser.diagnose(&so_far)?.verdict,
            moved: Vec::new(),
        }];
        for given in &input.answers {
            so_far.answers.push(given.clone());
            let now = diagnoser.posteriors(&so_far)?;
            steps.push(SessionStep {
                given: Some(given.clone()),
                verdict: diagnoser.diagnose(&so_far)?.verdict,
                moved: moved(diagnoser, &believed, &now),
            });
            believed = now;
        }
        Ok(steps)
    }

    fn usable(&self, diagnoser: &Diagnoser) -> Result<(Input, Vec<Note>), DiagnosisError> {
        if self.schema != SESSION_SCHEMA {
            return Err(DiagnosisError::SessionForm {
                schema: self.schema,
                known: SESSION_SCHEMA,
            });
        }
        let mut input = self.input.clone();
        let mut notes = Vec::new();
        let version = diagnoser.catalogue().version();
        if self.catalogue_version != version {
            notes.push(wording::other_catalogue_note(
                &self.catalogue_version,
                version,
            ));
            input.answers.retain(|given| {
                let is_known = diagnoser.known_check(&given.check).is_ok();
                if !is_known {
                    notes.push(wording::unknown_check_note(&given.check, version));
                }
                is_known
            });
        }
        Ok((input, notes))
    }
}

/// Causes that moved by more than noise.
fn moved(diagnoser: &Diagnoser, before: &[f64], after: &[f64]) -> Vec<Moved> {
    const BITS_MIN: f64 = 0.01;
    let causes = diagnoser.catalogue().causes().iter();
    let mut moved: Vec<Moved> = causes
        .zip(before.iter().zip(after))
        .map(|(cause, (before, after))| Moved {
            cause: cause.id.clone(),
            before: *before,
            after: *after,
            bits: log_odds(*after) - log_odds(*before),
        })
        .filter(|moved| moved.bits.abs() >= BITS_MIN)
        .collect();
    moved.arrange_by(|a, b| {
        let by_bits = b.bits.abs().total_cmp(&a.bits.abs());
        by_bits.then_with(|| a.cause.cmp(&b.cause))
    });
    moved
}
