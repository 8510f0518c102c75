//! Reports: bound, unique, listed, rediagnosed; urgent datagrams.

use super::*;

pub(super) fn a_report_comes_back_whole(fixture: &mut Fixture) {
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

pub(super) fn the_first_session_binds_a_ticket(fixture: &mut Fixture) {
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

pub(super) fn the_same_bytes_are_a_duplicate_and_others_conflict(fixture: &mut Fixture) {
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

pub(super) fn a_ticket_is_spent_after_its_uses(fixture: &mut Fixture) {
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

pub(super) fn racing_writes_have_one_winner(fixture: &mut Fixture) {
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

pub(super) fn writes_that_wait_share_a_commit_and_fail_alone(fixture: &mut Fixture) {
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

pub(super) fn what_is_acknowledged_survives_a_restart(fixture: &mut Fixture) {
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

pub(super) fn a_closed_store_has_done_what_it_took_and_takes_no_more(fixture: &mut Fixture) {
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

pub(super) fn a_new_diagnosis_replaces_the_old_one_but_not_for_retries(fixture: &mut Fixture) {
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
            likeness: likeness("NEW", "h"),
            terms: terms("new"),
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

pub(super) fn feedback_is_bounded(fixture: &mut Fixture) {
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

pub(super) fn urgent_datagrams_need_a_ticket(fixture: &mut Fixture) {
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
