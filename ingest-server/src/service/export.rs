//! A report as Markdown, for tickets and chats: the verdict, why, what to check and how to mend it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use faultscan_wire::LogLine;
use serde::Deserialize;

use super::refusal::Refusal;
use super::reports::Report;

/// How a report leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Everything.
    Json,
    /// For people.
    Markdown,
}

/// In which language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Simplified Chinese.
    Chinese,
}

/// Causes, checks and fixes that are written out.
const SHOWN_MAX: usize = 8;
/// Lines of evidence that are written out for a code.
const LINES_MAX: usize = 12;
/// Longest line that is written out whole.
const LINE_CHARS_MAX: usize = 1_000;

/// What is written of a diagnosis. Diagnoses of earlier versions lack some of it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Diagnosis {
    catalogue_version: String,
    verdict: Verdict,
    codes: Vec<Code>,
    causes: Vec<Cause>,
    next_checks: Vec<Check>,
    answers: Vec<Answer>,
    fixes: Vec<Fix>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Verdict {
    text: String,
    text_zh: String,
    probability: f64,
    confidence: String,
    cause: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Code {
    code: String,
    title: String,
    title_zh: String,
    reason: String,
    reason_zh: String,
    lines: Vec<usize>,
    captures: BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Cause {
    title: String,
    title_zh: String,
    prior: f64,
    posterior: f64,
    evidence: Vec<String>,
    evidence_zh: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Check {
    question: String,
    question_zh: String,
    command: Option<String>,
    command_zh: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Answer {
    check: String,
    answer: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Fix {
    title: String,
    title_zh: String,
    command: Option<String>,
    command_zh: Option<String>,
    dry_run: Option<String>,
    dry_run_zh: Option<String>,
    undo: Option<String>,
    undo_zh: Option<String>,
    side_effects: String,
    side_effects_zh: String,
    risk: String,
}

/// Writes a report as Markdown.
///
/// # Errors
/// When the stored diagnosis cannot be read.
pub fn markdown(report: &Report, language: Language) -> Result<String, Refusal> {
    let diagnosis: Diagnosis = serde_json::from_str(&report.stored.diagnosis).map_err(|error| {
        tracing::error!(%error, "a stored diagnosis cannot be read");
        Refusal::internal("storage_damaged")
    })?;
    let mut page = Page {
        text: String::new(),
        language,
    };
    page.head(report, &diagnosis);
    page.causes(&diagnosis);
    page.evidence(&diagnosis, &report.lines());
    page.checks(&diagnosis);
    page.fixes(&diagnosis);
    page.feedback(report);
    let version = &diagnosis.catalogue_version;
    let made = page.pick("Catalogue", "知识库版本");
    page.line(&format!("{made} {}", code_span(version)));
    Ok(page.text)
}

struct Page {
    text: String,
    language: Language,
}

impl Page {
    fn pick<'a>(&self, english: &'a str, chinese: &'a str) -> &'a str {
        match self.language {
            Language::Chinese if !chinese.is_empty() => chinese,
            _ => english,
        }
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn heading(&mut self, english: &str, chinese: &str) {
        let title = self.pick(english, chinese).to_owned();
        self.line(&format!("\n## {title}\n"));
    }

    /// A fact of the list at the top; nothing where there is no value.
    fn fact(&mut self, english: &str, chinese: &str, value: &str) {
        if !value.is_empty() {
            let name = self.pick(english, chinese);
            let _ = writeln!(self.text, "- {name}: {value}");
        }
    }

    fn head(&mut self, report: &Report, diagnosis: &Diagnosis) {
        let (row, verdict) = (&report.stored.row, &diagnosis.verdict);
        let title = plain(self.pick(&verdict.text, &verdict.text_zh));
        self.line(&format!("# {title}\n"));
        self.fact("Report", "报告", &code_span(&row.id.to_string()));
        let facets = &row.facets;
        if let Some(code) = &facets.code {
            let title = plain(self.pick(&facets.title, &facets.title_zh));
            self.fact("Code", "错误码", &format!("{} {title}", code_span(code)));
        }
        if verdict.cause.is_some() {
            let title = plain(self.pick(&facets.cause_title, &facets.cause_title_zh));
            let sure = percent(verdict.probability);
            let confidence = match verdict.confidence.as_str() {
                "high" => self.pick("high confidence", "把握高"),
                "medium" => self.pick("medium confidence", "把握中"),
                _ => self.pick("low confidence", "把握低"),
            };
            self.fact("Cause", "原因", &format!("{title} ({sure}, {confidence})"));
        }
        self.fact("Received", "接收时间", &utc(row.received_at_ms));
        self.fact("Captured", "捕获时间", &utc(row.captured_at_ms));
        self.fact("Project", "项目", &plain(&row.project));
        self.fact("Device", "设备", &plain(&row.origin.device));
        self.fact("System", "系统", &plain(&row.origin.os));
        self.fact("App", "应用版本", &plain(&row.origin.app_version));
        self.fact("Ticket", "凭证", &code_span(&row.ticket_id.to_string()));
        self.fact("Group", "分组", &code_span(&row.group.to_string()));
    }

    fn causes(&mut self, diagnosis: &Diagnosis) {
        if diagnosis.causes.is_empty() {
            return;
        }
        self.heading("Causes", "可能原因");
        let head = self.pick("| Cause | Before | Now |", "| 原因 | 先验 | 后验 |");
        let head = format!("{head}\n|---|---:|---:|");
        self.line(&head);
        for cause in diagnosis.causes.iter().take(SHOWN_MAX) {
            let title = plain(self.pick(&cause.title, &cause.title_zh));
            let (before, now) = (percent(cause.prior), percent(cause.posterior));
            self.line(&format!("| {title} | {before} | {now} |"));
        }
        if let Some(first) = diagnosis.causes.first() {
            let chinese = self.language == Language::Chinese && !first.evidence_zh.is_empty();
            let reasons = if chinese {
                &first.evidence_zh
            } else {
                &first.evidence
            };
            if !reasons.is_empty() {
                self.line("");
            }
            for reason in reasons.iter().take(SHOWN_MAX) {
                self.line(&format!("- {}", plain(reason)));
            }
        }
    }

    fn evidence(&mut self, diagnosis: &Diagnosis, lines: &[LogLine]) {
        if diagnosis.codes.is_empty() {
            return;
        }
        self.heading("Evidence", "证据");
        for code in diagnosis.codes.iter().take(SHOWN_MAX) {
            let title = plain(self.pick(&code.title, &code.title_zh));
            self.line(&format!("### {} {title}\n", code_span(&code.code)));
            let reason = plain(self.pick(&code.reason, &code.reason_zh));
            if !reason.is_empty() {
                self.line(&format!("{reason}\n"));
            }
            let captures = code.captures.iter();
            let captures: Vec<String> = captures
                .map(|(name, value)| format!("{} = {}", plain(name), code_span(value)))
                .collect();
            if !captures.is_empty() {
                self.line(&format!("{}\n", captures.join(", ")));
            }
            let numbered = code.lines.iter().take(LINES_MAX).filter_map(|number| {
                let line = lines.get(number.checked_sub(1)?)?;
                let text: String = line.message.chars().take(LINE_CHARS_MAX).collect();
                Some(format!("{number:>5}  {text}"))
            });
            let numbered: Vec<String> = numbered.collect();
            if !numbered.is_empty() {
                self.block(&numbered.join("\n"));
            }
        }
    }

    fn checks(&mut self, diagnosis: &Diagnosis) {
        if !diagnosis.next_checks.is_empty() {
            self.heading("Next checks", "下一步检查");
        }
        for check in diagnosis.next_checks.iter().take(SHOWN_MAX) {
            let question = plain(self.pick(&check.question, &check.question_zh));
            self.line(&format!("- {question}"));
            self.instruction("", "", &check.command, &check.command_zh);
        }
        if !diagnosis.answers.is_empty() {
            self.heading("Answers", "已回答");
        }
        for given in &diagnosis.answers {
            let answer = match given.answer.as_str() {
                "yes" => self.pick("yes", "是"),
                "no" => self.pick("no", "否"),
                _ => self.pick("unsure", "不确定"),
            };
            let line = format!("- {}: {answer}", code_span(&given.check));
            self.line(&line);
        }
    }

    fn fixes(&mut self, diagnosis: &Diagnosis) {
        if diagnosis.fixes.is_empty() {
            return;
        }
        self.heading("Fixes", "修复步骤");
        for (at, fix) in diagnosis.fixes.iter().take(SHOWN_MAX).enumerate() {
            let title = plain(self.pick(&fix.title, &fix.title_zh));
            let risk = match fix.risk.as_str() {
                "low" => self.pick("low risk", "低风险"),
                "medium" => self.pick("medium risk", "中风险"),
                _ => self.pick("high risk", "高风险"),
            };
            let line = format!("{}. {title} ({risk})", at + 1);
            self.line(&line);
            let effects = plain(self.pick(&fix.side_effects, &fix.side_effects_zh));
            if !effects.is_empty() {
                let name = self.pick("Side effects", "副作用");
                let line = format!("   {name}: {effects}");
                self.line(&line);
            }
            self.instruction("Dry run", "试运行", &fix.dry_run, &fix.dry_run_zh);
            self.instruction("Run", "执行", &fix.command, &fix.command_zh);
            self.instruction("Undo", "撤销", &fix.undo, &fix.undo_zh);
        }
    }

    fn feedback(&mut self, report: &Report) {
        if report.stored.feedback.is_empty() {
            self.line("");
            return;
        }
        self.heading("Feedback", "反馈");
        for said in &report.stored.feedback {
            let verdict = if said.right {
                self.pick("right", "正确")
            } else {
                self.pick("wrong", "不正确")
            };
            let cause = said.cause.as_deref().map(code_span).unwrap_or_default();
            let note = said.note.as_deref().map(plain).unwrap_or_default();
            let parts = [verdict.to_owned(), cause, note].join(" ");
            self.line(&format!("- {}: {}", utc(said.at_ms), parts.trim_end()));
        }
        self.line("");
    }

    /// A command or a sentence under an item of a list; a command has no Chinese form.
    fn instruction(
        &mut self,
        english: &str,
        chinese: &str,
        text: &Option<String>,
        text_zh: &Option<String>,
    ) {
        let Some(zh) = text_zh.as_deref() else {
            return self.command(english, chinese, text.as_deref());
        };
        let words = plain(self.pick(text.as_deref().unwrap_or(zh), zh));
        let name = self.pick(english, chinese);
        let colon = if name.is_empty() { "" } else { ": " };
        let line = format!("\n   {name}{colon}{words}\n");
        self.line(&line);
    }

    /// A command under an item of a list.
    fn command(&mut self, english: &str, chinese: &str, command: Option<&str>) {
        let Some(command) = command.filter(|command| !command.trim().is_empty()) else {
            return;
        };
        let name = self.pick(english, chinese).to_owned();
        if !name.is_empty() {
            self.line(&format!("\n   {name}:"));
        }
        let fence = fence(command, 3);
        self.line(&format!("\n   {fence}sh"));
        for line in command.trim().lines() {
            self.line(&format!("   {line}"));
        }
        self.line(&format!("   {fence}\n"));
    }

    fn block(&mut self, text: &str) {
        let fence = fence(text, 3);
        self.line(&format!("{fence}text\n{text}\n{fence}\n"));
    }
}

/// More backticks than stand anywhere in the text.
fn fence(text: &str, fewest: usize) -> String {
    let longest = text.split(|char| char != '`').map(str::len).max();
    "`".repeat(fewest.max(longest.unwrap_or(0) + 1))
}

/// Text that stands for itself, on one line: a log is written by strangers.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '!' => {
                out.push('\\');
                out.push(char);
            }
            '&' => out.push_str("&amp;"),
            _ if char.is_control() => out.push(' '),
            _ => out.push(char),
        }
    }
    out.trim().to_owned()
}

fn code_span(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|char| if char.is_control() { ' ' } else { char })
        .collect();
    let fence = fence(&text, 1);
    let pad = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

fn percent(probability: f64) -> String {
    match probability {
        p if p > 0.0 && p < 0.001 => "<0.1%".to_owned(),
        p if p > 0.999 && p < 1.0 => ">99.9%".to_owned(),
        p => format!("{:.1}%", p * 100.0),
    }
}

/// Unix milliseconds as date and time of day by UTC. The calendar is Howard Hinnant's
/// `civil_from_days` (chrono-Compatible Low-Level Date Algorithms, public domain).
fn utc(at_ms: u64) -> String {
    let seconds = at_ms / 1000;
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_calendar() {
        for (at_ms, expected) in [
            (0, "1970-01-01 00:00:00 UTC"),
            (951_782_400_000, "2000-02-29 00:00:00 UTC"),
            (1_790_000_000_123, "2026-09-21 14:13:20 UTC"),
            (4_102_444_799_000, "2099-12-31 23:59:59 UTC"),
        ] {
            assert_eq!(utc(at_ms), expected);
        }
    }

    #[test]
    fn strangers_text_stays_text() {
        assert_eq!(plain("<b>a|b</b>\n# x"), "\\<b\\>a\\|b\\</b\\> \\# x");
        assert_eq!(code_span("a`b"), "``a`b``");
        assert_eq!(code_span("`"), "`` ` ``");
        assert_eq!(fence("x ``` y", 3), "````");
        assert_eq!(percent(0.0004), "<0.1%");
        assert_eq!(percent(0.625), "62.5%");
    }
}
