//! What every backend of the store does. A new backend adds one line at the end.

mod groups;
mod lists;
mod reports;
mod upkeep;

use std::sync::Arc;

use faultscan_ingest_server::config;
use faultscan_ingest_server::fingerprint::{GroupId, Likeness};
use faultscan_ingest_server::ids::{ProjectId, ReportId};
use faultscan_ingest_server::observe::Observe;
use faultscan_ingest_server::search::{Query, Terms};
use faultscan_ingest_server::store::sqlite::SqliteStore;
use faultscan_ingest_server::store::*;
use faultscan_wire::{KeyId, TicketId};
use tokio::runtime::Runtime;

/// A store that can be opened again on the same data.
struct Fixture {
    runtime: Runtime,
    store: Arc<dyn Store>,
    observe: Arc<Observe>,
    reopen: Box<dyn Fn(Arc<Observe>) -> Arc<dyn Store>>,
}

impl Fixture {
    fn new(reopen: Box<dyn Fn(Arc<Observe>) -> Arc<dyn Store>>) -> Self {
        let observe = Arc::new(Observe::new());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        Self {
            runtime,
            store: reopen(Arc::clone(&observe)),
            observe,
            reopen,
        }
    }

    fn wait<T>(&self, write: Write<T>) -> T {
        self.runtime.block_on(write).unwrap()
    }

    fn accept(&self, report: NewReport) -> Contact {
        self.wait(self.store.accept_report(Box::new(report), BOUNDS))
    }

    fn list(&self, query: ReportQuery) -> Vec<ReportId> {
        let query = ReportQuery {
            limit: query.limit.max(100),
            ..query
        };
        self.store
            .reports(&query)
            .unwrap()
            .into_iter()
            .map(|row| row.id)
            .collect()
    }

    fn restart(&mut self) {
        self.store.close();
        self.store = (self.reopen)(Arc::clone(&self.observe));
    }
}

const BOUNDS: AcceptBounds = AcceptBounds {
    snapshots_per_ticket_max: 100,
};

fn report(ticket: u8, session: u8, sequence: u32) -> NewReport {
    NewReport {
        id: ReportId::random().unwrap(),
        ticket_id: TicketId([ticket; 16]),
        sequence,
        session_key: [session; 32],
        envelope_digest: [sequence as u8; 32],
        project: ProjectId::dashboard(),
        received_at_ms: 1_000_000 + u64::from(sequence),
        captured_at_ms: 999_000,
        clock_skew_ms: -7,
        binding_ends_at_s: 5_000,
        facets: Facets {
            code: Some(format!("ERR-{ticket}")),
            family: Some("db".to_owned()),
            title: "Title".to_owned(),
            title_zh: "标题".to_owned(),
            probability: Some(0.75),
            status: "explained".to_owned(),
            ..Facets::default()
        },
        origin: Origin {
            device: "Phone".to_owned(),
            log_lines: 3,
            ..Origin::default()
        },
        likeness: likeness(&format!("ERR-{ticket}"), "h"),
        terms: terms(&format!("ticket{ticket} 标题")),
        ticket: vec![1, 2, 3],
        body: vec![4, 5, 6],
        diagnosis: Arc::from("{\"first\":true}"),
    }
}

fn likeness(code: &str, host: &str) -> Likeness {
    let captures = [("host".to_owned(), host.to_owned())].into();
    Likeness::of(&ProjectId::dashboard(), Some(code), None, &captures)
}

fn terms(text: &str) -> String {
    let mut terms = Terms::default();
    terms.add(text);
    terms.into_text()
}

fn upload(report: &NewReport) -> Upload {
    Upload {
        ticket_id: report.ticket_id,
        sequence: report.sequence,
        session_key: report.session_key,
        envelope_digest: report.envelope_digest,
    }
}

macro_rules! contract {
    ($($backend:ident => $open:expr),* $(,)?) => {
        $(contract!(@tests $backend, $open,
            reports::a_report_comes_back_whole,
            reports::the_first_session_binds_a_ticket,
            reports::the_same_bytes_are_a_duplicate_and_others_conflict,
            reports::a_ticket_is_spent_after_its_uses,
            reports::racing_writes_have_one_winner,
            reports::writes_that_wait_share_a_commit_and_fail_alone,
            reports::what_is_acknowledged_survives_a_restart,
            reports::a_closed_store_has_done_what_it_took_and_takes_no_more,
            lists::pages_hold_the_newest_first,
            lists::filters_narrow,
            lists::words_find_reports,
            lists::times_bound_a_list_whatever_the_clock_did,
            groups::like_failures_share_a_group,
            groups::a_new_report_makes_a_mended_group_regress,
            groups::a_new_diagnosis_moves_a_report_to_its_group,
            groups::a_sweep_takes_reports_out_of_counts,
            groups::lists_of_groups_page_in_each_order,
            groups::trends_count_by_hour_and_day,
            groups::trends_count_the_reports_of_a_system_and_a_version,
            groups::facets_count_what_is_stored,
            groups::control_of_senders_is_kept,
            reports::a_new_diagnosis_replaces_the_old_one_but_not_for_retries,
            reports::feedback_is_bounded,
            reports::urgent_datagrams_need_a_ticket,
            upkeep::keys_rotate_and_stay_revoked,
            upkeep::login_tokens_work_once_and_in_time,
            upkeep::a_sweep_deletes_the_old_and_keeps_the_rest,
        );)*
    };
    (@tests $backend:ident, $open:expr, $($part:ident::$name:ident),* $(,)?) => {
        mod $backend {
            $(#[test]
            fn $name() {
                super::$part::$name(&mut super::Fixture::new($open));
            })*
        }
    };
}

fn sqlite() -> Box<dyn Fn(Arc<Observe>) -> Arc<dyn Store>> {
    let folder = tempfile::tempdir().unwrap();
    // Long enough for writes that are queued one after another to meet.
    let mut config = config::Store::default();
    config.group_wait_us = 20_000;
    Box::new(move |observe| Arc::new(SqliteStore::open(folder.path(), &config, observe).unwrap()))
}

contract! {
    sqlite => super::sqlite(),
}
