//! `diag catalogue check`: whether a catalogue keeps every rule, is complete, and right about its
//! samples, near misses and proofs.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use faultscan_evidence::Matcher;
use faultscan_knowledge::pack::PACK_SCHEMA;
use faultscan_knowledge::{Catalogue, Family, Instruction, ProofLevel, Text};
use serde_json::{Map, Value, json};

use super::proof_words;
use crate::cli::Global;
use crate::exit::{OrBadInput as _, bad_input};
use crate::term::Term;
use crate::{output, samples, source};

const EXAMPLES: &str = "\
Examples:
  diag catalogue check                           the catalogue of this program
  diag catalogue check shared/knowledge/data     data files, while writing them
  diag catalogue check catalogue.fspk --json

A folder is read under every rule of the format, and its release.toml says how many codes it must have;
those of the built-in catalogue were checked by the build.";

/// Options of `diag catalogue check`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CheckArgs {
    /// Pack, or folder with data files; the built-in catalogue where left out
    #[arg(value_name = "PACK|DIR")]
    path: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// What was counted and what is wrong.
struct Checked<'a> {
    catalogue: &'a Catalogue,
    faults: Vec<String>,
    texts: usize,
}

impl CheckArgs {
    pub(super) fn run(&self, global: Global) -> anyhow::Result<ExitCode> {
        let catalogue = match &self.path {
            Some(path) => source::open(path, None)?,
            None => Catalogue::builtin()?,
        };
        let matcher = Matcher::new(&catalogue).or_bad_input("catalogue")?;
        let mut faults = samples::faults(&catalogue, &matcher);
        let mut texts = 0;
        each_text(&catalogue, |place, text| {
            texts += 1;
            for (language, missing) in [
                ("en", text.en.trim().is_empty()),
                ("zh", text.zh.trim().is_empty()),
            ] {
                if missing {
                    faults.push(format!("{place}: has no text in {language}"));
                }
            }
        });
        let checked = Checked {
            catalogue: &catalogue,
            faults,
            texts,
        };
        if self.json {
            output::json(&checked.json())?;
        } else if checked.faults.is_empty() {
            output::print(&checked.table(global.stdout()))?;
        } else {
            for fault in &checked.faults {
                eprintln!("{fault}");
            }
        }
        match checked.faults.len() {
            0 => Ok(ExitCode::SUCCESS),
            1 => Err(bad_input("the catalogue has a fault")),
            count => Err(bad_input(format_args!("the catalogue has {count} faults"))),
        }
    }
}

impl Checked<'_> {
    fn family(&self, family: Family) -> usize {
        self.catalogue.family(family).count()
    }

    /// Codes of the five families of outside software.
    fn outside(&self) -> usize {
        let five = [
            Family::Db,
            Family::Tls,
            Family::K8s,
            Family::Sb,
            Family::Net,
        ];
        five.into_iter().map(|family| self.family(family)).sum()
    }

    fn proofs(&self, level: ProofLevel) -> usize {
        let codes = self.catalogue.codes().iter();
        codes.filter(|code| code.proof == level).count()
    }

    fn samples(&self) -> usize {
        self.catalogue
            .codes()
            .iter()
            .map(|code| code.samples.len())
            .sum()
    }

    fn near_misses(&self) -> usize {
        self.catalogue
            .codes()
            .iter()
            .map(|code| code.near_misses.len())
            .sum()
    }

    fn signatures(&self) -> usize {
        self.catalogue
            .codes()
            .iter()
            .map(|code| code.signatures.len())
            .sum()
    }

    /// The fewest samples and near misses that a code of the five families has.
    fn fewest(&self) -> (usize, usize) {
        let outside = |code: &&faultscan_knowledge::Code| !code.family.prefix().is_empty();
        let codes = || self.catalogue.codes().iter().filter(outside);
        (
            codes().map(|code| code.samples.len()).min().unwrap_or(0),
            codes()
                .map(|code| code.near_misses.len())
                .min()
                .unwrap_or(0),
        )
    }

    fn json(&self) -> Value {
        let families: Map<String, Value> = Family::ALL
            .into_iter()
            .map(|family| (family.as_str().to_owned(), json!(self.family(family))))
            .collect();
        let trees: Map<String, Value> = (self.catalogue.trees().iter())
            .map(|tree| (tree.id.clone(), json!(tree.events.len())))
            .collect();
        let proofs: Map<String, Value> = ProofLevel::ALL
            .into_iter()
            .map(|level| (level.as_str().to_owned(), json!(self.proofs(level))))
            .collect();
        let (samples_min, near_misses_min) = self.fewest();
        json!({
            "ok": self.faults.is_empty(),
            "schema": PACK_SCHEMA,
            "version": self.catalogue.version(),
            "codes": self.catalogue.codes().len(),
            "families": families,
            "five_families": self.outside(),
            "tree_events": trees,
            "causes": self.catalogue.causes().len(),
            "signatures": self.signatures(),
            "samples": self.samples(),
            "samples_min": samples_min,
            "near_misses": self.near_misses(),
            "near_misses_min": near_misses_min,
            "texts_in_both_languages": self.texts,
            "proofs": proofs,
            "faults": self.faults,
        })
    }

    fn table(&self, term: Term) -> String {
        let say = |en: String, zh: String| term.lang.say(en, zh);
        let count = |family: Family| format!("{} {}", self.family(family), family.as_str());
        let five = [
            Family::Db,
            Family::Tls,
            Family::K8s,
            Family::Sb,
            Family::Net,
        ]
        .map(count);
        let five = format!("{} = {}", five.join(" + "), self.outside());
        let rest = [Family::Go, Family::Platform, Family::Extra]
            .map(count)
            .join(", ");
        let (samples_min, misses_min) = self.fewest();
        let (samples, misses) = (self.samples(), self.near_misses());
        let mut rows = vec![
            (
                term.lang.pick("schema", "格式"),
                say(
                    format!("{PACK_SCHEMA}, every rule of the format kept"),
                    format!("{PACK_SCHEMA}，全部规则均满足"),
                ),
            ),
            (
                term.lang.pick("version", "版本"),
                self.catalogue.version().to_owned(),
            ),
            (term.lang.pick("codes", "错误码"), format!("{five}; {rest}")),
        ];
        for tree in self.catalogue.trees() {
            let events = tree.events.len();
            rows.push((
                term.lang.pick("fault tree", "故障树"),
                say(
                    format!("{}: {events} basic events", tree.id),
                    format!("{}：{events} 个基本事件", tree.id),
                ),
            ));
        }
        let (causes, signatures) = (self.catalogue.causes().len(), self.signatures());
        rows.push((term.lang.pick("causes", "原因"), causes.to_string()));
        rows.push((term.lang.pick("signatures", "特征"), signatures.to_string()));
        rows.push((
            term.lang.pick("samples", "样例"),
            say(
                format!("{samples} hit; at least {samples_min} a code of the five families"),
                format!("{samples} 个全部命中；五大类每个错误码至少 {samples_min} 个"),
            ),
        ));
        rows.push((
            term.lang.pick("near misses", "近似样例"),
            say(
                format!("{misses} do not; at least {misses_min} a code of the five families"),
                format!("{misses} 个均未误报；五大类每个错误码至少 {misses_min} 个"),
            ),
        ));
        rows.push((
            term.lang.pick("texts", "文本"),
            say(
                format!("{} in English and in Chinese", self.texts),
                format!("{} 处中英文齐全", self.texts),
            ),
        ));
        for level in ProofLevel::ALL {
            let label = if level == ProofLevel::Live {
                term.lang.pick("proof", "证据")
            } else {
                ""
            };
            let words = proof_words(level, term.lang);
            rows.push((label, format!("{:>3} {words}", self.proofs(level))));
        }
        let mut out = String::new();
        for (label, text) in rows {
            out.push_str(&format!(
                "{}  {text}\n",
                term.dim(&crate::term::pad(label, 12))
            ));
        }
        out.push_str(&format!(
            "{}\n",
            term.green(term.lang.pick("the catalogue is good", "知识库检查通过"))
        ));
        out
    }
}

/// Every text of the catalogue, with its place.
fn each_text(catalogue: &Catalogue, mut see: impl FnMut(String, &Text)) {
    for code in catalogue.codes() {
        let name = &code.code;
        let runbook = &code.runbook;
        for (field, text) in [
            ("title", &code.title),
            ("explanation", &code.explanation),
            ("verdict", &code.verdict),
            ("prevention", &code.prevention),
            ("runbook.level1", &runbook.level1),
            ("runbook.level2", &runbook.level2),
            ("runbook.level3", &runbook.level3),
        ] {
            see(format!("{name}: {field}"), text);
        }
        for (index, version) in code.versions.iter().enumerate() {
            see(format!("{name}: versions[{index}].reason"), &version.reason);
        }
        for (index, note) in code.client_notes.iter().enumerate() {
            see(format!("{name}: client_notes[{index}].note"), &note.note);
        }
        parts(name, &code.indicators, &code.checks, &code.fixes, &mut see);
    }
    for cause in catalogue.causes() {
        see(format!("{}: title", cause.id), &cause.title);
        see(format!("{}: evidence", cause.id), &cause.evidence);
        parts(
            &cause.id,
            &cause.indicators,
            &cause.checks,
            &cause.fixes,
            &mut see,
        );
    }
    for tree in catalogue.trees() {
        see(format!("{}: title", tree.id), &tree.title);
        for gate in &tree.gates {
            see(format!("{}: title", gate.id), &gate.title);
        }
        for axis in &tree.axes {
            see(format!("{}: title", axis.id), &axis.title);
        }
    }
}

fn parts(
    name: &str,
    indicators: &[faultscan_knowledge::Indicator],
    checks: &[faultscan_knowledge::Check],
    fixes: &[faultscan_knowledge::Fix],
    see: &mut impl FnMut(String, &Text),
) {
    for (index, indicator) in indicators.iter().enumerate() {
        see(format!("{name}: indicators[{index}].note"), &indicator.note);
    }
    for check in checks {
        for (field, text) in [
            ("question", &check.question),
            ("yes", &check.yes),
            ("no", &check.no),
        ] {
            see(format!("{name}: {}.{field}", check.id), text);
        }
        if let Instruction::Words(words) = &check.command {
            see(format!("{name}: {}.command", check.id), words);
        }
    }
    for (index, fix) in fixes.iter().enumerate() {
        for (field, text) in [("title", &fix.title), ("side_effects", &fix.side_effects)] {
            see(format!("{name}: fixes[{index}].{field}"), text);
        }
        for (field, instruction) in [
            ("command", &fix.command),
            ("dry_run", &fix.dry_run),
            ("undo", &fix.undo),
        ] {
            if let Instruction::Words(words) = instruction {
                see(format!("{name}: fixes[{index}].{field}"), words);
            }
        }
    }
}
