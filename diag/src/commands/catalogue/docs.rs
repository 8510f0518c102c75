//! `diag catalogue docs`: the catalogue as Markdown pages, a page a code and language, with indexes
//! by family and by message.

mod index;
mod markdown;
mod page;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use faultscan_knowledge::Catalogue;

use crate::cli::Global;
use crate::exit::{OrBadInput as _, bad_input};
use crate::output;
use crate::source::CatalogueOption;
use crate::term::Lang;

/// Options of `diag catalogue docs`.
#[derive(Args, Debug)]
pub(crate) struct DocsArgs {
    /// Folder to write the pages to; pages of codes that are gone are removed from it
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Write nothing: end with code 2 where a page is missing, left over or out of date
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    source: CatalogueOption,
}

/// Pages by their names below the folder.
type Pages = BTreeMap<String, String>;

impl DocsArgs {
    pub(super) fn run(&self, global: Global) -> anyhow::Result<ExitCode> {
        let catalogue = self.source.load()?;
        let pages = pages(&catalogue);
        let there = written(&self.folder)?;
        let other = |name: &&String| there.get(*name) != pages.get(*name);
        let stale: Vec<&String> = there.keys().chain(pages.keys()).filter(other).collect();
        if self.check {
            return match stale.first() {
                None => Ok(ExitCode::SUCCESS),
                Some(name) => Err(bad_input(format_args!(
                    "{}: out of date",
                    self.folder.join(name).display()
                ))),
            };
        }
        let mut changed = 0_usize;
        for name in stale {
            let path = self.folder.join(name);
            match pages.get(name) {
                Some(text) => {
                    if let Some(parent) = path.parent() {
                        std::fs::create_dir_all(parent).or_bad_input(parent.display())?;
                    }
                    std::fs::write(&path, text).or_bad_input(path.display())?;
                }
                None => std::fs::remove_file(&path).or_bad_input(path.display())?,
            }
            changed += 1;
        }
        let (count, lang) = (pages.len(), global.stdout().lang);
        output::print(&lang.say(
            format!("{count} pages, {changed} written or removed\n"),
            format!("共 {count} 页，更新或删除 {changed} 页\n"),
        ))?;
        Ok(ExitCode::SUCCESS)
    }
}

fn pages(catalogue: &Catalogue) -> Pages {
    let mut pages = Pages::new();
    pages.insert("README.md".to_owned(), index::front(catalogue));
    for lang in [Lang::En, Lang::Zh] {
        let folder = folder(lang);
        pages.insert(
            format!("{folder}/README.md"),
            index::families(catalogue, lang),
        );
        pages.insert(
            format!("{folder}/messages.md"),
            index::messages(catalogue, lang),
        );
        for code in catalogue.codes() {
            let name = format!("{folder}/{}/{}.md", code.family.as_str(), code.code);
            pages.insert(name, page::page(catalogue, code, lang));
        }
    }
    pages
}

fn folder(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "en",
        Lang::Zh => "zh",
    }
}

/// The pages that stand in the folder: its front page and all below the two languages.
fn written(root: &Path) -> anyhow::Result<Pages> {
    let mut pages = Pages::new();
    let front = root.join("README.md");
    if front.is_file() {
        let text = std::fs::read_to_string(&front).or_bad_input(front.display())?;
        pages.insert("README.md".to_owned(), text);
    }
    let mut open = vec![root.join("en"), root.join("zh")];
    while let Some(folder) = open.pop() {
        if !folder.is_dir() {
            continue;
        }
        for entry in std::fs::read_dir(&folder).or_bad_input(folder.display())? {
            let path = entry.or_bad_input(folder.display())?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                let text = std::fs::read_to_string(&path).or_bad_input(path.display())?;
                let parts = path.strip_prefix(root).unwrap_or(&path).components();
                let parts: Vec<_> = parts
                    .map(|part| part.as_os_str().to_string_lossy())
                    .collect();
                pages.insert(parts.join("/"), text);
            }
        }
    }
    Ok(pages)
}
