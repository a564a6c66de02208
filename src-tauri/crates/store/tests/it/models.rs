//! Verdicts, measurements and choices of models.

use hearth_domain::{ErrorCode, ModelChoice, ModelId, Timestamp};
use hearth_store::{StoredSpeed, StoredVerdict};
use serde_json::json;

use crate::support::Home;

fn verdict(build: &str, code: Option<ErrorCode>) -> StoredVerdict {
    StoredVerdict {
        sha256: "aa".into(),
        build: build.into(),
        code,
        facts: json!({ "load_ms": 7 }),
        tried: Timestamp(5),
    }
}

#[test]
fn a_verdict_holds_for_its_file_and_its_build_alone() {
    let (_home, db) = Home::new();
    let good = verdict("one", None);
    db.write(|w| w.model_verdict_save(&good)).unwrap();
    assert_eq!(db.read(|r| r.model_verdict("aa", "one")).unwrap(), Some(good));
    assert_eq!(db.read(|r| r.model_verdict("aa", "two")).unwrap(), None);
    assert_eq!(db.read(|r| r.model_verdict("bb", "one")).unwrap(), None);
    let bad = verdict("two", Some(ErrorCode::ModelCrashes));
    db.write(|w| w.model_verdict_save(&bad)).unwrap();
    assert_eq!(db.read(|r| r.model_verdict("aa", "two")).unwrap(), Some(bad));
    assert_eq!(db.read(|r| r.model_verdict("aa", "one")).unwrap(), None, "the newer build decides");
}

#[test]
fn measurements_come_in_order_and_the_oldest_of_many_go() {
    let (_home, db) = Home::new();
    let speed = |n: i64, machine: &str| StoredSpeed {
        sha256: "aa".into(),
        machine: machine.into(),
        build: "one".into(),
        asked: n % 2 == 0,
        facts: json!(n),
        measured: Timestamp(n),
    };
    db.write(|w| w.model_speed_add(&speed(-1, "another computer"))).unwrap();
    for n in 0..120 {
        db.write(|w| w.model_speed_add(&speed(n, "this computer"))).unwrap();
    }
    let kept = db.read(|r| r.model_speeds("aa", "this computer")).unwrap();
    assert_eq!(kept.len(), 100);
    assert_eq!(kept.first(), Some(&speed(20, "this computer")));
    assert_eq!(kept.last(), Some(&speed(119, "this computer")));
    assert_eq!(db.read(|r| r.model_speeds("aa", "another computer")).unwrap().len(), 1);
}

#[test]
fn a_choice_is_kept_and_replaced_and_nothing_is_chosen_before() {
    let (_home, db) = Home::new();
    let id = ModelId("tiny".into());
    assert_eq!(db.read(|r| r.model_choice(&id)).unwrap(), ModelChoice::default());
    for context in [1024, 2048] {
        let choice = ModelChoice { context: Some(context), ..ModelChoice::default() };
        db.write(|w| w.model_choose(&id, &choice)).unwrap();
        assert_eq!(db.read(|r| r.model_choice(&id)).unwrap(), choice);
    }
}
