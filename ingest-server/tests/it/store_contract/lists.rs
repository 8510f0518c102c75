//! Lists: paged, narrowed, searched.

use super::*;

fn with(n: u8, adjust: impl FnOnce(&mut NewReport)) -> NewReport {
    let mut given = report(n, n, 0);
    adjust(&mut given);
    given
}

fn accept(fixture: &Fixture, given: NewReport) -> ReportId {
    let id = given.id;
    assert!(matches!(fixture.accept(given), Contact::Fresh { .. }));
    id
}

/// A list and the count of the same query must agree.
fn found(fixture: &Fixture, query: &ReportQuery) -> Vec<ReportId> {
    let ids = fixture.list(query.clone());
    let counted = ReportQuery {
        limit: 100,
        ..query.clone()
    };
    let (rows, count) = fixture.store.reports_counted(&counted, 1_000).unwrap();
    assert_eq!(count, ReportCount::exactly(ids.len() as u64), "{query:?}");
    assert!(rows.iter().map(|row| row.id).eq(ids.iter().copied()));
    ids
}

fn filter(adjust: impl FnOnce(&mut GroupFilter)) -> ReportQuery {
    let mut query = ReportQuery::default();
    adjust(&mut query.filter);
    query
}

pub(super) fn pages_hold_the_newest_first(fixture: &mut Fixture) {
    let mut ids: Vec<_> = (0..5u8).map(|n| accept(fixture, report(n, n, 0))).collect();
    ids.reverse();
    let page = |before| {
        let query = ReportQuery {
            limit: 2,
            before,
            ..Default::default()
        };
        fixture.store.reports(&query).unwrap()
    };
    let first = page(None);
    let second = page(first.last().map(|row| row.cursor));
    let found: Vec<_> = first.iter().chain(&second).map(|row| row.id).collect();
    assert_eq!(found, ids[..4]);
    let counted = |text: Option<&str>| {
        let query = ReportQuery {
            text: text.map(Query::parse),
            limit: 1,
            ..Default::default()
        };
        fixture.store.reports_counted(&query, 3).unwrap()
    };
    let (rows, count) = counted(None);
    assert_eq!((rows.len(), count), (1, ReportCount::exactly(5)));
    let (rows, count) = counted(Some("标题"));
    let stopped = ReportCount {
        reports: 3,
        exact: false,
    };
    assert_eq!(
        (rows.len(), count),
        (1, stopped),
        "counting stops at its bound"
    );
}

pub(super) fn filters_narrow(fixture: &mut Fixture) {
    let one = accept(
        fixture,
        with(1, |given| {
            given.origin.os = "iOS 17.2".to_owned();
            given.origin.app_version = "1.4".to_owned();
            given.facets.cause = Some("db_down".to_owned());
        }),
    );
    let two = accept(
        fixture,
        with(2, |given| {
            given.origin.os = "iOSX".to_owned();
            given.facets.family = Some("tls".to_owned());
            given.facets.status = "unexplained".to_owned();
        }),
    );
    let all = [two, one];
    for (query, expected) in [
        (ReportQuery::default(), &all[..]),
        (filter(|f| f.code = Some("ERR-2".to_owned())), &[two]),
        (filter(|f| f.family = Some("tls".to_owned())), &[two]),
        (filter(|f| f.family = Some("k8s".to_owned())), &[]),
        (filter(|f| f.cause = Some("db_down".to_owned())), &[one]),
        (
            filter(|f| f.status = Some("unexplained".to_owned())),
            &[two],
        ),
        (filter(|f| f.state = Some(GroupState::New)), &all),
        (filter(|f| f.state = Some(GroupState::Fixed)), &[]),
        (filter(|f| f.project = Some("nobody".to_owned())), &[]),
        (
            ReportQuery {
                group: Some(likeness("ERR-1", "h").id),
                ..Default::default()
            },
            &[one],
        ),
        (
            ReportQuery {
                os: Some("iOS".to_owned()),
                ..Default::default()
            },
            &[one],
        ),
        (
            ReportQuery {
                os: Some("iOS 17.2".to_owned()),
                app_version: Some("1.4".to_owned()),
                ..Default::default()
            },
            &[one],
        ),
        (
            ReportQuery {
                app_version: Some("1.5".to_owned()),
                ..Default::default()
            },
            &[],
        ),
    ] {
        assert_eq!(found(fixture, &query), expected, "{query:?}");
    }
    let row = fixture.store.report_row(&one).unwrap().unwrap();
    assert_eq!(
        (row.group, row.state),
        (likeness("ERR-1", "h").id, GroupState::New)
    );
}

pub(super) fn words_find_reports(fixture: &mut Fixture) {
    let one = accept(
        fixture,
        with(1, |given| {
            given.terms = terms("dial tcp 10.0.3.21:5432: connection refused");
        }),
    );
    let two = accept(
        fixture,
        with(2, |given| {
            given.terms = terms("数据库连接被拒绝 refused \"AND\" near");
        }),
    );
    let text = |text: &str| ReportQuery {
        text: Some(Query::parse(text)),
        ..Default::default()
    };
    for (query, expected) in [
        ("refused", vec![two, one]),
        ("REFUSED 10.0.3.21", vec![one]),
        ("5432", vec![one]),
        ("refu", vec![two, one]),
        ("连接", vec![two]),
        ("拒", vec![two]),
        ("and", vec![two]),
        ("nowhere", vec![]),
        ("", vec![]),
        ("%", vec![]),
    ] {
        assert_eq!(found(fixture, &text(query)), expected, "{query}");
    }
    // Nothing that a person types is a mistake of syntax.
    for query in [
        "\"",
        "\"\"\"",
        "refused\"",
        "*",
        "a*b",
        "(",
        ")",
        "NEAR(",
        "terms:refused",
        "-refused",
        "^refused",
        "refused AND NOT OR",
        "\0",
        "\u{feff}",
        "'; DROP TABLE reports; --",
        "汉\"字",
        "{a b}:c",
        "+++",
    ] {
        fixture.store.reports(&text(query)).unwrap();
        fixture.store.reports_counted(&text(query), 10).unwrap();
    }
    let both = ReportQuery {
        before: Some(2),
        ..text("refused")
    };
    assert_eq!(found(fixture, &both), [one]);
    let mut narrowed = text("refused");
    narrowed.filter.code = Some("ERR-2".to_owned());
    assert_eq!(found(fixture, &narrowed), [two]);
}

pub(super) fn times_bound_a_list_whatever_the_clock_did(fixture: &mut Fixture) {
    // The third arrived while the server's clock stood an hour early.
    let times = [1_000_000u64, 5_000_000, 1_400_000, 9_000_000];
    let ids: Vec<_> = times
        .iter()
        .zip(1u8..)
        .map(|(at_ms, n)| accept(fixture, with(n, |given| given.received_at_ms = *at_ms)))
        .collect();
    let between = |from_ms, to_ms| {
        found(
            fixture,
            &ReportQuery {
                from_ms,
                to_ms,
                ..Default::default()
            },
        )
    };
    assert_eq!(between(None, Some(2_000_000)), [ids[2], ids[0]]);
    assert_eq!(between(Some(1_400_000), Some(9_000_000)), [ids[2], ids[1]]);
    assert_eq!(between(Some(9_000_001), None), []);
    assert_eq!(between(Some(0), Some(u64::MAX)).len(), 4);
}
