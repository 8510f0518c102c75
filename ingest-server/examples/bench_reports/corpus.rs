//! Reports as a fleet of phones would send them, from a fixed seed.

use std::collections::BTreeMap;
use std::sync::Arc;

use faultscan_ingest_server::fingerprint::Likeness;
use faultscan_ingest_server::ids::{ProjectId, ReportId};
use faultscan_ingest_server::search::Terms;
use faultscan_ingest_server::store::{Facets, NewReport, Origin};
use faultscan_knowledge::Catalogue;
use faultscan_wire::TicketId;

const DAYS: u64 = 30;
const DAY_MS: u64 = 86_400_000;
const HOSTS: u64 = 40;
const LOG_LINES: u64 = 60;

/// A small generator (`SplitMix64`, public domain, Sebastiano Vigna).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    /// Small numbers far more often than large ones.
    fn skewed(&mut self, bound: u64) -> u64 {
        let share = self.below(1 << 20) as f64 / f64::from(1 << 20);
        ((share * share * share) * bound as f64) as u64
    }
}

/// What reports are made of.
pub(crate) struct Corpus {
    kinds: Vec<Facets>,
    now_ms: u64,
    reports: u32,
}

impl Corpus {
    pub(crate) fn new(now_ms: u64, reports: u32) -> anyhow::Result<Self> {
        let catalogue = Catalogue::builtin()?;
        let causes = catalogue.causes();
        let kinds = catalogue
            .codes()
            .iter()
            .zip(0usize..)
            .flat_map(|(code, at)| {
                let causes = (0..2).filter_map(move |n| causes.get((2 * at + n) % causes.len()));
                causes.map(|cause| Facets {
                    code: Some(code.code.clone()),
                    family: Some(code.family.as_str().to_owned()),
                    title: code.title.en.clone(),
                    title_zh: code.title.zh.clone(),
                    cause: Some(cause.id.clone()),
                    cause_title: cause.title.en.clone(),
                    cause_title_zh: cause.title.zh.clone(),
                    probability: Some(0.9),
                    severity: Some("high".to_owned()),
                    status: "explained".to_owned(),
                })
            });
        Ok(Self {
            kinds: kinds.collect(),
            now_ms,
            reports,
        })
    }

    /// The report of a number; the same each time.
    pub(crate) fn report(&self, n: u32) -> NewReport {
        let mut random = Random(u64::from(n) << 20);
        let kind = random.skewed(self.kinds.len() as u64) as usize;
        let facets = self.kinds.get(kind).cloned().unwrap_or_default();
        let host = format!("10.{}.0.{}", kind % 200, random.skewed(HOSTS));
        let captures: BTreeMap<String, String> = [
            ("host".to_owned(), host.clone()),
            ("port".to_owned(), "5432".to_owned()),
        ]
        .into();
        let project = ProjectId::dashboard();
        let (code, cause) = (facets.code.as_deref(), facets.cause.as_deref());
        let likeness = Likeness::of(&project, code, cause, &captures);
        let origin = Origin {
            device: format!("Phone {}", random.below(40)),
            os: format!("Android {}", 9 + random.skewed(7)),
            app_version: format!("{}.{}", 1 + random.below(3), random.skewed(20)),
            log_lines: LOG_LINES as u32,
        };
        let mut terms = Terms::default();
        for text in [
            code.unwrap_or_default(),
            &facets.title,
            &facets.title_zh,
            &facets.cause_title,
            &facets.cause_title_zh,
            &origin.device,
            &origin.os,
            &host,
        ] {
            terms.add(text);
        }
        for _ in 0..LOG_LINES {
            terms.add(&line(&mut random, &host));
        }
        let bytes = |salt: u64| {
            let mut id = [0; 16];
            id[..8].copy_from_slice(&(u64::from(n) ^ salt).to_be_bytes());
            id
        };
        let span_ms = DAYS * DAY_MS;
        let received_at_ms =
            self.now_ms - span_ms + span_ms * u64::from(n) / u64::from(self.reports);
        NewReport {
            id: ReportId(bytes(1 << 40)),
            ticket_id: TicketId(bytes(1 << 41)),
            sequence: 0,
            session_key: [1; 32],
            envelope_digest: [2; 32],
            project,
            received_at_ms,
            captured_at_ms: received_at_ms,
            clock_skew_ms: 0,
            binding_ends_at_s: u64::MAX >> 2,
            facets,
            origin,
            likeness,
            terms: terms.into_text(),
            ticket: vec![0; 200],
            body: vec![0; 600],
            diagnosis: Arc::from("{}"),
        }
    }

    /// What is asked, and under which name it is measured.
    pub(crate) fn paths(&self) -> Vec<(&'static str, String)> {
        let code = |at: usize| {
            let facets = self.kinds.get(at).cloned().unwrap_or_default();
            facets.code.unwrap_or_default()
        };
        let frequent = code(0);
        let rare = code(self.kinds.len().saturating_sub(1));
        let cause = self.kinds.first().and_then(|kind| kind.cause.clone());
        let cause = cause.unwrap_or_default();
        let day = |ago: u64| self.now_ms - ago * DAY_MS;
        let middle = self.reports / 2;
        let list = "/v1/reports?count=true";
        vec![
            ("list", list.to_owned()),
            ("list, deep", format!("/v1/reports?before={middle}")),
            ("filter, frequent code", format!("{list}&code={frequent}")),
            ("filter, rare code", format!("{list}&code={rare}")),
            (
                "filter, cause and OS",
                format!("{list}&cause={cause}&os=Android%2014"),
            ),
            (
                "filter, family and version",
                format!("{list}&family=tls&app_version=2.7"),
            ),
            (
                "filter, old week",
                format!("{list}&from={}&to={}", day(28), day(21)),
            ),
            ("filter, state", format!("{list}&state=fixed")),
            (
                "filter, nothing fits",
                format!("{list}&code={frequent}&app_version=9"),
            ),
            (
                "filter, everything",
                format!(
                    "{list}&code={frequent}&state=new&os=Android&app_version=3.0&from={}",
                    day(20)
                ),
            ),
            ("search, common word", format!("{list}&q=refused")),
            ("search, rare word", format!("{list}&q=10.7.0.31")),
            ("search, beginning", format!("{list}&q=con")),
            ("search, two words", format!("{list}&q=timeout%20refused")),
            ("search, Chinese", format!("{list}&q=%E8%BF%9E%E6%8E%A5")),
            ("search, no hit", format!("{list}&q=nowhereatall")),
            (
                "search and filter",
                format!("{list}&q=refused&code={rare}&os=Android%209"),
            ),
            ("groups", "/v1/groups".to_owned()),
            ("groups, by reports", "/v1/groups?order=reports".to_owned()),
            (
                "groups, searched",
                "/v1/groups?q=refused&state=new".to_owned(),
            ),
            (
                "trends, by code",
                "/v1/trends?by=code&hours=336&step=24".to_owned(),
            ),
            (
                "trends, by cause",
                "/v1/trends?by=cause&hours=720&step=24".to_owned(),
            ),
            (
                "trends, by hour",
                "/v1/trends?by=code&hours=168&step=3".to_owned(),
            ),
            (
                "trends, of a system",
                "/v1/trends?by=code&hours=720&step=24&os=Android%2012".to_owned(),
            ),
            ("facets", "/v1/facets".to_owned()),
        ]
    }
}

/// A line as servers log them.
fn line(random: &mut Random, host: &str) -> String {
    let n = random.below(1_000_000);
    match random.below(8) {
        0 => format!(
            "dial tcp {host}:5432: connect: connection refused after {} ms",
            n % 900
        ),
        1 => format!("GET /v1/orders/{} 200 in {} ms", n % 5_000, n % 300),
        2 => format!(
            "worker-{} finished job {n:x} of tenant t{}",
            n % 16,
            n % 200
        ),
        3 => format!("context deadline exceeded (timeout awaiting headers) request_id={n:08x}"),
        4 => "cache miss for session, loading from store".to_owned(),
        5 => format!("pool: active={} idle={} waiting={}", n % 20, n % 7, n % 3),
        6 => format!(
            "com.example.shop.OrderService.place(OrderService.java:{})",
            n % 400
        ),
        _ => format!("heartbeat ok, lag {} ms, partition {}", n % 50, n % 12),
    }
}
