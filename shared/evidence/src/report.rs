//! What the matcher found.

use serde::{Serialize, Serializer};
use std::{collections::BTreeMap, fmt};

/// Why a code stands where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The longest signature that matches its line or trace.
    MostSpecific,
    /// A longer signature of that code covers this one's text.
    CoveredBy(String),
    /// This code only wraps that one, which stands in the same line or trace.
    Wraps(String),
    /// In the same trace that code's error is the inner one.
    OuterOf(String),
    /// That code stands in the same report and says more about the same object.
    YieldsTo(String),
    /// Nothing else was found, and the text holds words that often stand for the code.
    Guessed,
}

impl Reason {
    /// The reason as a Chinese phrase; [`fmt::Display`] gives the English one.
    #[must_use]
    pub fn to_chinese(&self) -> String {
        match self {
            Self::MostSpecific => "匹配该行或该堆栈的最具体特征".to_owned(),
            Self::CoveredBy(code) => format!("其文本是{code}更长特征的一部分"),
            Self::Wraps(code) => format!("只是对同一行或同一堆栈中{code}的包装"),
            Self::OuterOf(code) => format!("是同一堆栈中{code}的外层错误"),
            Self::YieldsTo(code) => format!("同一报告中的{code}对同一对象说明得更具体"),
            Self::Guessed => "未找到其他匹配，仅凭用词推测".to_owned(),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MostSpecific => f.write_str("the most specific signature of its line or trace"),
            Self::CoveredBy(code) => write!(f, "its text is part of a longer signature of {code}"),
            Self::Wraps(code) => write!(f, "wraps {code} in the same line or trace"),
            Self::OuterOf(code) => write!(f, "the outer error of {code} in the same trace"),
            Self::YieldsTo(code) => write!(f, "{code} says more about the same object"),
            Self::Guessed => f.write_str("a guess by its words, since nothing else was found"),
        }
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A code that was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CodeMatch {
    /// The code.
    pub code: String,
    /// How much the text speaks for the code, 0 to 1.
    pub score: f64,
    /// Line numbers, from 1, ascending, the first [`crate::LINES_KEPT_MAX`] of them.
    pub lines: Vec<u32>,
    /// How many lines hit.
    pub count: u32,
    /// Captured values, of the first line that captured most.
    pub captures: BTreeMap<String, String>,
    /// Whether the code is the best explanation of at least one line or trace.
    pub primary: bool,
    /// Why.
    pub reason: Reason,
    /// Ids of the signatures that matched.
    pub signatures: Vec<String>,
}

/// Whose indicator it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Owner {
    /// A code's, by the code's name.
    Code(String),
    /// A cause's, by the cause's id.
    Cause(String),
}

/// A line that an indicator looks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct IndicatorHit {
    /// Whose indicator.
    pub owner: Owner,
    /// Its place among the owner's indicators, from 0.
    pub index: usize,
    /// Line numbers, from 1, ascending.
    pub lines: Vec<u32>,
}

/// Everything found in one log.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MatchReport {
    /// Codes, best first.
    pub codes: Vec<CodeMatch>,
    /// Indicator lines: of causes, and of the codes above. [`crate::gather`] looks for them.
    pub indicators: Vec<IndicatorHit>,
    /// Lines read.
    pub lines_read: u32,
}

impl MatchReport {
    /// The best code, if any is the best explanation of some line.
    #[must_use]
    pub fn best(&self) -> Option<&CodeMatch> {
        self.codes.first().filter(|code| code.primary)
    }

    /// One code.
    #[must_use]
    pub fn code(&self, code: &str) -> Option<&CodeMatch> {
        self.codes.iter().find(|found| found.code == code)
    }
}
