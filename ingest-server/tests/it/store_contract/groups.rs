//! Groups of like failures, and counts.

use super::*;

const HOUR: u64 = HOUR_MS;

fn at(n: u8, code: &str, host: &str, received_at_ms: u64) -> NewReport {
    let mut given = report(n, n, 0);
    given.facets.code = Some(code.to_owned());
    given.likeness = likeness(code, host);
    given.received_at_ms = received_at_ms;
    given
}

fn accept(fixture: &Fixture, given: NewReport) -> ReportId {
    let id = given.id;
    assert!(matches!(fixture.accept(given), Contact::Fresh { .. }));
    id
}

fn group(fixture: &Fixture, id: GroupId) -> GroupDetail {
    fixture.store.group(&id).unwrap().expect("the group")
}

fn change(fixture: &Fixture, id: GroupId, state: GroupState, at_ms: u64) -> bool {
    let change = GroupChange {
        state: Some(state),
        at_ms,
        ..Default::default()
    };
    fixture.wait(fixture.store.change_group(id, change))
}

fn all(fixture: &Fixture) -> Vec<GroupId> {
    let query = GroupQuery {
        limit: 100,
        ..Default::default()
    };
    let rows = fixture.store.groups(&query).unwrap();
    rows.into_iter().map(|row| row.id).collect()
}

pub(super) fn like_failures_share_a_group(fixture: &mut Fixture) {
    for (n, host, at_ms) in [(1, "a", 3 * HOUR), (2, "a", 2 * HOUR), (3, "b", 9 * HOUR)] {
        accept(fixture, at(n, "ERR-1", host, at_ms));
    }
    let a = group(fixture, likeness("ERR-1", "a").id).row;
    assert_eq!(
        (a.reports, a.first_seen_ms, a.last_seen_ms, a.state),
        (2, 2 * HOUR, 3 * HOUR, GroupState::New)
    );
    assert_eq!(a.captures["host"], "a");
    assert_eq!(a.facets.code.as_deref(), Some("ERR-1"));
    assert_eq!(all(fixture), [likeness("ERR-1", "b").id, a.id]);
    assert_eq!(fixture.store.group(&GroupId([9; 16])).unwrap(), None);
    assert!(!change(fixture, GroupId([9; 16]), GroupState::Fixed, 1));
    let words = |word: &str| GroupQuery {
        words: vec![word.to_owned()],
        limit: 9,
        ..Default::default()
    };
    for (word, count) in [("err-1", 2), ("标题", 2), ("%", 0), ("nowhere", 0)] {
        assert_eq!(
            fixture.store.groups(&words(word)).unwrap().len(),
            count,
            "{word}"
        );
    }
}

pub(super) fn a_new_report_makes_a_mended_group_regress(fixture: &mut Fixture) {
    accept(fixture, at(1, "ERR-1", "a", HOUR));
    let id = likeness("ERR-1", "a").id;
    assert!(change(fixture, id, GroupState::Confirmed, 2 * HOUR));
    assert!(change(fixture, id, GroupState::Fixed, 3 * HOUR));
    assert!(
        change(fixture, id, GroupState::Fixed, 4 * HOUR),
        "no change, no entry"
    );
    // On its way when the group was said to be mended: nothing new.
    accept(fixture, at(2, "ERR-1", "a", 3 * HOUR - 1));
    assert_eq!(group(fixture, id).row.state, GroupState::Fixed);
    let last = accept(fixture, at(3, "ERR-1", "a", 5 * HOUR));
    accept(fixture, at(4, "ERR-1", "a", 6 * HOUR));
    let detail = group(fixture, id);
    assert_eq!(
        (detail.row.state, detail.row.state_at_ms, detail.row.reports),
        (GroupState::Regressed, 5 * HOUR, 4)
    );
    let history: Vec<_> = detail
        .history
        .iter()
        .map(|entry| (entry.state, entry.at_ms, entry.report))
        .collect();
    assert_eq!(
        history,
        [
            (GroupState::Regressed, 5 * HOUR, Some(last)),
            (GroupState::Fixed, 3 * HOUR, None),
            (GroupState::Confirmed, 2 * HOUR, None),
        ]
    );
    let note = GroupChange {
        assignee: Some("Li Lei".to_owned()),
        note: Some("看看".to_owned()),
        at_ms: 7 * HOUR,
        ..Default::default()
    };
    assert!(fixture.wait(fixture.store.change_group(id, note)));
    fixture.restart();
    let row = group(fixture, id).row;
    assert_eq!(
        (row.state, row.assignee.as_str(), row.note.as_str()),
        (GroupState::Regressed, "Li Lei", "看看")
    );
}

pub(super) fn a_new_diagnosis_moves_a_report_to_its_group(fixture: &mut Fixture) {
    let id = accept(fixture, at(1, "ERR-1", "a", HOUR));
    accept(fixture, at(2, "ERR-1", "a", 2 * HOUR));
    let feedback = |right| Feedback {
        right,
        cause: (!right).then(|| "redis".to_owned()),
        note: None,
        at_ms: 1,
    };
    for right in [true, false, false] {
        fixture.wait(fixture.store.add_feedback(id, feedback(right), 9));
    }
    let (before, after) = (likeness("ERR-1", "a").id, likeness("ERR-2", "a").id);
    let detail = group(fixture, before);
    assert_eq!((detail.row.right, detail.row.wrong), (1, 2));
    let said: Vec<_> = detail
        .feedback
        .iter()
        .map(|said| (said.right, said.cause.as_deref(), said.entries))
        .collect();
    assert_eq!(said, [(false, Some("redis"), 2), (true, None, 1)]);
    // Said to be mended before the report came: moving it there is a regression.
    accept(fixture, at(3, "ERR-2", "a", 1));
    assert!(change(fixture, after, GroupState::Fixed, 2));
    let moved = fixture.wait(fixture.store.rediagnose(Box::new(Rediagnosis {
        id,
        answers_seen: Vec::new(),
        answers: Vec::new(),
        facets: Facets {
            code: Some("ERR-2".to_owned()),
            ..Facets::default()
        },
        likeness: likeness("ERR-2", "a"),
        terms: terms("moved"),
        diagnosis: Arc::from("{}"),
    })));
    assert_eq!(moved, Change::Done);
    let (left, joined) = (group(fixture, before).row, group(fixture, after).row);
    assert_eq!((left.reports, left.right, left.wrong), (1, 0, 0));
    assert_eq!((joined.reports, joined.right, joined.wrong), (2, 1, 2));
    assert_eq!(joined.state, GroupState::Regressed);
    let row = fixture.store.report_row(&id).unwrap().unwrap();
    assert_eq!((row.group, row.state), (after, GroupState::Regressed));
    let find = |text: &str| {
        fixture.list(ReportQuery {
            text: Some(Query::parse(text)),
            ..Default::default()
        })
    };
    assert_eq!(find("moved"), [id]);
    assert_eq!(
        find("ticket1"),
        [],
        "the words are those of the new diagnosis"
    );
}

pub(super) fn a_sweep_takes_reports_out_of_counts(fixture: &mut Fixture) {
    for (n, host, at_ms) in [(1, "a", 0), (2, "b", HOUR), (3, "b", 2 * HOUR), (4, "c", 0)] {
        accept(fixture, at(n, "ERR-1", host, at_ms));
    }
    let touched = likeness("ERR-1", "c").id;
    assert!(change(fixture, touched, GroupState::Fixed, HOUR));
    let policy = SweepPolicy {
        now_ms: 9 * HOUR,
        reports_before_ms: HOUR,
        stored_bytes_max: u64::MAX,
        reports_per_step_max: 10,
    };
    while fixture.wait(fixture.store.sweep(policy)).more {}
    assert_eq!(fixture.store.stats().unwrap().reports, 1);
    let b = likeness("ERR-1", "b").id;
    let mut left = all(fixture);
    left.sort_by_key(|id| *id != b);
    assert_eq!(
        left,
        [b, touched],
        "an untouched group goes with its last report"
    );
    let row = group(fixture, b).row;
    assert_eq!((row.reports, row.first_seen_ms), (1, HOUR));
    assert_eq!(group(fixture, touched).row.reports, 0);
    let steps = Steps {
        from_ms: 0,
        step_ms: HOUR,
        count: 3,
    };
    assert_eq!(
        fixture.store.group_counts(&[b, touched], steps).unwrap(),
        [[0, 0, 1], [0, 0, 0]]
    );
    assert_eq!(fixture.store.facets(9).unwrap().reports, 1);
    let find = ReportQuery {
        text: Some(Query::parse("标题")),
        ..Default::default()
    };
    assert_eq!(fixture.list(find).len(), 1);
    // What was said to be mended and forgotten is still known when it comes back.
    accept(fixture, at(5, "ERR-1", "c", 8 * HOUR));
    assert_eq!(group(fixture, touched).row.state, GroupState::Regressed);
}

pub(super) fn lists_of_groups_page_in_each_order(fixture: &mut Fixture) {
    let mut n = 0;
    for (host, reports, first) in [("a", 1, 9), ("b", 3, 2), ("c", 2, 5), ("d", 2, 5)] {
        for i in 0..reports {
            n += 1;
            accept(fixture, at(n, "ERR-1", host, (first + 3 * i) * HOUR));
        }
    }
    for (order, expected) in [
        (GroupOrder::LastSeen, "adcb"),
        (GroupOrder::FirstSeen, "adcb"),
        (GroupOrder::Reports, "bdca"),
    ] {
        let mut query = GroupQuery {
            order,
            limit: 1,
            ..Default::default()
        };
        let mut hosts = String::new();
        while let Some(row) = fixture.store.groups(&query).unwrap().pop() {
            hosts.push_str(&row.captures["host"]);
            let value = match order {
                GroupOrder::LastSeen => row.last_seen_ms,
                GroupOrder::FirstSeen => row.first_seen_ms,
                GroupOrder::Reports => row.reports,
            };
            query.after = Some((value, row.number));
        }
        let expected = if order == GroupOrder::LastSeen {
            // d and c end at the same time as b; the newer group comes first.
            "adcb"
        } else {
            expected
        };
        assert_eq!(hosts, expected, "{order:?}");
    }
}

pub(super) fn trends_count_by_hour_and_day(fixture: &mut Fixture) {
    let day = 24 * HOUR;
    for (n, code, at_ms) in [
        (1, "ERR-1", day),
        (2, "ERR-1", day + HOUR),
        (3, "ERR-2", day + HOUR),
        (4, "ERR-1", 2 * day),
        (5, "ERR-1", 9 * day),
    ] {
        accept(fixture, at(n, code, "a", at_ms));
    }
    let trend = |filter: &TrendFilter, from_ms, step_ms, count| {
        let steps = Steps {
            from_ms,
            step_ms,
            count,
        };
        let mut found = fixture.store.trend(TrendBy::Code, filter, steps).unwrap();
        found.sort_by(|a, b| a.key.cmp(&b.key));
        found
            .into_iter()
            .map(|series| (series.key.unwrap(), series.counts))
            .collect::<Vec<_>>()
    };
    let every = TrendFilter::default();
    let (one, two) = ("ERR-1".to_owned(), "ERR-2".to_owned());
    assert_eq!(
        trend(&every, day, HOUR, 2),
        [(one.clone(), vec![1, 1]), (two.clone(), vec![0, 1])]
    );
    assert_eq!(
        trend(&every, day, 2 * HOUR, 2),
        [(one.clone(), vec![2, 0]), (two.clone(), vec![1, 0])]
    );
    assert_eq!(
        trend(&every, day, day, 3),
        [(one.clone(), vec![2, 1, 0]), (two, vec![1, 0, 0])]
    );
    let only = TrendFilter {
        groups: GroupFilter {
            code: Some("ERR-1".to_owned()),
            ..Default::default()
        },
        ..Default::default()
    };
    assert_eq!(trend(&only, day, 2 * day, 2), [(one, vec![3, 0])]);
    assert_eq!(trend(&every, 20 * day, day, 2), []);
}

pub(super) fn trends_count_the_reports_of_a_system_and_a_version(fixture: &mut Fixture) {
    let day = 24 * HOUR;
    for (n, code, os, version, at_ms) in [
        (1, "ERR-1", "iOS 17", "2.0", day),
        (2, "ERR-1", "iOS 16", "2.1", 2 * day),
        (3, "ERR-2", "Android 14", "2.1", 2 * day),
        (4, "ERR-2", "iOS 17", "2.1", 2 * day + HOUR),
        (5, "ERR-2", "iOS 17", "2.1", 9 * day),
    ] {
        let mut given = at(n, code, "a", at_ms);
        given.origin.os = os.to_owned();
        given.origin.app_version = version.to_owned();
        accept(fixture, given);
    }
    let trend = |filter: &TrendFilter| {
        let steps = Steps {
            from_ms: day,
            step_ms: day,
            count: 2,
        };
        let mut found = fixture.store.trend(TrendBy::Code, filter, steps).unwrap();
        found.sort_by(|a, b| a.key.cmp(&b.key));
        found
            .into_iter()
            .map(|series| (series.key.unwrap(), series.counts))
            .collect::<Vec<_>>()
    };
    let (one, two) = ("ERR-1".to_owned(), "ERR-2".to_owned());
    let text = |text: &str| Some(text.to_owned());
    let of = |os, app_version, code| TrendFilter {
        groups: GroupFilter {
            code,
            ..Default::default()
        },
        os,
        app_version,
        group: None,
    };
    // A system is meant with any version of it.
    assert_eq!(
        trend(&of(text("iOS"), None, None)),
        [(one.clone(), vec![1, 1]), (two.clone(), vec![0, 1])]
    );
    assert_eq!(
        trend(&of(text("iOS 17"), text("2.1"), None)),
        [(two.clone(), vec![0, 1])]
    );
    assert_eq!(
        trend(&of(None, text("2.1"), Some(one.clone()))),
        [(one, vec![0, 1])]
    );
    assert_eq!(trend(&of(text("BeOS"), None, None)), []);
    let group = TrendFilter {
        group: Some(likeness("ERR-2", "a").id),
        ..Default::default()
    };
    assert_eq!(trend(&group), [(two, vec![0, 2])]);
}

pub(super) fn facets_count_what_is_stored(fixture: &mut Fixture) {
    let mut odd = at(1, "ERR-1", "a", HOUR);
    odd.origin.os = "iOS 17".to_owned();
    for given in [odd, at(2, "ERR-2", "a", HOUR), at(3, "ERR-2", "b", HOUR)] {
        accept(fixture, given);
    }
    assert!(change(
        fixture,
        likeness("ERR-1", "a").id,
        GroupState::Confirmed,
        1
    ));
    let facets = fixture.store.facets(9).unwrap();
    let values = |counts: &[ValueCount]| {
        counts
            .iter()
            .map(|count| (count.value.clone(), count.reports))
            .collect::<Vec<_>>()
    };
    assert_eq!(facets.reports, 3);
    assert_eq!(
        values(&facets.codes),
        [("ERR-2".to_owned(), 2), ("ERR-1".to_owned(), 1)]
    );
    assert_eq!(facets.codes[0].title_zh, "标题");
    assert_eq!(values(&facets.os), [("iOS 17".to_owned(), 1)]);
    assert_eq!(values(&facets.families), [("db".to_owned(), 3)]);
    assert_eq!(values(&facets.projects), [("default".to_owned(), 3)]);
    assert_eq!(values(&facets.app_versions), []);
    assert_eq!(
        facets.states,
        [
            (GroupState::New, 2),
            (GroupState::Confirmed, 1),
            (GroupState::Regressed, 0),
            (GroupState::Fixed, 0),
        ]
    );
    assert_eq!(fixture.store.facets(1).unwrap().codes.len(), 1);
}

pub(super) fn control_of_senders_is_kept(fixture: &mut Fixture) {
    let project = Project {
        id: ProjectId::random().unwrap(),
        name: "shop".to_owned(),
        api_key_digest: None,
        created_at_ms: 1,
        control: Control::default(),
    };
    assert!(fixture.wait(fixture.store.insert_project(project.clone(), None)));
    let control = Control {
        enabled: false,
        sample_rate: 0.25,
    };
    assert!(fixture.wait(fixture.store.set_control(project.id, control)));
    assert!(
        !fixture.wait(
            fixture
                .store
                .set_control(ProjectId::random().unwrap(), control)
        )
    );
    fixture.restart();
    let stored = fixture.store.projects().unwrap();
    assert_eq!(stored.last().map(|project| project.control), Some(control));
}
