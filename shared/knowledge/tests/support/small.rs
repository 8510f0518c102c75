//! A catalogue of one code and two causes, small enough for golden vectors.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use faultscan_knowledge::Catalogue;

const PRIORS: &str = r#"
schema = 1
basis = "a test"
[[classes]]
class = "common"
probability = 0.05
basis = "a test"
[[classes]]
class = "occasional"
probability = 0.01
basis = "a test"
[[classes]]
class = "rare"
probability = 0.002
basis = "a test"
[signature]
sensitivity = 0.9
false_alarm = 0.001
basis = "a test"
[check]
hit = 0.95
false_alarm = 0.05
basis = "a test"
[metrics]
fps_below = 30.0
rtt_ms_above = 500.0
loss_ratio_above = 0.1
memory_mb_above = 80.0
memory_ratio_above = 0.9
basis = "a test"
"#;

const CAUSES: &str = r#"
schema = 1
domain = "extra"
[[causes]]
id = "sluice_shut"
title = { en = "The sluice is shut", zh = "闸门关着" }
prior = { class = "common", basis = "a test" }
evidence = { en = "No water flows.", zh = "没有水流。" }
[[causes.indicators]]
when = { metric = "rtt_ms", above = 900.0 }
likelihood_ratio = 5.0
note = { en = "Slow.", zh = "很慢。" }
[[causes.checks]]
id = "sluice_shut_look"
question = { en = "Is the sluice shut?", zh = "闸门关着吗？" }
command = "sluice status {{sluice|1}}"
cost_min = 2.0
test = "sluice_shut"
yes = { en = "Open it.", zh = "打开它。" }
no = { en = "Look on.", zh = "继续找。" }
[[causes.fixes]]
title = { en = "Open the sluice", zh = "打开闸门" }
command = "sluice open {{sluice|1}}"
dry_run = "sluice open --dry-run {{sluice|1}}"
undo = "sluice shut {{sluice|1}}"
side_effects = { en = "Water flows.", zh = "水会流。" }
idempotent = true
risk = "medium"

[[causes]]
id = "stream_dry"
title = { en = "The stream is dry", zh = "溪流干了" }
prior = { class = "rare", basis = "a test" }
evidence = { en = "Stones.", zh = "石头。" }
[[causes.indicators]]
when = { line = "no rain for [0-9]+ days", literals = ["no rain for "], ignore_case = true }
likelihood_ratio = 20.0
note = { en = "No rain.", zh = "没下雨。" }
[[causes.fixes]]
title = { en = "Wait for rain", zh = "等雨" }
command = "Wait."
dry_run = { en = "Look at the sky.", zh = "看天。" }
undo = { en = "Nothing to undo.", zh = "无需撤销。" }
side_effects = { en = "None.", zh = "无。" }
idempotent = true
risk = "low"
"#;

const CODE: &str = r#"
schema = 1
code = "MILL-1"
family = "extra"
severity = "high"
evidence_level = "C"
gate = "OR(sluice_shut, stream_dry)"
title = { en = "The mill stands still", zh = "磨坊停了" }
explanation = { en = "No water reaches the wheel.", zh = "没有水流到水轮。" }
verdict = { en = "The mill at sluice {{sluice|1}} stands still.", zh = "闸门{{sluice|1}}处的磨坊停了。" }
probability = { class = "common", basis = "a test" }
indicators = []
checks = []
runbook = { level1 = { en = "Look.", zh = "看。" }, level2 = { en = "Mend.", zh = "修。" }, level3 = { en = "Call.", zh = "打电话。" } }
prevention = { en = "Oil the sluice.", zh = "给闸门上油。" }
[[signatures]]
id = "stands"
software = ["mill"]
pattern = 'mill: wheel stands still at sluice (?P<sluice>[0-9]+)'
literals = ["wheel stands still"]
[[samples]]
text = "mill: wheel stands still at sluice 3"
source = "def: a test"
signature = "stands"
captures = { sluice = "3" }
[[samples]]
text = "12:00 mill: wheel stands still at sluice 12"
source = "def: a test"
signature = "stands"
[[near_misses]]
text = "mill: wheel turns at sluice 3"
why = "it turns"
source = "def: a test"
expect = "none"
[[versions]]
range = "all"
reason = { en = "There is one mill.", zh = "只有一座磨坊。" }
[[provenance]]
project = "mill"
file = "wheel.c"
[[client_notes]]
client = "miller"
note = { en = "Says so too.", zh = "也这么说。" }
[guideline]
title = "On mills"
url = "https://example.org/mills"
"#;

const RELEASE: &str = "schema = 1\nrelease = \"2026.11.24.1\"\n";

/// The catalogue, with its files changed as told.
pub fn catalogue(change: impl Fn(&str, String) -> Option<String>) -> Catalogue {
    let files: Vec<(&str, String)> = [
        ("priors.toml", PRIORS),
        ("causes/extra.toml", CAUSES),
        ("codes/extra/MILL-1.toml", CODE),
        ("release.toml", RELEASE),
    ]
    .into_iter()
    .filter_map(|(name, text)| Some((name, change(name, text.to_owned())?)))
    .collect();
    Catalogue::load(files.iter().map(|(name, text)| (*name, text.as_str()))).unwrap()
}

/// The catalogue as it stands.
pub fn first() -> Catalogue {
    catalogue(|_, text| Some(text))
}

/// A later release: one text changed, one cause renamed.
pub fn second() -> Catalogue {
    catalogue(|_, text| {
        let text = text.replace("stream_dry", "stream_dried_up");
        let text = text.replace("2026.11.24.1", "2026.11.25.1");
        Some(text.replace("The mill stands still", "The mill has stopped"))
    })
}
