//! From JSON to what is asked. Fields that are not known are passed over, as on the server.

use std::collections::BTreeMap;

use faultscan_diagnosis::{Answer, EvidenceLine, GivenAnswer, GraphOptions, Input, Metrics};

use crate::json::{Malformed, Value};

type Read<T> = Result<T, Malformed>;

/// How much to draw; what is left out is as it is by default.
pub(crate) fn options(mut from: Value) -> Read<GraphOptions> {
    let mut options = GraphOptions::default();
    if from == Value::Null {
        return Ok(options);
    }
    if let Some(value) = from.take("maxVisibleNodes")?.optional() {
        options.max_visible_nodes = whole(value)?;
    }
    if let Some(value) = from.take("pruneThreshold")?.optional() {
        options.prune_threshold = value.number()?;
    }
    if let Some(value) = from.take("lazyLoadDepth")?.optional() {
        options.lazy_load_depth = whole(value)?;
    }
    Ok(options)
}

fn whole(value: Value) -> Read<usize> {
    let number = value.number()?;
    // Far above every bound that is checked later.
    if number.fract() == 0.0 && (0.0..=1e9).contains(&number) {
        Ok(number as usize)
    } else {
        Err(Malformed)
    }
}

/// An answer to a check.
pub(crate) fn answer(mut from: Value) -> Read<GivenAnswer> {
    let check = from.take("check")?.text()?;
    let answer = match from.take("answer")?.text()?.as_str() {
        "yes" => Answer::Yes,
        "no" => Answer::No,
        "unsure" => Answer::Unsure,
        _ => return Err(Malformed),
    };
    Ok(GivenAnswer { check, answer })
}

/// Causes that are taken to be true or false.
pub(crate) fn assumptions(from: Value) -> Read<BTreeMap<String, bool>> {
    let mut assumed = BTreeMap::new();
    for (cause, value) in from.fields()? {
        let Value::Bool(value) = value else {
            return Err(Malformed);
        };
        assumed.insert(cause, value);
    }
    Ok(assumed)
}

/// What a diagnosis is made of.
pub(crate) fn input(mut from: Value) -> Read<Input> {
    let mut context = BTreeMap::new();
    for (key, value) in from.take("context")?.fields()? {
        context.insert(key, value.text()?);
    }
    Ok(Input {
        lines: from.take("lines")?.list(Value::text)?,
        ticket_evidence: from.take("ticket_evidence")?.list(|mut line| {
            Ok(EvidenceLine {
                code: optional_text(line.take("code")?)?,
                line: optional_text(line.take("line")?)?.unwrap_or_default(),
            })
        })?,
        ticket_code: optional_text(from.take("ticket_code")?)?,
        context,
        metrics: metrics(from.take("metrics")?)?,
        answers: from.take("answers")?.list(answer)?,
    })
}

fn optional_text(value: Value) -> Read<Option<String>> {
    value.optional().map(Value::text).transpose()
}

fn metrics(mut from: Value) -> Read<Metrics> {
    let mut metrics = Metrics::default();
    if from == Value::Null {
        return Ok(metrics);
    }
    for (name, slot) in [
        ("fps", &mut metrics.fps),
        ("rtt_ms", &mut metrics.rtt_ms),
        ("loss_ratio", &mut metrics.loss_ratio),
        ("memory_mb", &mut metrics.memory_mb),
        ("memory_limit_mb", &mut metrics.memory_limit_mb),
    ] {
        *slot = from.take(name)?.optional().map(Value::number).transpose()?;
    }
    Ok(metrics)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads as the server reads.
    fn same(text: &str) {
        let ours = Value::read(text.as_bytes()).and_then(input);
        let theirs = serde_json::from_str::<Input>(text);
        assert_eq!(ours.ok(), theirs.ok(), "{text}");
    }

    #[test]
    fn inputs_are_read_as_the_server_reads_them() {
        for text in [
            "{}",
            "7",
            r#"{"lines":["a\n\u00e9\ud83d\ude00","b"],"more":[{}]}"#,
            r#"{"lines":[7]}"#,
            r#"{"ticket_evidence":[{"code":null,"line":"x"},{"line":"y"},{"code":"ERR-DB-001"}]}"#,
            r#"{"ticket_code":"ERR-DB-001","context":{"b":"1","a":"2"}}"#,
            r#"{"context":{"a":1}}"#,
            r#"{"metrics":{"fps":59.94,"rtt_ms":null,"loss_ratio":0.125,"other":1}}"#,
            r#"{"metrics":{"fps":"many"}}"#,
            r#"{"answers":[{"check":"c","answer":"yes"},{"check":"d","answer":"unsure"}]}"#,
            r#"{"answers":[{"check":"c","answer":"perhaps"}]}"#,
            r#"{"answers":[{"check":"c"}]}"#,
        ] {
            same(text);
        }
    }

    #[test]
    fn options_are_read_as_the_server_reads_them() {
        for text in [
            "{}",
            r#"{"maxVisibleNodes":40}"#,
            r#"{"maxVisibleNodes":1.5}"#,
            r#"{"maxVisibleNodes":-1}"#,
            r#"{"pruneThreshold":0.5,"lazyLoadDepth":3}"#,
        ] {
            let ours = Value::read(text.as_bytes()).and_then(options);
            let theirs = serde_json::from_str::<GraphOptions>(text);
            assert_eq!(ours.ok(), theirs.ok(), "{text}");
        }
    }
}
