//! Small catalogues for tests, written as data files and read by the real loader.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file uses a part of it"
)]

use std::fmt::Write as _;

use faultscan_knowledge::Catalogue;

/// A cause: id and class.
#[derive(Clone, Debug)]
pub struct CauseSpec {
    pub id: String,
    pub class: &'static str,
}

/// A code that prints `<code> happened`.
#[derive(Clone, Debug)]
pub struct CodeSpec {
    pub code: String,
    pub gate: String,
    pub sensitivity: f64,
    pub false_alarm: f64,
    pub software: String,
}

/// A check over a gate expression.
#[derive(Clone, Debug)]
pub struct CheckSpec {
    pub id: String,
    pub test: String,
    pub hit: f64,
    pub false_alarm: f64,
    pub cost_min: f64,
}

/// A line that speaks for or against a cause: `<line>` as a literal.
#[derive(Clone, Debug)]
pub struct IndicatorSpec {
    pub cause: String,
    pub line: String,
    pub ratio: f64,
}

/// A whole catalogue.
#[derive(Clone, Debug, Default)]
pub struct Spec {
    pub priors: [f64; 3],
    pub causes: Vec<CauseSpec>,
    pub codes: Vec<CodeSpec>,
    pub checks: Vec<CheckSpec>,
    pub indicators: Vec<IndicatorSpec>,
}

impl Spec {
    pub fn prior(&self, id: &str) -> f64 {
        let cause = self.causes.iter().find(|cause| cause.id == id).unwrap();
        let place = ["common", "occasional", "rare"]
            .iter()
            .position(|class| *class == cause.class);
        self.priors[place.unwrap()]
    }

    pub fn catalogue(&self) -> Catalogue {
        let mut files = vec![("priors.toml".to_owned(), self.priors_file())];
        files.push(("causes/test.toml".to_owned(), self.causes_file()));
        for code in &self.codes {
            files.push((format!("codes/extra/{}.toml", code.code), code_file(code)));
        }
        let sources = files
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()));
        Catalogue::load(sources).unwrap_or_else(|error| panic!("{error}"))
    }

    fn priors_file(&self) -> String {
        let [common, occasional, rare] = self.priors;
        format!(
            "schema = 1\nbasis = \"test\"\n\
             [[classes]]\nclass = \"common\"\nprobability = {common}\nbasis = \"t\"\n\
             [[classes]]\nclass = \"occasional\"\nprobability = {occasional}\nbasis = \"t\"\n\
             [[classes]]\nclass = \"rare\"\nprobability = {rare}\nbasis = \"t\"\n\
             [signature]\nsensitivity = 0.9\nfalse_alarm = 0.001\nbasis = \"t\"\n\
             [check]\nhit = 0.95\nfalse_alarm = 0.05\nbasis = \"t\"\n\
             [metrics]\nfps_below = 30\nrtt_ms_above = 500\nloss_ratio_above = 0.05\n\
             memory_mb_above = 80\nmemory_ratio_above = 0.9\nbasis = \"t\"\n"
        )
    }

    fn causes_file(&self) -> String {
        let mut out = String::from("schema = 1\ndomain = \"test\"\n");
        for (place, cause) in self.causes.iter().enumerate() {
            let CauseSpec { id, class } = cause;
            write!(
                out,
                "[[causes]]\nid = \"{id}\"\ntitle = {{ en = \"Cause {id}\", zh = \"原因 {id}\" }}\n\
                 prior = {{ class = \"{class}\", basis = \"test\" }}\n\
                 evidence = {{ en = \"look\", zh = \"查看\" }}\n"
            )
            .unwrap();
            for one in self.indicators.iter().filter(|one| one.cause == *id) {
                let IndicatorSpec { line, ratio, .. } = one;
                write!(
                    out,
                    "[[causes.indicators]]\nwhen = {{ line = '{line}', literals = ['{line}'] }}\n\
                     likelihood_ratio = {ratio:?}\nnote = {{ en = \"says {line}\", zh = \"出现 {line}\" }}\n"
                )
                .unwrap();
            }
            // Checks belong to whatever cause; here all to the first, and one dull one to each.
            let dull = CheckSpec {
                id: format!("look_at_{id}"),
                test: id.clone(),
                hit: 0.95,
                false_alarm: 0.05,
                cost_min: 5.0,
            };
            let own = self.checks.iter().filter(|_| place == 0);
            for check in own.chain([&dull]) {
                let CheckSpec {
                    id,
                    test,
                    hit,
                    false_alarm,
                    cost_min,
                } = check;
                write!(
                    out,
                    "[[causes.checks]]\nid = \"{id}\"\nquestion = {{ en = \"Is {id} so?\", zh = \"{id} 成立吗？\" }}\n\
                     command = \"echo {id}\"\ncost_min = {cost_min:?}\ntest = \"{test}\"\nhit = {hit:?}\n\
                     false_alarm = {false_alarm:?}\nyes = {{ en = \"so\", zh = \"是\" }}\nno = {{ en = \"not so\", zh = \"否\" }}\n"
                )
                .unwrap();
            }
            write!(
                out,
                "[[causes.fixes]]\ntitle = {{ en = \"Mend {id}\", zh = \"修复 {id}\" }}\ncommand = \"mend {id}\"\n\
                 dry_run = \"mend --dry-run {id}\"\nundo = \"break {id}\"\n\
                 side_effects = {{ en = \"None.\", zh = \"无。\" }}\nidempotent = true\nrisk = \"low\"\n"
            )
            .unwrap();
        }
        out
    }
}

fn code_file(spec: &CodeSpec) -> String {
    let CodeSpec {
        code,
        gate,
        sensitivity,
        false_alarm,
        software,
    } = spec;
    format!(
        "schema = 1\ncode = \"{code}\"\nfamily = \"extra\"\nseverity = \"high\"\nevidence_level = \"C\"\n\
         gate = \"{gate}\"\n\
         title = {{ en = \"Code {code}\", zh = \"错误 {code}\" }}\n\
         explanation = {{ en = \"Explained.\", zh = \"说明。\" }}\n\
         verdict = {{ en = \"{code} at {{{{host|somewhere}}}}.\", zh = \"{code} 发生在 {{{{host|某处}}}}。\" }}\n\
         probability = {{ class = \"common\", basis = \"test\" }}\n\
         indicators = []\nchecks = []\nfixes = []\n\
         runbook = {{ level1 = {{ en = \"a\", zh = \"一\" }}, level2 = {{ en = \"b\", zh = \"二\" }}, level3 = {{ en = \"c\", zh = \"三\" }} }}\n\
         prevention = {{ en = \"p\", zh = \"预防\" }}\n\
         [[signatures]]\nid = \"sig\"\nsoftware = [\"{software}\"]\n\
         pattern = '{code} happened(?: at (?P<host>[a-z0-9.;$ -]+))?'\nliterals = ['{code} happened']\n\
         sensitivity = {sensitivity:?}\nfalse_alarm = {false_alarm:?}\n\
         [[samples]]\ntext = '{code} happened'\nsource = \"def: test\"\nsignature = \"sig\"\n\
         [[samples]]\ntext = 'x {code} happened at host'\nsource = \"def: test\"\nsignature = \"sig\"\n\
         [[near_misses]]\ntext = '{code} did not'\nwhy = \"no\"\nsource = \"def: test\"\n\
         [[versions]]\nrange = \"all\"\nreason = {{ en = \"r\", zh = \"理由\" }}\n\
         [[provenance]]\nproject = \"p\"\nfile = \"f\"\n\
         [[client_notes]]\nclient = \"c\"\nnote = {{ en = \"n\", zh = \"说明\" }}\n"
    )
}
