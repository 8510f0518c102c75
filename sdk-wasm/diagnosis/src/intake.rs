//! From a sealed snapshot to the input of a diagnosis, as the server makes it. The body is walked by
//! hand: of all that it may hold, a diagnosis reads five numbers and the messages.

use std::collections::BTreeMap;

use faultscan_diagnosis::{EvidenceLine, Input, Metrics};
use faultscan_wire::mp::{MpError, Reader};
use faultscan_wire::template::put_together;
use faultscan_wire::{Claims, Envelope, TicketEvidence};

use crate::desk::Refusal;

const MEGABYTE: f64 = 1_048_576.0;

/// Reads a snapshot that this phone has sealed. Its signature is not checked: who sealed it asks.
///
/// # Errors
/// If the bytes are no snapshot.
pub fn input(snapshot: &[u8]) -> Result<Input, Refusal> {
    let envelope =
        Envelope::parse(snapshot).map_err(|error| Refusal::of(error.reason(), &error))?;
    let ticket = envelope
        .ticket()
        .map_err(|error| Refusal::of(error.reason(), &error))?;
    let body = envelope
        .decompress()
        .map_err(|error| Refusal::of(error.reason(), &error))?;
    let body =
        Body::read(&body).map_err(|_| Refusal::of("bad_body", &"the body cannot be read"))?;
    let lines = put_together(&body.templates, body.indexes, body.variables, body.lines)
        .map_err(|error| Refusal::of("bad_body", &error))?;
    Ok(of_claims(ticket.claims(), lines, body.metrics))
}

fn of_claims(claims: &Claims, lines: Vec<String>, metrics: Metrics) -> Input {
    let evidence = |evidence: &TicketEvidence| EvidenceLine {
        code: evidence.code.clone(),
        line: evidence.line.clone(),
    };
    let mut context = BTreeMap::new();
    // A map or a list of pairs, by the features of the wire crate.
    for (key, value) in &claims.context {
        context.insert(key.clone(), value.clone());
    }
    Input {
        lines,
        ticket_evidence: claims.evidence.iter().map(evidence).collect(),
        ticket_code: claims.code.clone(),
        context,
        metrics,
        answers: Vec::new(),
    }
}

/// What a diagnosis needs of a body.
#[derive(Default)]
struct Body<'a> {
    lines: usize,
    templates: Vec<String>,
    indexes: &'a [u8],
    variables: &'a [u8],
    metrics: Metrics,
}

impl<'a> Body<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, MpError> {
        let mut body = Self::default();
        let mut reader = Reader::new(bytes);
        fields(&mut reader, |name, reader| match name {
            "fps" => fields(reader, |name, reader| match name {
                "mean" => number(reader, &mut body.metrics.fps),
                _ => reader.skip(),
            }),
            "rtt" => {
                let (mut sent, mut lost) = (None, None);
                fields(reader, |name, reader| match name {
                    "median_ms" => number(reader, &mut body.metrics.rtt_ms),
                    "sent" => number(reader, &mut sent),
                    "lost" => number(reader, &mut lost),
                    _ => reader.skip(),
                })?;
                body.metrics.loss_ratio = match (sent, lost) {
                    (Some(sent), Some(lost)) if sent > 0.0 => Some(lost / sent),
                    _ => None,
                };
                Ok(())
            }
            "memory" => fields(reader, |name, reader| match name {
                "used_bytes" => megabytes(reader, &mut body.metrics.memory_mb),
                "limit_bytes" => megabytes(reader, &mut body.metrics.memory_limit_mb),
                _ => reader.skip(),
            }),
            "logs" => fields(reader, |name, reader| match name {
                "t" => {
                    body.lines = reader.array()?;
                    (0..body.lines).try_for_each(|_| reader.skip())
                }
                "td" => {
                    for _ in 0..reader.array()? {
                        body.templates.push(reader.str()?.to_owned());
                    }
                    Ok(())
                }
                "ti" => reader.bin().map(|bytes| body.indexes = bytes),
                "v" => reader.bin().map(|bytes| body.variables = bytes),
                _ => reader.skip(),
            }),
            _ => reader.skip(),
        })?;
        Ok(body)
    }
}

fn fields<'a>(
    reader: &mut Reader<'a>,
    mut field: impl FnMut(&'a str, &mut Reader<'a>) -> Result<(), MpError>,
) -> Result<(), MpError> {
    if reader.nil() {
        return Ok(());
    }
    for _ in 0..reader.map()? {
        let name = reader.str()?;
        field(name, reader)?;
    }
    Ok(())
}

fn number(reader: &mut Reader<'_>, into: &mut Option<f64>) -> Result<(), MpError> {
    if !reader.nil() {
        *into = Some(reader.number()?);
    }
    Ok(())
}

fn megabytes(reader: &mut Reader<'_>, into: &mut Option<f64>) -> Result<(), MpError> {
    number(reader, into)?;
    *into = into.map(|bytes| bytes / MEGABYTE);
    Ok(())
}
