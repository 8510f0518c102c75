//! How long lists, filters, searches, groups and trends take over HTTP with many reports stored:
//! `cargo xtask bench reports`. The same requests on a hundredth of the reports are the comparison.
//!
//! Reports are made from a fixed seed and stored through the store's own interface, in the order of
//! their arrival over 30 days. Their bodies are short, because no list reads them.
#![forbid(unsafe_code)]

mod ask;
mod corpus;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;
use clap::Parser;
use faultscan_ingest_server::clock::{Clock, SystemClock};
use faultscan_ingest_server::config::Config;
use faultscan_ingest_server::server;
use faultscan_ingest_server::store::{AcceptBounds, GroupChange, GroupQuery, GroupState, Store};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use crate::ask::Client;
use crate::corpus::Corpus;

/// Writes under way at once, as a busy server has them.
const WRITES_AT_ONCE: usize = 128;
/// Every how manieth group is said to be mended.
const FIXED_EVERY: usize = 7;

#[derive(Debug, Parser)]
struct Args {
    /// Reports in the large store.
    #[arg(long, default_value_t = 100_000)]
    reports: u32,
    /// Times that each request is made.
    #[arg(long, default_value_t = 60)]
    rounds: usize,
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    actix_web::rt::System::new().block_on(async move {
        let small = measure((args.reports / 100).max(1), args.rounds).await?;
        let large = measure(args.reports, args.rounds).await?;
        let document = document(&args, &small, &large);
        if args.json {
            println!("{document}");
        } else {
            println!("{document:#}");
        }
        Ok(())
    })
}

/// What was measured on one store.
struct Measured {
    /// Reports stored for each second while the store was filled.
    stored_per_s: f64,
    /// Bytes of the database for each report.
    bytes_per_report: u64,
    groups: usize,
    /// Milliseconds of each request, ascending.
    times: BTreeMap<&'static str, Vec<f64>>,
}

async fn measure(reports: u32, rounds: usize) -> anyhow::Result<Measured> {
    let folder = tempfile::tempdir()?;
    let mut config = Config::default();
    config.data_dir = folder.path().to_owned();
    config.http.listen = "127.0.0.1:0".parse()?;
    config.retention.report_age_max_days = 365;
    config.store.write_queue_max = 2 * WRITES_AT_ONCE;
    let running = server::start_with(config, Arc::new(SystemClock)).await?;
    let store = Arc::clone(&running.core.store);
    let corpus = Corpus::new(SystemClock.now_ms(), reports)?;
    eprintln!("storing {reports} reports …");
    let stored_per_s = fill(&*store, &corpus, reports).await?;
    let groups = mend_some(&*store).await?;
    let stats = store.stats()?;
    anyhow::ensure!(stats.reports == u64::from(reports), "not all were stored");
    let address = running.http;
    let token = running
        .login_link
        .rsplit('=')
        .next()
        .context("a log-in link")?
        .to_owned();
    let paths = corpus.paths();
    let times =
        tokio::task::spawn_blocking(move || ask_all(address, &token, &paths, rounds)).await??;
    running.stop().await;
    Ok(Measured {
        stored_per_s,
        bytes_per_report: stats.stored_bytes / u64::from(reports),
        groups,
        times,
    })
}

async fn fill(store: &dyn Store, corpus: &Corpus, reports: u32) -> anyhow::Result<f64> {
    let bounds = AcceptBounds {
        snapshots_per_ticket_max: 1,
    };
    let started = Instant::now();
    let mut writes = stream::iter(0..reports)
        .map(|n| store.accept_report(Box::new(corpus.report(n)), bounds))
        .buffered(WRITES_AT_ONCE);
    while let Some(written) = writes.next().await {
        written?;
    }
    Ok(f64::from(reports) / started.elapsed().as_secs_f64())
}

/// Says of some groups that they are mended, so that there is something to narrow by.
async fn mend_some(store: &dyn Store) -> anyhow::Result<usize> {
    let query = GroupQuery {
        limit: 100_000,
        ..GroupQuery::default()
    };
    let groups = store.groups(&query)?;
    for group in groups.iter().step_by(FIXED_EVERY) {
        let change = GroupChange {
            state: Some(GroupState::Fixed),
            at_ms: u64::MAX >> 1,
            ..GroupChange::default()
        };
        store.change_group(group.id, change).await?;
    }
    Ok(groups.len())
}

fn ask_all(
    address: std::net::SocketAddr,
    token: &str,
    paths: &[(&'static str, String)],
    rounds: usize,
) -> anyhow::Result<BTreeMap<&'static str, Vec<f64>>> {
    let mut client = Client::log_in(address, token)?;
    let group = client.get("/v1/groups?order=reports&limit=1")?;
    let group: Value = serde_json::from_slice(&group)?;
    let group = group["items"][0]["id"].as_str().context("a group")?;
    let mut paths = paths.to_vec();
    paths.push(("group page", format!("/v1/groups/{group}")));
    paths.push((
        "list of a group",
        format!("/v1/reports?count=true&group={group}"),
    ));
    let mut times: BTreeMap<&'static str, Vec<f64>> = BTreeMap::new();
    for round in 0..=rounds {
        for (name, path) in &paths {
            let started = Instant::now();
            client.get(path).with_context(|| path.clone())?;
            let took_ms = started.elapsed().as_secs_f64() * 1e3;
            // The first round only warms up.
            if round > 0 {
                times.entry(name).or_default().push(took_ms);
            }
        }
    }
    for all in times.values_mut() {
        all.sort_by(f64::total_cmp);
    }
    Ok(times)
}

fn quantile(sorted: &[f64], share: f64) -> f64 {
    let at = ((sorted.len() as f64 * share).ceil() as usize).clamp(1, sorted.len());
    sorted.get(at - 1).copied().unwrap_or(f64::NAN)
}

fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

fn document(args: &Args, small: &Measured, large: &Measured) -> Value {
    let mut figures = serde_json::Map::new();
    let mut ratios = serde_json::Map::new();
    let mut put = |name: &str, value: Value| figures.insert(name.to_owned(), value);
    put("reports", json!(args.reports));
    put("groups", json!(large.groups));
    put("bytes_per_report", json!(large.bytes_per_report));
    put("stored_per_s", json!(large.stored_per_s.round()));
    let mut worst: f64 = 0.0;
    let mut worst_small: f64 = 0.0;
    for (name, times) in &large.times {
        let p95 = quantile(times, 0.95);
        // On a busy machine the fastest time tells most of the server, the others of the neighbours.
        put(
            &format!("{name}, best ms"),
            json!(round(quantile(times, 0.0))),
        );
        put(
            &format!("{name}, p50 ms"),
            json!(round(quantile(times, 0.5))),
        );
        put(&format!("{name}, p95 ms"), json!(round(p95)));
        worst = worst.max(p95);
        if let Some(times) = small.times.get(name) {
            worst_small = worst_small.max(quantile(times, 0.95));
        }
    }
    put("worst p95 ms", json!(round(worst)));
    put(
        "worst p95 ms with a hundredth of the reports",
        json!(round(worst_small)),
    );
    ratios.insert(
        "worst p95 by that with a hundredth of the reports".to_owned(),
        json!(round(worst / worst_small)),
    );
    ratios.insert(
        "stored per second by that with a hundredth of the reports".to_owned(),
        json!(round(large.stored_per_s / small.stored_per_s)),
    );
    json!({ "name": "reports", "figures": figures, "ratios": ratios })
}
