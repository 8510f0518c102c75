//! What can be asked of a loaded catalogue.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::Arc;

use faultscan_diagnosis::{
    Diagnoser, DiagnosisError, GivenAnswer, GraphFormat, GraphOptions, GraphPart, Input, Session,
};
use faultscan_knowledge::pack::Compression;
use faultscan_knowledge::{Pack, PackDelta, PackError, PackKeys};
use serde::Serialize;

use crate::arguments;
use crate::json::{self, Malformed, Value};

/// Why something was not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// A stable name.
    pub reason: &'static str,
    /// A sentence.
    pub detail: String,
}

impl Refusal {
    pub(crate) fn of(reason: &'static str, detail: &impl Display) -> Self {
        Self {
            reason,
            detail: detail.to_string(),
        }
    }

    fn unknown_question() -> Self {
        Self::of("unknown_question", &"this module cannot be asked that")
    }

    pub(crate) fn nothing_loaded() -> Self {
        Self::of("nothing_loaded", &"no catalogue is loaded")
    }
}

impl From<Malformed> for Refusal {
    fn from(_: Malformed) -> Self {
        Self::of("malformed", &"the argument is not the JSON that is wanted")
    }
}

impl From<DiagnosisError> for Refusal {
    fn from(error: DiagnosisError) -> Self {
        Self::of(error.reason(), &error)
    }
}

impl From<PackError> for Refusal {
    fn from(error: PackError) -> Self {
        Self::of(error.reason(), &error)
    }
}

/// A question of the dialogue, by its number in `ask`.
#[derive(Debug)]
pub enum Question {
    /// 0: the diagnosis. Argument: options of the graph as JSON, or nothing.
    Diagnosis(GraphOptions),
    /// 1: takes an answer. Argument: `{"check": …, "answer": …}`; gives the diagnosis.
    Answer(GivenAnswer),
}

/// A question beside the dialogue, by its number in `more`. A phone loads the code for these when the
/// first of them is asked.
#[derive(Debug)]
pub enum Further {
    /// 2: a node of the graph with what is below it. Argument: `{"node": …, "options": …}`.
    Expand(Expansion),
    /// 3: what follows from assumptions, beside what is believed now. Argument: `{"cause": true, …}`.
    WhatIf(BTreeMap<String, bool>),
    /// 4: the whole graph as text. Argument: `{"format": …, "lang": "en" or "zh"}`.
    Export(Export),
    /// 5: the dialogue step by step.
    Replay,
    /// 6: the dialogue as a value.
    Session,
    /// 7: causes that can be assumed. Argument: `{"words": …}`.
    Causes(Search),
}

/// Which node to open.
#[derive(Debug)]
pub struct Expansion {
    node: String,
    options: GraphOptions,
}

/// Words that ids or titles of causes have.
#[derive(Debug)]
pub struct Search {
    words: String,
}

/// In which form to write the graph.
#[derive(Debug)]
pub struct Export {
    format: String,
    is_chinese: bool,
}

impl Question {
    /// Reads a question.
    ///
    /// # Errors
    /// `malformed`, `unknown_question`.
    pub fn read(what: u32, argument: &[u8]) -> Result<Self, Refusal> {
        let read = || Value::read(argument);
        Ok(match what {
            0 if argument.is_empty() => Self::Diagnosis(GraphOptions::default()),
            0 => Self::Diagnosis(arguments::options(read()?)?),
            1 => Self::Answer(arguments::answer(read()?)?),
            _ => return Err(Refusal::unknown_question()),
        })
    }
}

impl Further {
    /// Reads a question.
    ///
    /// # Errors
    /// `malformed`, `unknown_question`.
    pub fn read(what: u32, argument: &[u8]) -> Result<Self, Refusal> {
        let read = || Value::read(argument);
        Ok(match what {
            2 => {
                let mut argument = read()?;
                Self::Expand(Expansion {
                    node: argument.take("node")?.text()?,
                    options: arguments::options(argument.take("options")?)?,
                })
            }
            3 => Self::WhatIf(arguments::assumptions(read()?)?),
            4 => {
                let mut argument = read()?;
                Self::Export(Export {
                    format: argument.take("format")?.text()?,
                    is_chinese: argument.take("lang")? == Value::Text("zh".to_owned()),
                })
            }
            5 => Self::Replay,
            6 => Self::Session,
            7 => Self::Causes(Search {
                words: read()?.take("words")?.text()?,
            }),
            _ => return Err(Refusal::unknown_question()),
        })
    }
}

/// A loaded catalogue, and the dialogue at hand.
pub struct Desk {
    pack: Pack,
    diagnoser: Diagnoser,
    session: Session,
}

impl Desk {
    /// Opens a pack that one of the keys has signed.
    ///
    /// # Errors
    /// What is wrong with the pack, by its reason.
    pub fn open(pack: &[u8], trusted: &PackKeys) -> Result<Self, Refusal> {
        Self::over(Pack::open(pack, trusted)?)
    }

    fn over(pack: Pack) -> Result<Self, Refusal> {
        let diagnoser = Diagnoser::from_shared(Arc::new(pack.catalogue()?))?;
        let session = Session::begin(&diagnoser, Input::default());
        Ok(Self {
            pack,
            diagnoser,
            session,
        })
    }

    /// The same desk with a newer catalogue; the dialogue goes on.
    ///
    /// # Errors
    /// What is wrong with the difference, by its reason.
    pub fn updated(&self, delta: &[u8], trusted: &PackKeys) -> Result<Self, Refusal> {
        let mut desk = Self::over(PackDelta::apply(&self.pack, delta, trusted)?)?;
        desk.session = self.session.clone();
        Ok(desk)
    }

    /// The catalogue's version.
    #[must_use]
    pub fn version(&self) -> &str {
        self.diagnoser.catalogue().version()
    }

    /// The pack, to be kept.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let sections = self.pack.sections();
        self.pack
            .to_bytes(Compression::Stored, sections)
            .unwrap_or_default()
    }

    /// Takes an input; it is asked about from now on.
    pub fn begin(&mut self, input: Input) {
        self.session = Session::begin(&self.diagnoser, input);
    }

    /// Answers a question of the dialogue.
    ///
    /// # Errors
    /// What is wrong with the question, by its reason. The dialogue stays as it was.
    pub fn ask(&mut self, question: &Question) -> Result<Vec<u8>, Refusal> {
        let diagnoser = &self.diagnoser;
        match question {
            Question::Diagnosis(options) => Ok(json::to_vec(
                &self.session.diagnose_with(diagnoser, options)?,
            )),
            Question::Answer(given) => {
                self.session.answer(diagnoser, &given.check, given.answer)?;
                Ok(json::to_vec(&self.session.diagnose(diagnoser)?))
            }
        }
    }

    /// Answers a question beside the dialogue: JSON, or for an export its text.
    ///
    /// # Errors
    /// What is wrong with the question, by its reason.
    pub fn tell(&self, question: &Further) -> Result<Vec<u8>, Refusal> {
        let diagnoser = &self.diagnoser;
        let input = &self.session.input;
        match question {
            Further::Expand(Expansion { node, options }) => Ok(json::to_vec(&diagnoser.graph(
                input,
                GraphPart::Below(node),
                options,
            )?)),
            Further::WhatIf(assumed) => {
                let assumed: Vec<(&str, bool)> = assumed
                    .iter()
                    .map(|(cause, is_true)| (cause.as_str(), *is_true))
                    .collect();
                Ok(json::to_vec(&diagnoser.what_if_beside(input, &assumed)?))
            }
            Further::Export(Export { format, is_chinese }) => {
                let Some(form) = GraphFormat::from_name(format) else {
                    return Err(Refusal::of(
                        "unknown_format",
                        &"the formats are mermaid, dot and open-psa",
                    ));
                };
                let graph = diagnoser.graph(input, GraphPart::Whole, &GraphOptions::default())?;
                Ok(graph.export(form, *is_chinese).into_bytes())
            }
            Further::Replay => Ok(json::to_vec(&self.session.replay(diagnoser)?)),
            Further::Session => Ok(json::to_vec(&self.session)),
            Further::Causes(Search { words }) => Ok(json::to_vec(&diagnoser.find_causes(words))),
        }
    }
}
