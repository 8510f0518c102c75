//! Keys, projects, log-ins, and sweeping.

use super::*;

pub(super) fn keys_rotate_and_stay_revoked(fixture: &mut Fixture) {
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
        control: Control::default(),
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

pub(super) fn login_tokens_work_once_and_in_time(fixture: &mut Fixture) {
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

pub(super) fn a_sweep_deletes_the_old_and_keeps_the_rest(fixture: &mut Fixture) {
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
