//! The verdict in one sentence.

use faultscan_knowledge::Text;

use crate::findings::Found;
use crate::model::Model;
use crate::report::{Confidence, FoundCode, RankedCause, Status, Verdict};

/// From here on a cause is called likely, and a failure real.
pub(crate) const LIKELY: f64 = 0.5;
/// From here on a cause is worth acting on at once.
const SURE: f64 = 0.8;

/// A cause is a candidate beside the first if it is at least this share as probable.
const CANDIDATE_SHARE: f64 = 0.5;
/// Candidates that are named.
const CANDIDATES_MAX: usize = 3;

/// How much weight a probability bears.
pub(crate) fn confidence(probability: f64) -> Confidence {
    if probability >= SURE {
        Confidence::High
    } else if probability >= LIKELY {
        Confidence::Medium
    } else {
        Confidence::Low
    }
}

/// To a whole number, ties to an even one. Formatting numbers with a fraction would bring the code for
/// exact decimals of any length to phones.
pub(crate) fn rounded(value: f64) -> i64 {
    value.round_ties_even() as i64
}

/// A probability for people: never certainty where there is none.
fn percent(probability: f64) -> String {
    let percent = probability * 100.0;
    if percent > 99.0 {
        ">99%".into()
    } else if percent < 1.0 {
        "<1%".into()
    } else {
        format!("{}%", rounded(percent))
    }
}

/// The verdict on the leading code, or on a cause that shows without any code.
pub(crate) fn verdict(
    model: &Model,
    status: Status,
    lead: Option<&Found>,
    codes: &[FoundCode],
    causes: &[RankedCause],
) -> Verdict {
    if status == Status::Unexplained {
        return unexplained(model, lead, codes);
    }
    let sentence = lead.and_then(|found| {
        let code = model.catalogue.code(&found.code)?;
        Some(code.verdict.render(&found.captures))
    });
    let cause = causes
        .iter()
        .find(|cause| lead.is_none_or(|found| cause.codes.contains(&found.code)));
    let Some(cause) = cause else {
        let text = sentence.unwrap_or_else(nothing_known);
        return make(text, lead, None);
    };
    // A symptom that is itself a basic event needs no cause beside it.
    let itself = lead.is_some_and(|found| found.code == cause.id);
    let text = match sentence {
        Some(sentence) if itself => sentence,
        Some(sentence) => join(&sentence, &likely(cause, causes)),
        None => likely(cause, causes),
    };
    make(text, lead, Some(cause))
}

fn make(text: Text, lead: Option<&Found>, cause: Option<&RankedCause>) -> Verdict {
    let probability = cause.map_or(0.0, |cause| cause.posterior);
    Verdict {
        text: text.en,
        text_zh: text.zh,
        code: lead.map(|found| found.code.clone()),
        cause: cause.map(|cause| cause.id.clone()),
        probability,
        confidence: confidence(probability),
    }
}

/// What is known of the cause: its name where it is likely, else the candidates.
fn likely(cause: &RankedCause, causes: &[RankedCause]) -> Text {
    if cause.posterior >= LIKELY {
        let chance = percent(cause.posterior);
        return Text {
            en: format!("Most likely cause: {} ({chance}).", cause.title),
            zh: format!("最可能的原因：{}（{chance}）。", cause.title_zh),
        };
    }
    let near = |other: &&RankedCause| {
        other.codes == cause.codes && other.posterior >= CANDIDATE_SHARE * cause.posterior
    };
    let candidates: Vec<&RankedCause> = causes.iter().filter(near).take(CANDIDATES_MAX).collect();
    let names = |name: fn(&RankedCause) -> String, between: &str| {
        candidates
            .iter()
            .map(|candidate| name(candidate))
            .collect::<Vec<_>>()
            .join(between)
    };
    Text {
        en: format!(
            "Not certain yet; candidates: {}.",
            names(
                |one| format!("{} ({})", one.title, percent(one.posterior)),
                ", "
            )
        ),
        zh: format!(
            "尚不确定，可能的原因：{}。",
            names(
                |one| format!("{}（{}）", one.title_zh, percent(one.posterior)),
                "、"
            )
        ),
    }
}

/// One sentence after the other.
fn join(first: &Text, second: &Text) -> Text {
    let end = |text: &str, stop: char| {
        let text = text.trim();
        if text.ends_with(['.', '。', '!', '！', '?', '？']) {
            text.to_owned()
        } else {
            format!("{text}{stop}")
        }
    };
    Text {
        en: format!("{} {}", end(&first.en, '.'), second.en),
        zh: format!("{}{}", end(&first.zh, '。'), second.zh),
    }
}

fn nothing_known() -> Text {
    Text {
        en: "Nothing in the catalogue explains this.".into(),
        zh: "目录中没有能够解释此现象的条目。".into(),
    }
}

fn unexplained(model: &Model, lead: Option<&Found>, codes: &[FoundCode]) -> Verdict {
    let title = lead.and_then(|found| {
        let code = codes.iter().find(|code| code.code == found.code)?;
        Some((
            found.code.clone(),
            model.catalogue.code(&code.code)?.title.clone(),
        ))
    });
    let text = match title {
        Some((code, title)) => Text {
            en: format!(
                "{code} ({}) was found, but the other evidence speaks against every cause that is known for it.",
                title.en
            ),
            zh: format!(
                "发现 {code}（{}），但其他证据排除了它的所有已知原因。",
                title.zh
            ),
        },
        None => nothing_known(),
    };
    make(text, lead, None)
}

/// Notes about what the catalogue does not know.
pub(crate) fn unknown_code_note(code: &str, version: &str) -> crate::report::Note {
    crate::report::Note {
        reason: "unknown_code".into(),
        text: format!("The ticket names {code}, which catalogue {version} does not have."),
        text_zh: format!("票据指明的 {code} 不在目录 {version} 中。"),
    }
}

/// The note on a diagnosis that could not use all evidence.
pub(crate) fn reduced_note() -> crate::report::Note {
    crate::report::Note {
        reason: "evidence_reduced".into(),
        text: "This log shows more failures at once than can be weighed together; the clearest ones were used.".into(),
        text_zh: "日志中同时出现的故障过多，无法一并计算，只采用了最明确的部分。".into(),
    }
}

/// The note on evidence that does not fit together.
pub(crate) fn conflict_note(times: f64) -> crate::report::Note {
    let times = if times >= 1e6 {
        "a million".to_owned()
    } else {
        rounded(times).to_string()
    };
    let times_zh = times.replace("a million", "一百万");
    crate::report::Note {
        reason: "evidence_conflicts".into(),
        text: format!(
            "Pieces of the evidence contradict each other: they are over {times} times less likely together than apart. Look at the answers again; or several failures stand in one log."
        ),
        text_zh: format!(
            "证据之间相互矛盾：它们同时出现的可能性比各自出现时低 {times_zh} 倍以上。请复核已给出的回答；也可能是日志中混有多个故障。"
        ),
    }
}

/// The note on a session that was begun with another catalogue.
pub(crate) fn other_catalogue_note(begun: &str, version: &str) -> crate::report::Note {
    crate::report::Note {
        reason: "other_catalogue".into(),
        text: format!(
            "This dialogue was begun with catalogue {begun} and goes on with {version}; probabilities may differ."
        ),
        text_zh: format!("本次诊断始于目录 {begun}，现以 {version} 继续，概率可能有所不同。"),
    }
}

/// The note on an answer that was set aside.
pub(crate) fn unknown_check_note(check: &str, version: &str) -> crate::report::Note {
    crate::report::Note {
        reason: "unknown_check".into(),
        text: format!(
            "The answer to `{check}` was set aside: catalogue {version} does not have that check."
        ),
        text_zh: format!("对 `{check}` 的回答未被采用：目录 {version} 中没有这项检查。"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_once() {
        let text = |en: &str, zh: &str| Text {
            en: en.into(),
            zh: zh.into(),
        };
        let joined = join(&text("It is down", "它停了"), &text("Really.", "真的。"));
        assert_eq!(joined, text("It is down. Really.", "它停了。真的。"));
        let joined = join(&text("It is down.", "它停了。"), &text("Really.", "真的。"));
        assert_eq!(joined, text("It is down. Really.", "它停了。真的。"));
    }

    #[test]
    fn confidence_has_its_bounds() {
        assert_eq!(confidence(0.8), Confidence::High);
        assert_eq!(confidence(0.79), Confidence::Medium);
        assert_eq!(confidence(0.49), Confidence::Low);
        assert_eq!(percent(0.9999), ">99%");
    }
}
