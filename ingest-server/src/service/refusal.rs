//! Why something was refused: a class that a transport turns into its own status, a stable reason
//! for machines, and a sentence for people.

use std::borrow::Cow;

use crate::ids::RandomError;
use crate::store::StoreError;

/// What kind of refusal it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Class {
    /// The request makes no sense.
    Malformed,
    /// Nobody has said who asks.
    Unauthenticated,
    /// Whoever asks may not.
    Forbidden,
    /// There is no such thing.
    Missing,
    /// It came too slowly.
    TooSlow,
    /// It contradicts what is stored.
    Conflict,
    /// Its time is over.
    Expired,
    /// It is too large.
    TooLarge,
    /// It is of a kind that is not taken.
    Unsupported,
    /// It is well formed and cannot be true.
    Unacceptable,
    /// Too much has been asked.
    TooMany,
    /// The server cannot now.
    Unavailable,
    /// The server failed.
    Internal,
}

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}: {detail}")]
pub struct Refusal {
    /// Its class.
    pub class: Class,
    /// Its stable name.
    pub reason: &'static str,
    /// For people.
    pub detail: Cow<'static, str>,
    /// When to try again.
    pub retry_after_s: Option<u32>,
}

impl Refusal {
    /// A refusal.
    #[must_use]
    pub fn new(class: Class, reason: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            class,
            reason,
            detail: detail.into(),
            retry_after_s: None,
        }
    }

    /// Too much work waits already.
    #[must_use]
    pub fn overloaded() -> Self {
        Self {
            retry_after_s: Some(1),
            ..Self::new(
                Class::Unavailable,
                "overloaded",
                "the server has too much to do; try again",
            )
        }
    }

    /// Asked too fast.
    #[must_use]
    pub fn rate_limited(retry_after_s: u32) -> Self {
        let detail = format!("too many requests; try again in {retry_after_s} s");
        Self {
            retry_after_s: Some(retry_after_s),
            ..Self::new(Class::TooMany, "rate_limited", detail)
        }
    }

    /// There is no such thing, or whoever asks may not know of it.
    #[must_use]
    pub fn missing(what: &'static str) -> Self {
        Self::new(
            Class::Missing,
            "not_found",
            format!("there is no such {what}"),
        )
    }

    /// The server failed. What went wrong is in the log, not in the answer.
    #[must_use]
    pub fn internal(reason: &'static str) -> Self {
        Self::new(
            Class::Internal,
            reason,
            "the server failed; its log says more",
        )
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Overloaded => Self::overloaded(),
            StoreError::Closed => Self {
                retry_after_s: Some(2),
                ..Self::new(
                    Class::Unavailable,
                    error.reason(),
                    "the server is shutting down",
                )
            },
            StoreError::Full => {
                tracing::error!("the disk is full");
                Self {
                    retry_after_s: Some(60),
                    ..Self::new(
                        Class::Unavailable,
                        error.reason(),
                        "the server has no space left",
                    )
                }
            }
            StoreError::Database(_) | StoreError::Damaged(_) => {
                tracing::error!(%error, "the store failed");
                Self::internal(error.reason())
            }
        }
    }
}

impl From<RandomError> for Refusal {
    fn from(error: RandomError) -> Self {
        tracing::error!(%error, "no random bytes");
        Self::internal("no_randomness")
    }
}
