//! The pages that lead to the codes: by language, by family, by message.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use faultscan_knowledge::{Catalogue, Code, Family, ProofLevel, Severity};

use super::super::proof_words;
use super::markdown::{cell, code as span};
use crate::term::Lang;

/// What a family is about.
pub(super) fn family_words(family: Family, lang: Lang) -> &'static str {
    match family {
        Family::Db => lang.pick("Database connections", "数据库连接"),
        Family::Tls => lang.pick("TLS and certificates", "TLS 与证书"),
        Family::K8s => lang.pick("Kubernetes scheduling and pods", "Kubernetes 调度与 Pod"),
        Family::Sb => lang.pick("Spring transactions", "Spring 事务"),
        Family::Net => lang.pick("Networks and network policy", "网络与网络策略"),
        Family::Go => lang.pick("The Go environment", "Go 环境"),
        Family::Platform => lang.pick("Platform codes", "平台错误码"),
        _ => lang.pick("Neighbours and business codes", "相邻组件与业务错误码"),
    }
}

/// A severity in words.
pub(super) fn severity_words(severity: Severity, lang: Lang) -> &'static str {
    match severity {
        Severity::Low => lang.pick("low", "低"),
        Severity::Medium => lang.pick("medium", "中"),
        Severity::High => lang.pick("high", "高"),
        _ => lang.pick("critical", "严重"),
    }
}

/// The front page, in both languages.
pub(super) fn front(catalogue: &Catalogue) -> String {
    let (codes, causes) = (catalogue.codes().len(), catalogue.causes().len());
    format!(
        "# The catalogue / 错误知识库\n\n\
         {codes} codes, {causes} root causes. Generated from `shared/knowledge/data` by `cargo xtask \
         codegen`; do not edit.\n\n\
         - English: [by family](en/README.md), [by message](en/messages.md)\n\
         - 中文：[按类别](zh/README.md)、[按报错文本](zh/messages.md)\n\n\
         Platform codes for `diag fta cluster`: [errcode.json](errcode.json).\n"
    )
}

/// All codes, by family.
pub(super) fn families(catalogue: &Catalogue, lang: Lang) -> String {
    let mut out = format!(
        "# {}\n\n{}\n\n",
        lang.pick("The catalogue by family", "错误知识库：按类别"),
        lang.pick(
            "You have a message and no code: [by message](messages.md). 中文: [中文目录](../zh/README.md).",
            "手里只有报错文本：见[按报错文本](messages.md)。English: [contents](../en/README.md)。",
        )
    );
    proofs(catalogue, lang, &mut out);
    for family in Family::ALL {
        let codes: Vec<&Code> = catalogue.family(family).collect();
        if codes.is_empty() {
            continue;
        }
        let _ = write!(
            out,
            "\n## {} ({})\n\n| {} | {} | {} | {} |\n| --- | --- | --- | --- |\n",
            family_words(family, lang),
            codes.len(),
            lang.pick("code", "错误码"),
            lang.pick("name", "名称"),
            lang.pick("severity", "严重程度"),
            lang.pick("proof", "证据"),
        );
        for code in codes {
            let _ = writeln!(
                out,
                "| [{name}]({}/{name}.md) | {} | {} | {} |",
                family.as_str(),
                cell(lang.pick(&code.title.en, &code.title.zh)),
                severity_words(code.severity, lang),
                proof_words(code.proof, lang),
                name = code.code,
            );
        }
    }
    out
}

fn proofs(catalogue: &Catalogue, lang: Lang, out: &mut String) {
    let _ = writeln!(
        out,
        "| {} | {} |\n| --- | --- |",
        lang.pick("proof", "证据"),
        lang.pick("codes", "错误码数"),
    );
    for level in ProofLevel::ALL {
        let count = catalogue
            .codes()
            .iter()
            .filter(|code| code.proof == level)
            .count();
        let _ = writeln!(out, "| {} | {count} |", proof_words(level, lang));
    }
}

/// The words that tell a message, with the codes they lead to.
pub(super) fn messages(catalogue: &Catalogue, lang: Lang) -> String {
    let mut by_words: BTreeMap<(String, &str), Vec<&Code>> = BTreeMap::new();
    for code in catalogue
        .codes()
        .iter()
        .filter(|code| code.family != Family::Platform)
    {
        for signature in &code.signatures {
            for literal in &signature.literals {
                let words = literal.trim();
                // Sorted by its first letter or digit, whatever quotes stand before it.
                let sorted = words.trim_start_matches(|c: char| !c.is_alphanumeric());
                let codes = by_words.entry((sorted.to_lowercase(), words)).or_default();
                if !codes.iter().any(|known| known.code == code.code) {
                    codes.push(code);
                }
            }
        }
    }
    let mut out = format!(
        "# {}\n\n{}\n\n| {} | {} |\n| --- | --- |\n",
        lang.pick("The catalogue by message", "错误知识库：按报错文本"),
        lang.pick(
            "Words that messages hold; the page of each code has whole messages. Faster, and exact: \
             `diag match LOGFILE`. [By family](README.md).",
            "报错中的关键文字，完整报错见各错误码页面。更快更准的办法：`diag match 日志文件`。[按类别](README.md)。",
        ),
        lang.pick("message", "报错文字"),
        lang.pick("code", "错误码"),
    );
    for ((_, words), codes) in &by_words {
        let links: Vec<String> = codes
            .iter()
            .map(|code| {
                format!(
                    "[{name}]({}/{name}.md)",
                    code.family.as_str(),
                    name = code.code
                )
            })
            .collect();
        let _ = writeln!(out, "| {} | {} |", span(words), links.join(", "));
    }
    out
}
