//! Root causes: the basic events of every gate.

use crate::{
    action::{Check, Fix},
    code::{Indicator, Probability},
    text::Text,
};
use serde::{Deserialize, Serialize};

/// How a cause is drawn and computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum CauseKind {
    /// A basic event.
    Basic,
    /// An event that another code's gate develops further, drawn as a diamond.
    Undeveloped,
}

/// A basic event, defined once and shared by every gate that names it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Cause {
    /// Name, unique in the catalogue.
    pub id: String,
    /// The domain or the fault tree it was defined in.
    pub domain: String,
    /// Basic or undeveloped.
    pub kind: CauseKind,
    /// The code whose gate develops it.
    pub develops: Option<String>,
    /// Name for people.
    pub title: Text,
    /// How often it is true, and why that class.
    pub prior: Probability,
    /// The class as a number.
    pub probability: f64,
    /// How it shows when one looks.
    pub evidence: Text,
    /// Lines, metrics or context that speak for it whichever code is at hand.
    pub indicators: Vec<Indicator>,
    /// Checks that concern it whichever code is at hand.
    pub checks: Vec<Check>,
    /// Fixes that repair it whichever code is at hand.
    pub fixes: Vec<Fix>,
}
