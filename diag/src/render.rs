//! A diagnosis for a person at a terminal.

use faultscan_diagnosis::{Confidence, Consequence, Diagnosis, Fix, NextCheck, Status};

use crate::term::{Term, bar, pad, percent, printable, widest};

const BAR_COLUMNS: usize = 12;
const CAUSES_SHOWN: usize = 6;
const FIXES_SHOWN: usize = 4;
const LINES_SHOWN: usize = 5;
/// Evidence lines are cut here, so that a long line does not hide the rest.
const LINE_CHARS_MAX: usize = 160;

/// The verdict, with its code in front.
pub(crate) fn verdict_line(diagnosis: &Diagnosis, term: Term) -> String {
    let verdict = &diagnosis.verdict;
    let text = printable(term.lang.pick(&verdict.text, &verdict.text_zh));
    let text = match (diagnosis.status, verdict.confidence) {
        (Status::Unexplained, _) => term.yellow(&text),
        (_, Confidence::Low) => text,
        _ => term.bold(&text),
    };
    match &verdict.code {
        Some(code) => format!("{} {text}", term.red(code)),
        None => text,
    }
}

/// The whole diagnosis. `lines` are the diagnosed lines, by their 1-based numbers.
pub(crate) fn diagnosis(diagnosis: &Diagnosis, lines: &[String], term: Term) -> String {
    let mut out = format!("{}\n", verdict_line(diagnosis, term));
    for note in &diagnosis.notes {
        out.push_str(&format!(
            "{}\n",
            term.yellow(term.lang.pick(&note.text, &note.text_zh))
        ));
    }
    codes(&mut out, diagnosis, lines, term);
    causes(&mut out, diagnosis, term);
    if let Some(check) = diagnosis.next_checks.first() {
        next_check(&mut out, check, term);
    }
    if !diagnosis.fixes.is_empty() {
        out.push_str(&format!("\n{}\n", term.heading("Fix", "修复")));
        for (place, fix) in diagnosis.fixes.iter().take(FIXES_SHOWN).enumerate() {
            fix_step(&mut out, place + 1, fix, term);
        }
    }
    forward(&mut out, diagnosis, term);
    out
}

fn codes(out: &mut String, diagnosis: &Diagnosis, lines: &[String], term: Term) {
    if diagnosis.codes.is_empty() && diagnosis.metrics.is_empty() {
        return;
    }
    out.push_str(&format!("\n{}\n", term.heading("Evidence", "证据")));
    for code in &diagnosis.codes {
        let title = term.lang.pick(&code.title, &code.title_zh);
        let name = if code.primary {
            term.red(&code.code)
        } else {
            term.dim(&code.code)
        };
        let reason = if code.primary {
            String::new()
        } else {
            format!("  {}", term.lang.pick(&code.reason, &code.reason_zh))
        };
        out.push_str(&format!("  {name}  {title}{}\n", term.dim(&reason)));
        if !code.primary {
            continue;
        }
        for number in code.lines.iter().take(LINES_SHOWN) {
            let line = usize::try_from(*number)
                .ok()
                .and_then(|number| lines.get(number.checked_sub(1)?));
            if let Some(line) = line {
                out.push_str(&format!(
                    "  {} {}\n",
                    term.dim(&format!("{number:>5}")),
                    clip(line)
                ));
            }
        }
        if code.lines.len() > LINES_SHOWN {
            let more = code.lines.len() - LINES_SHOWN;
            let text = term
                .lang
                .say(format!("and {more} more lines"), format!("另有 {more} 行"));
            out.push_str(&format!("        {}\n", term.dim(&text)));
        }
    }
    for metric in &diagnosis.metrics {
        out.push_str(&format!(
            "  {}\n",
            term.lang.pick(&metric.text, &metric.text_zh)
        ));
    }
}

fn clip(line: &str) -> String {
    let line = printable(line.trim());
    match line.char_indices().nth(LINE_CHARS_MAX) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

fn causes(out: &mut String, diagnosis: &Diagnosis, term: Term) {
    if diagnosis.causes.is_empty() {
        return;
    }
    out.push_str(&format!("\n{}\n", term.heading("Causes", "原因")));
    let shown = diagnosis.causes.iter().take(CAUSES_SHOWN);
    let titles: Vec<&str> = shown
        .clone()
        .map(|cause| term.lang.pick(&cause.title, &cause.title_zh))
        .collect();
    let columns = widest(titles.iter().copied());
    for (cause, title) in shown.zip(&titles) {
        let chance = format!("{:>4}", percent(cause.posterior));
        let bar = bar(cause.posterior, BAR_COLUMNS);
        let line = format!(
            "  {} {} {}  ",
            term.bold(&chance),
            term.cyan(&bar),
            pad(title, columns)
        );
        out.push_str(&format!("{line}{}\n", term.dim(&cause.id)));
    }
    let rest = diagnosis.causes.len().saturating_sub(CAUSES_SHOWN);
    if rest > 0 {
        let text = term.lang.say(
            format!("and {rest} less likely"),
            format!("另有 {rest} 个可能性更低"),
        );
        out.push_str(&format!("       {}\n", term.dim(&text)));
    }
}

fn next_check(out: &mut String, check: &NextCheck, term: Term) {
    let lang = term.lang;
    let minutes = format!("{:.0} min", check.cost_min.max(1.0));
    let heading = term.heading("Next check", "下一步检查");
    out.push_str(&format!(
        "\n{heading} {}\n",
        term.dim(&format!("({minutes}, {:.2} bit)", check.gain_bits))
    ));
    out.push_str(&format!(
        "  {}\n",
        lang.pick(&check.question, &check.question_zh)
    ));
    instruction(out, "  ", &check.command, &check.command_zh, term);
    let yes = format!(
        "{} → {}",
        lang.pick("yes", "是"),
        lang.pick(&check.yes, &check.yes_zh)
    );
    let no = format!(
        "{} → {}",
        lang.pick("no ", "否"),
        lang.pick(&check.no, &check.no_zh)
    );
    out.push_str(&format!("  {}\n  {}\n", term.dim(&yes), term.dim(&no)));
    let hint = lang.pick("then diagnose again with", "然后加上此参数再次诊断：");
    out.push_str(&format!(
        "  {} {}\n",
        term.dim(hint),
        term.cyan(&format!("--answer {}=yes", check.id))
    ));
}

fn fix_step(out: &mut String, place: usize, fix: &Fix, term: Term) {
    let lang = term.lang;
    let risk = match fix.risk.as_str() {
        "low" => term.green(lang.pick("low risk", "低风险")),
        "medium" => term.yellow(lang.pick("medium risk", "中风险")),
        _ => term.red(lang.pick("high risk", "高风险")),
    };
    out.push_str(&format!(
        "  {place}. {}  {risk}\n",
        lang.pick(&fix.title, &fix.title_zh)
    ));
    let look = lang.pick("     look  ", "     预演  ");
    instruction(out, look, &fix.dry_run, &fix.dry_run_zh, term);
    let act = lang.pick("     do    ", "     执行  ");
    instruction(out, act, &fix.command, &fix.command_zh, term);
    let undo = lang.pick("     undo  ", "     撤销  ");
    instruction(out, undo, &fix.undo, &fix.undo_zh, term);
    let effects = lang.pick(&fix.side_effects, &fix.side_effects_zh);
    if !effects.is_empty() {
        out.push_str(&format!("     {}\n", term.dim(effects)));
    }
}

/// A command behind a prompt, or a sentence; a command has no Chinese form.
fn instruction(
    out: &mut String,
    label: &str,
    text: &Option<String>,
    text_zh: &Option<String>,
    term: Term,
) {
    match (text, text_zh) {
        (Some(text), Some(text_zh)) => {
            let words = term.lang.pick(text, text_zh);
            out.push_str(&format!("{}{words}\n", term.dim(label)));
        }
        (Some(command), None) => command_lines(out, &format!("{label}$ "), command, term),
        (None, _) => {}
    }
}

/// A command of one or more lines, aligned under its label.
fn command_lines(out: &mut String, label: &str, command: &str, term: Term) {
    let indent = " ".repeat(widest([label]));
    for (place, line) in command.lines().enumerate() {
        let lead = if place == 0 { label } else { &indent };
        out.push_str(&format!("{}{}\n", term.dim(lead), term.cyan(line)));
    }
}

/// What follows from assumptions.
pub(crate) fn what_if(follows: &[Consequence], term: Term) -> String {
    let mut out = format!("{}\n", term.heading("What follows", "随之发生"));
    consequences(&mut out, follows, term);
    out
}

fn forward(out: &mut String, diagnosis: &Diagnosis, term: Term) {
    if diagnosis.forward.is_empty() || diagnosis.status == Status::Unexplained {
        return;
    }
    out.push_str(&format!(
        "\n{}\n",
        term.heading("Likely to fail as well", "可能连带发生")
    ));
    consequences(out, &diagnosis.forward, term);
}

fn consequences(out: &mut String, follows: &[Consequence], term: Term) {
    let columns = widest(follows.iter().map(|code| code.code.as_str()));
    for code in follows {
        let title = term.lang.pick(&code.title, &code.title_zh);
        out.push_str(&format!(
            "  {:>4} {}  {title}\n",
            percent(code.probability),
            pad(&code.code, columns)
        ));
    }
}
