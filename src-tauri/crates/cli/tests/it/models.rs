//! `hearth models`, `doctor` and `verify`.

use std::fs;

use crate::support::{Home, error};

#[test]
fn the_bundled_model_is_listed_shown_and_verified() {
    let home = Home::new();
    let list = home.json(&["models", "--json"]);
    let model = &list["models"][0];
    assert_eq!(model["is_default"], true, "{list}");
    assert_eq!(model["present"], true);
    let id = model["id"].as_str().unwrap();
    assert_eq!(home.json(&["models", "show", id, "--json"])["id"], id);
    let verified = home.json(&["models", "verify", "--json"]);
    assert_eq!(verified["ok"], true, "{verified}");
    let text = home.run(&["models"]);
    assert!(String::from_utf8(text.stdout).unwrap().contains(id));
}

#[test]
fn a_file_that_is_no_gguf_is_refused_and_one_that_is_missing_too() {
    let home = Home::new();
    let path = home.path("broken.gguf");
    fs::write(&path, b"Dear reader, this is a letter and no model.").unwrap();
    let output = home.run(&["models", "add", path.to_str().unwrap(), "--json"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(error(&output)["code"], "model_file_invalid");
    let missing = home.run(&["models", "add", "/no/such/file.gguf", "--json"]);
    assert_eq!(missing.status.code(), Some(1));
    assert_eq!(error(&missing)["code"], "model_file_missing");
    assert!(!String::from_utf8_lossy(&missing.stderr).contains("/no/such"), "no paths in errors");
    let list = home.json(&["models", "list", "--json"]);
    assert_eq!(list["models"].as_array().unwrap().len(), 1, "{list}");
}

#[test]
fn the_path_of_the_bundled_model_names_it() {
    let home = Home::new();
    let path = hearth_testkit::bundled_model();
    let added = home.json(&["models", "add", path.to_str().unwrap(), "--json"]);
    let list = home.json(&["models", "--json"]);
    assert_eq!(added["id"], list["models"][0]["id"]);
}

#[test]
fn doctor_and_verify_answer_on_a_new_data_folder() {
    let home = Home::new();
    let report = home.json(&["doctor", "--json"]);
    let checks = report["checks"].as_array().unwrap();
    assert!(checks.iter().any(|check| check["name"] == "model" && check["ok"] == true), "{report}");
    let whole = home.json(&["verify", "--json"]);
    assert_eq!(whole["ok"], true, "{whole}");
}

#[test]
fn doctor_says_by_its_status_that_a_check_failed() {
    let home = Home::new();
    let path = home.path("gone.gguf");
    hearth_testkit::gguf::TinyModel::random().write(&path).unwrap();
    home.json(&["models", "add", path.to_str().unwrap(), "--json"]);
    fs::remove_file(&path).unwrap();
    let output = home.run(&["doctor", "--json"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(error(&output)["code"], "model_file_missing");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["ok"], false, "{report}");
    let checks = report["checks"].as_array().unwrap();
    assert!(checks.iter().any(|check| check["name"] == "model" && check["ok"] == false));
}

#[test]
fn a_database_without_its_key_is_refused_and_left_untouched() {
    let home = Home::new();
    home.json(&["verify", "--json"]);
    let data = home.path("data");
    let key = fs::read_dir(&data).unwrap().flatten().map(|entry| entry.path());
    let key = key.into_iter().find(|p| p.to_string_lossy().contains("key")).expect("a key file");
    fs::remove_file(key).unwrap();
    let before = fs::read(data.join("hearth.db")).unwrap();
    let output = home.run(&["verify", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(error(&output)["code"], "database_key_missing");
    assert_eq!(fs::read(data.join("hearth.db")).unwrap(), before);
    let doctor = home.run(&["doctor", "--json"]);
    assert_eq!(doctor.status.code(), Some(1), "{doctor:?}");
    assert!(!doctor.stdout.is_empty(), "it says what it found");
}

#[test]
fn models_of_other_applications_are_found_and_added_where_they_lie() {
    let home = Home::new();
    let theirs = home.path(".lmstudio/models/someone/some/some-Q4.gguf");
    fs::create_dir_all(theirs.parent().unwrap()).unwrap();
    hearth_testkit::gguf::TinyModel::random().write(&theirs).unwrap();
    let found = home.json(&["models", "found", "--json"]);
    let one = &found["models"][0];
    assert_eq!(
        (one["origin"].as_str(), one["name"].as_str()),
        (Some("lm_studio"), Some("some-Q4"))
    );
    assert!(!found.to_string().contains(".lmstudio"), "no paths: {found}");
    let id = one["id"].as_str().unwrap();
    let added = home.json(&["models", "add", id, "--json"]);
    assert_eq!(
        (added["origin"].as_str(), added["ours"].as_bool()),
        (Some("lm_studio"), Some(false))
    );
    let model = added["id"].as_str().unwrap();
    home.json(&["models", "remove", model, "--json"]);
    assert!(theirs.exists(), "it is theirs");
}

#[test]
fn a_model_that_ends_its_process_is_an_error_of_the_command_and_no_crash() {
    let home = Home::new();
    let path = home.path("bad.gguf");
    fs::write(&path, hearth_testkit::gguf::ends_the_process()).unwrap();
    let output = home.run(&["chat", "Hello", "--model", path.to_str().unwrap(), "--json"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(error(&output)["code"], "model_crashes");
    let shown = home.json(&["models", "--json"]);
    assert_eq!(shown["models"][1]["verdict"]["code"], "model_crashes", "{shown}");
}

#[test]
fn bench_prints_figures_of_this_computer_and_keeps_them() {
    let home = Home::new();
    let path = home.path("tiny.gguf");
    hearth_testkit::gguf::TinyModel::random().write(&path).unwrap();
    let measured = home.json(&["bench", "--model", path.to_str().unwrap(), "--json"]);
    let speed = &measured["speed"];
    assert!(speed["decode_per_second"].as_f64().unwrap() > 0.0, "{measured}");
    assert!(speed["prefill_per_second"].as_f64().unwrap() > 0.0);
    assert_eq!(speed["step_ms"].as_array().unwrap().len(), 4);
    let id = measured["model"].as_str().unwrap();
    let shown = home.json(&["models", "show", id, "--json"]);
    assert_eq!(shown["speed"]["decode_per_second"], speed["decode_per_second"]);
}
