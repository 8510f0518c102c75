//! What a ticket states, and its MessagePack encoding.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use crate::ids::{Fingerprint, KeyId, TicketId};
use crate::limits::{
    TICKET_CODE_BYTES_MAX, TICKET_CONTEXT_KEY_BYTES_MAX, TICKET_CONTEXT_PAIRS_MAX,
    TICKET_CONTEXT_VALUE_BYTES_MAX, TICKET_EVIDENCE_ITEMS_MAX, TICKET_EVIDENCE_LINE_BYTES_MAX,
    TICKET_ISSUED_AT_S_MAX, TICKET_TTL_S_MAX,
};
use crate::mp::{Reader, Writer};
use crate::ticket_error::TicketError;

/// The only version of the ticket's layout so far.
pub const TICKET_VERSION: u8 = 1;

const ELEMENTS_MIN: usize = 6;
const ELEMENTS_MAX: usize = 9;

/// A ticket's context: names and values, sorted by name.
pub type Context = BTreeMap<String, String>;

/// What a ticket states.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Claims {
    /// The issuer's key.
    pub key_id: KeyId,
    /// Sixteen random bytes.
    pub ticket_id: TicketId,
    /// Unix seconds.
    pub issued_at_s: u64,
    /// Life in seconds.
    pub ttl_s: u32,
    /// The environment in which something failed.
    pub fingerprint: Fingerprint,
    /// The error code, if the issuer knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// A few short pairs such as `region`, `pod_uid`.
    #[serde(default, skip_serializing_if = "Context::is_empty")]
    pub context: Context,
    /// What was found at the failing machine.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<TicketEvidence>,
}

/// One line that the failing machine printed, with the code it was recognised as.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TicketEvidence {
    /// The error code, if recognised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The line.
    pub line: String,
}

impl TicketEvidence {
    /// Makes evidence of any line: control characters and terminal colours go, and what is too long
    /// is cut at a character boundary. Returns `None` when nothing is left.
    ///
    /// The line is not scrubbed of secrets here; see [`crate::scrub`].
    #[must_use]
    pub fn from_line(code: Option<String>, line: &str) -> Option<Self> {
        let mut clean = String::with_capacity(line.len().min(TICKET_EVIDENCE_LINE_BYTES_MAX));
        let mut chars = line.chars().peekable();
        while let Some(char) = chars.next() {
            if char == '\u{1b}' && chars.peek() == Some(&'[') {
                chars.next();
                // A control sequence ends with its first byte in @..~.
                for char in chars.by_ref() {
                    if ('@'..='~').contains(&char) {
                        break;
                    }
                }
            } else if is_printable(char) {
                if clean.len() + char.len_utf8() > TICKET_EVIDENCE_LINE_BYTES_MAX {
                    break;
                }
                clean.push(char);
            }
        }
        let line = clean.trim();
        (!line.is_empty()).then(|| Self {
            code,
            line: line.to_owned(),
        })
    }
}

impl Claims {
    /// The time at which the ticket ends, in Unix seconds.
    #[must_use]
    pub fn expires_at_s(&self) -> u64 {
        self.issued_at_s.saturating_add(u64::from(self.ttl_s))
    }

    /// Checks every claim against its limits.
    pub(crate) fn check(&self) -> Result<(), TicketError> {
        let context = self.context.len() <= TICKET_CONTEXT_PAIRS_MAX
            && self.context.iter().all(|(key, value)| {
                is_name(key, TICKET_CONTEXT_KEY_BYTES_MAX)
                    && is_text(value, TICKET_CONTEXT_VALUE_BYTES_MAX)
            });
        let evidence = self.evidence.len() <= TICKET_EVIDENCE_ITEMS_MAX
            && self.evidence.iter().all(|evidence| {
                is_code(evidence.code.as_deref())
                    && !evidence.line.is_empty()
                    && is_text(&evidence.line, TICKET_EVIDENCE_LINE_BYTES_MAX)
            });
        for (good, field) in [
            (self.issued_at_s <= TICKET_ISSUED_AT_S_MAX, "issued_at_s"),
            ((1..=TICKET_TTL_S_MAX).contains(&self.ttl_s), "ttl_s"),
            (is_code(self.code.as_deref()), "code"),
            (context, "context"),
            (evidence, "evidence"),
        ] {
            if !good {
                return Err(TicketError::BadField { field });
            }
        }
        Ok(())
    }

    /// Elements of the array: up to the last claim that is present.
    fn elements(&self) -> usize {
        if !self.evidence.is_empty() {
            9
        } else if !self.context.is_empty() {
            8
        } else if self.code.is_some() {
            7
        } else {
            ELEMENTS_MIN
        }
    }

    /// The canonical encoding: shortest forms, trailing nils left out, context sorted by key.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let elements = self.elements();
        let mut writer = Writer::new();
        writer.array(elements);
        writer.uint(u64::from(TICKET_VERSION));
        writer.bin(&self.key_id.0);
        writer.bin(&self.ticket_id.0);
        writer.uint(self.issued_at_s);
        writer.uint(u64::from(self.ttl_s));
        writer.bin(&self.fingerprint.0);
        if elements > 6 {
            write_optional(&mut writer, self.code.as_deref());
        }
        if elements > 7 {
            if self.context.is_empty() {
                writer.nil();
            } else {
                writer.map(self.context.len());
            }
            for (key, value) in &self.context {
                writer.str(key);
                writer.str(value);
            }
        }
        if elements > 8 {
            writer.array(self.evidence.len());
            for evidence in &self.evidence {
                writer.array(2);
                write_optional(&mut writer, evidence.code.as_deref());
                writer.str(&evidence.line);
            }
        }
        writer.into_bytes()
    }

    /// Reads claims from a ticket's message; accepts what [`Claims::encode`] writes, nothing else.
    pub(crate) fn decode(message: &[u8]) -> Result<Self, TicketError> {
        let mut reader = Reader::shortest(message);
        let elements = reader.array()?;
        if reader.uint()? != u64::from(TICKET_VERSION) {
            return Err(TicketError::UnsupportedVersion);
        }
        if !(ELEMENTS_MIN..=ELEMENTS_MAX).contains(&elements) {
            return Err(TicketError::Malformed);
        }
        let claims = Self {
            key_id: KeyId(reader.bin_array()?),
            ticket_id: TicketId(reader.bin_array()?),
            issued_at_s: reader.uint()?,
            ttl_s: u32::try_from(reader.uint()?)
                .map_err(|_| TicketError::BadField { field: "ttl_s" })?,
            fingerprint: Fingerprint(reader.bin_array()?),
            code: if elements > 6 {
                read_optional(&mut reader)?
            } else {
                None
            },
            context: if elements > 7 {
                read_context(&mut reader)?
            } else {
                Context::new()
            },
            evidence: if elements > 8 {
                read_evidence(&mut reader)?
            } else {
                Vec::new()
            },
        };
        reader.end()?;
        claims.check()?;
        // A trailing nil, or an empty map or array in place of nil, would be a second encoding.
        if claims.elements() != elements {
            return Err(TicketError::NonCanonical);
        }
        Ok(claims)
    }
}

fn write_optional(writer: &mut Writer, text: Option<&str>) {
    match text {
        Some(text) => writer.str(text),
        None => writer.nil(),
    }
}

fn read_optional(reader: &mut Reader<'_>) -> Result<Option<String>, TicketError> {
    Ok(if reader.nil() {
        None
    } else {
        Some(reader.str()?.to_owned())
    })
}

fn read_context(reader: &mut Reader<'_>) -> Result<Context, TicketError> {
    let mut context = Context::new();
    if reader.nil() {
        return Ok(context);
    }
    let pairs = reader.map()?;
    if pairs > TICKET_CONTEXT_PAIRS_MAX {
        return Err(TicketError::BadField { field: "context" });
    }
    if pairs == 0 {
        return Err(TicketError::NonCanonical);
    }
    let mut before = "";
    for _ in 0..pairs {
        let key = reader.str()?;
        // Sorted, and none twice. An empty key is refused with the other claims.
        if key <= before && !before.is_empty() {
            return Err(TicketError::NonCanonical);
        }
        before = key;
        context.extend([(key.to_owned(), reader.str()?.to_owned())]);
    }
    Ok(context)
}

fn read_evidence(reader: &mut Reader<'_>) -> Result<Vec<TicketEvidence>, TicketError> {
    let items = reader.array()?;
    if items > TICKET_EVIDENCE_ITEMS_MAX {
        return Err(TicketError::BadField { field: "evidence" });
    }
    let mut evidence = Vec::with_capacity(items);
    for _ in 0..items {
        if reader.array()? != 2 {
            return Err(TicketError::Malformed);
        }
        evidence.push(TicketEvidence {
            code: read_optional(reader)?,
            line: reader.str()?.to_owned(),
        });
    }
    Ok(evidence)
}

fn is_code(code: Option<&str>) -> bool {
    code.is_none_or(|code| is_name(code, TICKET_CODE_BYTES_MAX))
}

/// A non-empty name of letters, digits, `_`, `-`, `.`, `:` and `/`.
fn is_name(text: &str, bytes_max: usize) -> bool {
    (1..=bytes_max).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-.:/".contains(&byte))
}

fn is_text(text: &str, bytes_max: usize) -> bool {
    text.len() <= bytes_max && text.chars().all(is_printable)
}

/// Whether a character is safe to show on a terminal or a page as it is: no control characters, no
/// line separators, none of the invisible characters that turn the direction of text around.
fn is_printable(char: char) -> bool {
    char == '\t'
        || !(char.is_control()
            || matches!(char, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'))
}
