//! Remote control of senders, and gauges of the store.

use serde_json::json;

use crate::support::Server;

#[test]
fn an_answer_tells_the_sender_what_its_project_wants() {
    let server = Server::start();
    let login = server.log_in();
    let phone = server.phone();
    let bytes = phone.snapshot(0, &["x"]);
    let told = |answer: &crate::support::Response| answer.json()["control"].clone();
    assert_eq!(
        told(&server.upload(&bytes)),
        json!({ "enabled": true, "sample_rate": 1.0 })
    );
    let set = |body| server.post_json("/v1/projects/default", &login.changing(), &body);
    let changed = set(json!({ "enabled": false, "sample_rate": 0.5 }));
    assert_eq!(changed.status, 200, "{changed:?}");
    let wanted = json!({ "enabled": false, "sample_rate": 0.5 });
    assert_eq!(changed.json()["control"], wanted);
    // A retry hears what holds now; the report that came anyway is taken.
    assert_eq!(told(&server.upload(&bytes)), wanted);
    assert_eq!(told(&server.upload(&phone.snapshot(1, &["x"]))), wanted);
    assert_eq!(set(json!({ "sample_rate": 2 })).reason(), "bad_sample_rate");
    assert_eq!(set(json!({ "enabled": "no" })).reason(), "bad_json");
    let listed = server.get("/v1/projects", &login.reading()).json();
    assert_eq!(listed["projects"][0]["control"], wanted);
    let nobody = server.post_json("/v1/projects/nobody", &login.changing(), &json!({}));
    assert_eq!(nobody.reason(), "not_found");
}

#[test]
fn only_a_person_sees_and_changes_projects() {
    let server = Server::start();
    let login = server.log_in();
    let body = json!({ "enabled": false });
    assert_eq!(server.get("/v1/projects", &[]).reason(), "not_logged_in");
    let path = "/v1/projects/default";
    assert_eq!(server.post_json(path, &[], &body).reason(), "not_logged_in");
    let unproven = server.post_json(path, &login.reading(), &body);
    assert_eq!(unproven.reason(), "bad_csrf_token");
}

#[test]
fn gauges_of_the_store_are_those_of_the_moment() {
    let server = Server::start();
    let gauge = || {
        let text = String::from_utf8(server.get("/metrics", &[]).body).unwrap();
        let line = text
            .lines()
            .find(|line| line.starts_with("faultscan_stored_reports "));
        line.unwrap().to_owned()
    };
    assert_eq!(gauge(), "faultscan_stored_reports 0");
    server.upload(&server.phone().snapshot(0, &["x"]));
    server.upload(&server.phone().snapshot(0, &["y"]));
    assert_eq!(gauge(), "faultscan_stored_reports 2");
}
