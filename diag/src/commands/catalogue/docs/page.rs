//! The page of one code.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use faultscan_knowledge::{
    Catalogue, Check, Code, Fix, Instruction, ProbabilityClass, Risk, Text, render,
};

use super::super::proof_words;
use super::folder;
use super::index::{family_words, severity_words};
use super::markdown::{block, cell, code as span, prose};
use crate::term::Lang;

/// Software printed it, so a reader compares it letter by letter: no highlighting.
const PLAIN: &str = "text";

struct Page<'a> {
    catalogue: &'a Catalogue,
    code: &'a Code,
    lang: Lang,
    out: String,
}

/// The page of a code in one language.
pub(super) fn page(catalogue: &Catalogue, code: &Code, lang: Lang) -> String {
    let mut page = Page {
        catalogue,
        code,
        lang,
        out: String::new(),
    };
    page.head();
    page.samples();
    page.near_misses();
    page.causes();
    page.checks();
    page.fixes();
    page.emergency();
    page.background();
    page.out
}

impl<'a> Page<'a> {
    fn pick<'t>(&self, text: &'t Text) -> &'t str {
        self.lang.pick(&text.en, &text.zh)
    }

    fn say(&self, en: &'static str, zh: &'static str) -> &'static str {
        self.lang.pick(en, zh)
    }

    fn line(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn section(&mut self, en: &'static str, zh: &'static str) {
        let title = self.say(en, zh);
        let _ = write!(self.out, "\n## {title}\n\n");
    }

    /// A template as a reader without captures sees it.
    fn template(text: &str) -> String {
        render(text, &BTreeMap::new())
    }

    /// A command as a block, a sentence as a paragraph.
    fn instruction(&mut self, instruction: &Instruction) {
        let text = match instruction {
            Instruction::Command(command) => block("sh", &Self::template(command)),
            Instruction::Words(words) => format!("{}\n", prose(&Self::template(self.pick(words)))),
        };
        self.line(&text);
    }

    fn cause_title(&self, id: &str) -> String {
        let title = self
            .catalogue
            .cause(id)
            .map(|cause| self.pick(&cause.title));
        prose(title.unwrap_or(id))
    }

    fn head(&mut self) {
        let code = self.code;
        let other = match self.lang {
            Lang::En => ("中文", folder(Lang::Zh)),
            Lang::Zh => ("English", folder(Lang::En)),
        };
        let title = cell(self.pick(&code.title));
        let _ = write!(
            self.out,
            "# {}: {title}\n\n[{}](../README.md) · [{}](../../{}/{}/{}.md)\n\n",
            code.code,
            family_words(code.family, self.lang),
            other.0,
            other.1,
            code.family.as_str(),
            code.code,
        );
        let _ = write!(
            self.out,
            "| {} | {} | {} |\n| --- | --- | --- |\n| {} | {} | {} |\n\n",
            self.say("severity", "严重程度"),
            self.say("how often", "出现频率"),
            self.say("proof", "证据"),
            severity_words(code.severity, self.lang),
            class_words(code.probability.class, self.lang),
            proof_words(code.proof, self.lang),
        );
        let explanation = prose(self.pick(&code.explanation));
        self.line(&explanation);
        let verdict = prose(&Self::template(self.pick(&code.verdict)));
        let label = self.say("A report says", "报告结论");
        self.line(&format!("\n{label}: *{verdict}*"));
    }

    fn samples(&mut self) {
        self.section("What it looks like", "报错原文");
        let code = self.code;
        for proof in &code.proofs {
            let label = self.say("seen with", "复现于");
            self.line(&format!(
                "{label} {} ({}):\n",
                prose(&proof.software),
                span(&proof.case)
            ));
            self.line(&block(PLAIN, &proof.line));
        }
        for sample in &code.samples {
            self.line(&block(PLAIN, &sample.text));
            self.line(&format!("<sub>{}</sub>\n", prose(&sample.source)));
        }
    }

    fn near_misses(&mut self) {
        self.section("What it is not", "容易混淆的文本");
        for miss in &self.code.near_misses {
            self.line(&block(PLAIN, &miss.text));
            let why = prose(&miss.why);
            match miss.expect.as_deref().filter(|expect| *expect != "none") {
                Some(other) => {
                    let link = self.link(other);
                    self.line(&format!("{why}: {link}\n"));
                }
                None => self.line(&format!("{why}\n")),
            }
        }
    }

    fn link(&self, name: &str) -> String {
        match self.catalogue.code(name) {
            Some(code) => format!(
                "[{name}](../{}/{name}.md) {}",
                code.family.as_str(),
                prose(self.pick(&code.title))
            ),
            None => name.to_owned(),
        }
    }

    fn causes(&mut self) {
        self.section("Causes", "原因");
        let _ = writeln!(
            self.out,
            "{}\n\n| {} | {} | {} |\n| --- | --- | --- |",
            span(&self.code.gate),
            self.say("cause", "原因"),
            self.say("how often", "出现频率"),
            self.say("how it shows", "如何确认"),
        );
        let causes = self.code.causes.iter();
        for cause in causes.filter_map(|id| self.catalogue.cause(id)) {
            let row = format!(
                "| {}<br>{} | {} | {} |",
                cell(self.pick(&cause.title)),
                span(&cause.id),
                class_words(cause.prior.class, self.lang),
                cell(self.pick(&cause.evidence)),
            );
            self.line(&row);
        }
    }

    fn checks(&mut self) {
        let checks: Vec<&Check> = self.catalogue.checks(self.code).collect();
        if checks.is_empty() {
            return;
        }
        self.section("Checks", "排查步骤");
        for check in checks {
            let minutes = self.say("minutes", "分钟");
            let question = prose(&Self::template(self.pick(&check.question)));
            self.line(&format!("### {question} ({} {minutes})\n", check.cost_min));
            self.instruction(&check.command);
            let (yes, no) = (prose(self.pick(&check.yes)), prose(self.pick(&check.no)));
            let (yes_word, no_word) = (self.say("Yes", "是"), self.say("No", "否"));
            self.line(&format!("- **{yes_word}:** {yes}\n- **{no_word}:** {no}\n"));
        }
    }

    fn fixes(&mut self) {
        self.section("Fixes", "修复步骤");
        let code = self.code;
        for cause in &code.causes {
            for fix in self.catalogue.fixes(code, cause) {
                self.fix(cause, fix);
            }
        }
    }

    fn fix(&mut self, cause: &str, fix: &Fix) {
        let title = prose(self.pick(&fix.title));
        let cause = self.cause_title(cause);
        let label = self.say("against", "针对");
        self.line(&format!("### {title}\n\n{label}: {cause}\n"));
        for (name, text) in [
            (self.say("Try without effect", "试运行"), &fix.dry_run),
            (self.say("Do", "执行"), &fix.command),
            (self.say("Undo", "撤销"), &fix.undo),
        ] {
            self.line(&format!("{name}:\n"));
            self.instruction(text);
        }
        let risk = match fix.risk {
            Risk::Low => self.say("low", "低"),
            Risk::Medium => self.say("medium", "中"),
            _ => self.say("high", "高"),
        };
        let twice = if fix.idempotent {
            self.say("running it twice does no harm", "可重复执行")
        } else {
            self.say("run it once only", "不可重复执行")
        };
        let effects = prose(self.pick(&fix.side_effects));
        let (risk_word, effect_word) =
            (self.say("Risk", "风险"), self.say("Side effects", "副作用"));
        self.line(&format!(
            "{risk_word}: {risk}; {twice}. {effect_word}: {effects}\n"
        ));
    }

    fn emergency(&mut self) {
        self.section("In an emergency", "应急处置");
        let runbook = &self.code.runbook;
        for (level, en, zh, text) in [
            (1, "Five minutes", "五分钟内", &runbook.level1),
            (2, "Half an hour", "半小时内", &runbook.level2),
            (3, "Hand over", "升级移交", &runbook.level3),
        ] {
            let (when, text) = (self.say(en, zh), prose(self.pick(text)));
            self.line(&format!("{level}. **{when}.** {text}"));
        }
        self.section("Prevention", "预防");
        let prevention = prose(self.pick(&self.code.prevention));
        self.line(&prevention);
    }

    fn background(&mut self) {
        let code = self.code;
        self.section("Versions and clients", "版本与客户端差异");
        for version in &code.versions {
            let reason = prose(self.pick(&version.reason));
            self.line(&format!("- {}: {reason}", prose(&version.range)));
        }
        for note in &code.client_notes {
            let text = prose(self.pick(&note.note));
            self.line(&format!("- {}: {text}", prose(&note.client)));
        }
        self.section("Where it comes from", "来源");
        for entry in &code.provenance {
            let mut line = format!("- {}: {}", prose(&entry.project), span(&entry.file));
            if let Some(since) = &entry.since {
                let _ = write!(line, ", {} {}", self.say("since", "始于"), prose(since));
            }
            if let Some(note) = &entry.note {
                let _ = write!(line, " ({})", prose(note));
            }
            self.line(&line);
        }
        if let Some(guideline) = &code.guideline {
            let label = self.say("Guideline", "参考规范");
            self.line(&format!(
                "- {label}: [{}]({})",
                prose(&guideline.title),
                guideline.url
            ));
        }
        if !code.related.is_empty() {
            self.section("Read next", "相关错误码");
            for other in &code.related {
                let link = self.link(other);
                self.line(&format!("- {link}"));
            }
        }
    }
}

fn class_words(class: ProbabilityClass, lang: Lang) -> &'static str {
    match class {
        ProbabilityClass::Common => lang.pick("common", "常见"),
        ProbabilityClass::Occasional => lang.pick("occasional", "偶见"),
        _ => lang.pick("rare", "罕见"),
    }
}
