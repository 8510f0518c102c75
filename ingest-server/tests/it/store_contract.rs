//! What every backend of the store does. A new backend adds one line at the end.

use std::sync::Arc;

use faultscan_ingest_server::config;
use faultscan_ingest_server::ids::{ProjectId, ReportId};
use faultscan_ingest_server::observe::Observe;
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
        search: format!("ticket {ticket} 标题"),
        ticket: vec![1, 2, 3],
        body: vec![4, 5, 6],
        diagnosis: Arc::from("{\"first\":true}"),
    }
}

fn upload(report: &NewReport) -> Upload {
    Upload {
        ticket_id: report.ticket_id,
        sequence: report.sequence,
        session_key: report.session_key,
        envelope_digest: report.envelope_digest,
    }
}

fn a_report_comes_back_whole(fixture: &mut Fixture) {
    let given = report(1, 1, 0);
    assert_eq!(
        fixture.accept(given.clone()),
        Contact::Fresh { bound: false }
    );
    let stored = fixture.store.report(&given.id).unwrap().unwrap();
    assert_eq!(stored.row.facets, given.facets);
    assert_eq!(stored.row.origin, given.origin);
    assert_eq!((stored.body, stored.ticket), (given.body, given.ticket));
    assert_eq!(
        (stored.diagnosis, stored.clock_skew_ms),
        (given.diagnosis, -7)
    );
    assert!(stored.answers.is_empty() && stored.urgent.is_empty() && stored.feedback.is_empty());
    assert_eq!(
        fixture.store.report_row(&given.id).unwrap(),
        Some(stored.row)
    );
    assert_eq!(fixture.store.report(&ReportId([9; 16])).unwrap(), None);
}

fn the_first_session_binds_a_ticket(fixture: &mut Fixture) {
    let first = report(1, 1, 0);
    assert_eq!(
        fixture.store.contact(&upload(&first)).unwrap(),
        Contact::Fresh { bound: false }
    );
    fixture.accept(first);
    assert_eq!(
        fixture.accept(report(1, 1, 1)),
        Contact::Fresh { bound: true }
    );
    let thief = report(1, 2, 2);
    assert_eq!(
        fixture.store.contact(&upload(&thief)).unwrap(),
        Contact::BoundToOther
    );
    assert_eq!(fixture.accept(thief), Contact::BoundToOther);
    assert_eq!(fixture.list(ReportQuery::default()).len(), 2);
}

fn the_same_bytes_are_a_duplicate_and_others_conflict(fixture: &mut Fixture) {
    let given = report(1, 1, 0);
    fixture.accept(given.clone());
    let expected = Contact::Duplicate(FirstAnswer {
        id: given.id,
        received_at_ms: given.received_at_ms,
        clock_skew_ms: -7,
        diagnosis: Arc::clone(&given.diagnosis),
    });
    let again = NewReport {
        id: ReportId::random().unwrap(),
        received_at_ms: 2_000_000,
        ..given
    };
    assert_eq!(fixture.store.contact(&upload(&again)).unwrap(), expected);
    assert_eq!(fixture.accept(again.clone()), expected);
    let other = NewReport {
        envelope_digest: [99; 32],
        ..again
    };
    assert_eq!(
        fixture.store.contact(&upload(&other)).unwrap(),
        Contact::SequenceConflict
    );
    assert_eq!(fixture.accept(other), Contact::SequenceConflict);
    assert_eq!(fixture.list(ReportQuery::default()).len(), 1);
}

fn a_ticket_is_spent_after_its_uses(fixture: &mut Fixture) {
    let bounds = AcceptBounds {
        snapshots_per_ticket_max: 2,
    };
    let accept = |sequence| {
        fixture.wait(
            fixture
                .store
                .accept_report(Box::new(report(1, 1, sequence)), bounds),
        )
    };
    assert!(matches!(accept(0), Contact::Fresh { .. }));
    assert!(matches!(accept(1), Contact::Fresh { .. }));
    assert_eq!(accept(2), Contact::Spent);
    assert!(
        matches!(accept(1), Contact::Duplicate(_)),
        "a retry is no new use"
    );
    assert_eq!(fixture.list(ReportQuery::default()).len(), 2);
}

fn racing_writes_have_one_winner(fixture: &mut Fixture) {
    let writes: Vec<_> = (0..20u8)
        .map(|session| {
            let report = NewReport {
                envelope_digest: [session; 32],
                ..report(1, session, 0)
            };
            fixture.store.accept_report(Box::new(report), BOUNDS)
        })
        .collect();
    let contacts: Vec<_> = writes
        .into_iter()
        .map(|write| fixture.wait(write))
        .collect();
    let fresh = contacts
        .iter()
        .filter(|c| matches!(c, Contact::Fresh { .. }))
        .count();
    let others = contacts
        .iter()
        .filter(|c| **c == Contact::BoundToOther)
        .count();
    assert_eq!((fresh, others), (1, 19));
}

fn writes_that_wait_share_a_commit_and_fail_alone(fixture: &mut Fixture) {
    let ticket = |id: u8| StoredTicket {
        id: TicketId([id; 16]),
        project: ProjectId::dashboard(),
        bytes: vec![id],
        expires_at_s: 10,
    };
    // Every third one collides with the one before it.
    let writes: Vec<_> = (0..30u8)
        .map(|n| {
            fixture
                .store
                .insert_ticket(ticket(if n % 3 == 2 { n - 1 } else { n }))
        })
        .collect();
    for (n, write) in writes.into_iter().enumerate() {
        let result = fixture.runtime.block_on(write);
        assert_eq!(result.is_err(), n % 3 == 2, "{n}: {result:?}");
    }
    for n in 0..30u8 {
        assert_eq!(
            fixture.store.ticket(&TicketId([n; 16])).unwrap().is_some(),
            n % 3 != 2
        );
    }
    let text = fixture.observe.text();
    let value = |name: &str| -> f64 {
        let line = text.lines().find(|line| line.starts_with(name)).unwrap();
        line.rsplit(' ').next().unwrap().parse().unwrap()
    };
    assert_eq!(value("faultscan_commit_items_sum"), 30.0);
    assert!(
        value("faultscan_commit_items_count") < 30.0,
        "no two writes shared a commit"
    );
}

fn what_is_acknowledged_survives_a_restart(fixture: &mut Fixture) {
    let given = report(1, 1, 0);
    fixture.accept(given.clone());
    let secret = fixture.wait(fixture.store.setting("name", vec![1]));
    fixture.restart();
    assert!(matches!(
        fixture.store.contact(&upload(&given)).unwrap(),
        Contact::Duplicate(_)
    ));
    assert_eq!(fixture.wait(fixture.store.setting("name", vec![2])), secret);
}

fn a_closed_store_has_done_what_it_took_and_takes_no_more(fixture: &mut Fixture) {
    let writes: Vec<_> = (0..50)
        .map(|sequence| {
            fixture
                .store
                .accept_report(Box::new(report(1, 1, sequence)), BOUNDS)
        })
        .collect();
    fixture.store.close();
    for write in writes {
        assert!(matches!(fixture.wait(write), Contact::Fresh { .. }));
    }
    let late = fixture
        .store
        .accept_report(Box::new(report(2, 1, 0)), BOUNDS);
    assert!(matches!(
        fixture.runtime.block_on(late),
        Err(StoreError::Closed)
    ));
    fixture.restart();
    assert_eq!(fixture.list(ReportQuery::default()).len(), 50);
}

fn lists_page_and_filter(fixture: &mut Fixture) {
    let mut ids: Vec<_> = (0..5u8)
        .map(|n| {
            let given = report(n, n, 0);
            let id = given.id;
            fixture.accept(given);
            id
        })
        .collect();
    ids.reverse();
    let page = |before| {
        fixture
            .store
            .reports(&ReportQuery {
                limit: 2,
                before,
                ..Default::default()
            })
            .unwrap()
    };
    let first = page(None);
    let second = page(first.last().map(|row| row.cursor));
    let found: Vec<_> = first.iter().chain(&second).map(|row| row.id).collect();
    assert_eq!(found, ids[..4]);
    let only = |query: ReportQuery| fixture.list(query);
    let text = |text: &str| ReportQuery {
        text: Some(text.to_owned()),
        ..Default::default()
    };
    assert_eq!(only(text("ticket 3")), [ids[1]]);
    assert_eq!(only(text("标题")).len(), 5);
    assert_eq!(only(text("%")).len(), 0);
    let code = ReportQuery {
        code: Some("ERR-2".to_owned()),
        ..Default::default()
    };
    assert_eq!(only(code), [ids[2]]);
    let family = ReportQuery {
        family: Some("tls".to_owned()),
        ..Default::default()
    };
    assert_eq!(only(family).len(), 0);
}

fn a_new_diagnosis_replaces_the_old_one_but_not_for_retries(fixture: &mut Fixture) {
    let given = report(1, 1, 0);
    fixture.accept(given.clone());
    let answers = vec![Answered {
        check: "c".to_owned(),
        answer: "yes".to_owned(),
    }];
    let change = |seen: &[Answered], diagnosis: &str| {
        fixture.wait(fixture.store.rediagnose(Box::new(Rediagnosis {
            id: given.id,
            answers_seen: seen.to_vec(),
            answers: answers.clone(),
            facets: Facets {
                code: Some("NEW".to_owned()),
                ..Facets::default()
            },
            diagnosis: Arc::from(diagnosis),
        })))
    };
    assert_eq!(change(&[], "2"), Change::Done);
    assert_eq!(
        change(&[], "3"),
        Change::Raced,
        "the answers have changed in between"
    );
    assert_eq!(change(&answers, "4"), Change::Done);
    let stored = fixture.store.report(&given.id).unwrap().unwrap();
    assert_eq!(
        (&*stored.diagnosis, stored.row.facets.code),
        ("4", Some("NEW".to_owned()))
    );
    assert_eq!(stored.answers, answers);
    match fixture.store.contact(&upload(&given)).unwrap() {
        Contact::Duplicate(first) => assert_eq!(first.diagnosis, given.diagnosis),
        other => panic!("{other:?}"),
    }
}

fn feedback_is_bounded(fixture: &mut Fixture) {
    let given = report(1, 1, 0);
    fixture.accept(given.clone());
    let feedback = Feedback {
        right: false,
        cause: Some("c".to_owned()),
        note: None,
        at_ms: 5,
    };
    let add = |id| fixture.wait(fixture.store.add_feedback(id, feedback.clone(), 1));
    assert_eq!(add(given.id), Change::Done);
    assert_eq!(add(given.id), Change::Full);
    assert_eq!(add(ReportId([9; 16])), Change::Missing);
    assert_eq!(
        fixture.store.report(&given.id).unwrap().unwrap().feedback,
        [feedback]
    );
}

fn urgent_datagrams_need_a_ticket(fixture: &mut Fixture) {
    let urgent = |ticket: u8, session: u8, sequence| NewUrgent {
        ticket_id: TicketId([ticket; 16]),
        session_key: [session; 32],
        sequence,
        kind: "oom".to_owned(),
        occurred_at_ms: 1,
        received_at_ms: 100_000,
        metrics: "{}".to_owned(),
        line: "x".to_owned(),
    };
    let bounds = UrgentBounds {
        per_ticket_max: 2,
        grace_s: 10,
    };
    let record = |urgent| fixture.wait(fixture.store.record_urgent(urgent, bounds));
    assert_eq!(record(urgent(1, 1, 0)), UrgentOutcome::UnknownTicket);
    let given = report(1, 1, 0);
    fixture.accept(given.clone());
    assert_eq!(record(urgent(1, 1, 0)), UrgentOutcome::Accepted);
    assert_eq!(record(urgent(1, 1, 0)), UrgentOutcome::Duplicate);
    assert_eq!(record(urgent(1, 2, 0)), UrgentOutcome::BoundToOther);
    assert_eq!(record(urgent(1, 1, 1)), UrgentOutcome::Accepted);
    assert_eq!(record(urgent(1, 1, 2)), UrgentOutcome::Spent);
    assert_eq!(
        fixture.store.report_row(&given.id).unwrap().unwrap().urgent,
        2
    );
    let of_session = fixture
        .store
        .reports_of_session(&TicketId([1; 16]), &[1; 32], 9)
        .unwrap();
    assert_eq!(of_session.len(), 1);
    for (id, expires_at_s, outcome) in [
        (2, 90, UrgentOutcome::Accepted),
        (3, 89, UrgentOutcome::UnknownTicket),
    ] {
        let ticket = StoredTicket {
            id: TicketId([id; 16]),
            project: ProjectId::dashboard(),
            bytes: Vec::new(),
            expires_at_s,
        };
        fixture.wait(fixture.store.insert_ticket(ticket));
        assert_eq!(record(urgent(id, 1, 0)), outcome);
    }
}

fn keys_rotate_and_stay_revoked(fixture: &mut Fixture) {
    let key = |id: u8, project: Option<ProjectId>| IssuerKey {
        id: KeyId([id; 8]),
        public: [id; 32],
        secret: project.is_none().then_some([id; 32]),
        project,
        state: KeyState::Active,
        created_at_ms: id.into(),
    };
    let project = Project {
        id: ProjectId::random().unwrap(),
        name: "name".to_owned(),
        api_key_digest: Some([1; 32]),
        created_at_ms: 3,
    };
    let of_project = key(9, Some(project.id.clone()));
    assert!(
        fixture.wait(
            fixture
                .store
                .insert_project(project.clone(), Some(of_project.clone()))
        )
    );
    let same_name = Project {
        id: ProjectId::random().unwrap(),
        ..project.clone()
    };
    assert!(!fixture.wait(fixture.store.insert_project(same_name, Some(key(8, None)))));
    assert_eq!(
        fixture.store.projects().unwrap(),
        std::slice::from_ref(&project)
    );
    let by_key = |digest: u8| fixture.store.project_by_api_key(&[digest; 32]).unwrap();
    assert_eq!((by_key(1), by_key(2)), (Some(project), None));
    let by_id = |id: u8| fixture.store.issuer_key(&KeyId([id; 8])).unwrap();
    assert_eq!((by_id(9), by_id(8)), (Some(of_project.clone()), None));
    fixture.wait(fixture.store.rotate_server_key(key(1, None)));
    fixture.wait(fixture.store.rotate_server_key(key(2, None)));
    let retired = IssuerKey {
        state: KeyState::Retiring,
        ..key(1, None)
    };
    assert_eq!(
        fixture.store.issuer_keys().unwrap(),
        [retired, key(2, None), of_project]
    );
    let set = |id: u8, state| fixture.wait(fixture.store.set_key_state(KeyId([id; 8]), state));
    assert!(set(1, KeyState::Revoked));
    assert!(!set(1, KeyState::Active), "revoked for good");
    assert!(!set(7, KeyState::Revoked), "no such key");
}

fn login_tokens_work_once_and_in_time(fixture: &mut Fixture) {
    fixture.wait(fixture.store.add_login_token([1; 32], 100));
    let redeem = |token: u8, now_ms, session: u8| {
        fixture.wait(
            fixture
                .store
                .redeem_login_token([token; 32], now_ms, [session; 32], 200),
        )
    };
    let open = |session: u8, now_ms| {
        fixture
            .store
            .session_is_open(&[session; 32], now_ms)
            .unwrap()
    };
    assert!(!redeem(1, 100, 5), "too late");
    assert!(redeem(1, 99, 6));
    assert!(!redeem(1, 99, 7), "used");
    assert!(!open(5, 99) && open(6, 99) && !open(7, 99) && !open(6, 200));
    fixture.wait(fixture.store.close_session([6; 32]));
    assert!(!open(6, 99));
}

fn a_sweep_deletes_the_old_and_keeps_the_rest(fixture: &mut Fixture) {
    let ids: Vec<_> = (0..6u32)
        .map(|n| {
            let given = NewReport {
                received_at_ms: u64::from(n) * 1000,
                ..report(n as u8, 1, 0)
            };
            let id = given.id;
            fixture.accept(given);
            id
        })
        .collect();
    let feedback = Feedback {
        right: true,
        cause: None,
        note: None,
        at_ms: 1,
    };
    fixture.wait(fixture.store.add_feedback(ids[0], feedback, 9));
    let policy = SweepPolicy {
        now_ms: 6_000_000,
        reports_before_ms: 3_000,
        stored_bytes_max: u64::MAX,
        reports_per_step_max: 3,
    };
    assert_eq!(
        fixture.wait(fixture.store.sweep(policy)),
        Swept {
            reports: 3,
            more: true
        }
    );
    assert_eq!(
        fixture.wait(fixture.store.sweep(policy)),
        Swept {
            reports: 1,
            more: true
        }
    );
    assert_eq!(
        fixture.wait(fixture.store.sweep(policy)),
        Swept {
            reports: 0,
            more: false
        }
    );
    let mut left = ids[4..].to_vec();
    left.reverse();
    assert_eq!(fixture.list(ReportQuery::default()), left);
    assert_eq!(fixture.store.stats().unwrap().reports, 2);
    // The binding of a report that is kept is kept; one without reports is forgotten in its time.
    assert_eq!(fixture.accept(report(5, 2, 1)), Contact::BoundToOther);
    assert_eq!(
        fixture.accept(report(0, 2, 0)),
        Contact::Fresh { bound: false }
    );
}

macro_rules! contract {
    ($($backend:ident => $open:expr),* $(,)?) => {
        $(contract!(@tests $backend, $open,
            a_report_comes_back_whole,
            the_first_session_binds_a_ticket,
            the_same_bytes_are_a_duplicate_and_others_conflict,
            a_ticket_is_spent_after_its_uses,
            racing_writes_have_one_winner,
            writes_that_wait_share_a_commit_and_fail_alone,
            what_is_acknowledged_survives_a_restart,
            a_closed_store_has_done_what_it_took_and_takes_no_more,
            lists_page_and_filter,
            a_new_diagnosis_replaces_the_old_one_but_not_for_retries,
            feedback_is_bounded,
            urgent_datagrams_need_a_ticket,
            keys_rotate_and_stay_revoked,
            login_tokens_work_once_and_in_time,
            a_sweep_deletes_the_old_and_keeps_the_rest,
        );)*
    };
    (@tests $backend:ident, $open:expr, $($name:ident),* $(,)?) => {
        mod $backend {
            $(#[test]
            fn $name() {
                super::$name(&mut super::Fixture::new($open));
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
