//! The port as programs use it that were written for other servers: their own packages, unchanged, with
//! the bundled model and the bundled embedder.

use std::process::Command;

use serde_json::{Value, json};

use crate::support::{ANSWER, Home, Serve, node, python};

/// Runs a script with the address and the key of a Hearth of its own.
fn said_by(run: fn(&str, &[&str]) -> Value, script: &str) -> Value {
    let home = Home::new();
    let serve = Serve::start(&home, &[]);
    serve.wait_ready(&home);
    let key = serve.api_key.as_deref().expect("the first run makes a key");
    run(script, &[&format!("http://{}", serve.address), key])
}

/// The same with a collection `work` of one document.
fn said_of_documents(script: &str) -> Value {
    let home = Home::new();
    let path = home.root().join("depot.md");
    let text = "# Depot\n\nThe depot in Lindau opens at nine in the morning.\n";
    std::fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap();
    assert_eq!(home.json(&["ingest", "--json", "--collection", "work", path])["documents"], 1);
    let serve = Serve::start(&home, &[]);
    serve.wait_ready(&home);
    let key = serve.api_key.as_deref().expect("the first run makes a key");
    python::run(script, &[&format!("http://{}", serve.address), key])
}

fn names_the_city(text: &Value) -> bool {
    text.as_str().is_some_and(|text| text.contains(ANSWER))
}

fn is_city(value: &Value) -> bool {
    [json!("Paris"), json!("Rome")].contains(value)
}

#[test]
fn the_openai_package_calls_tools_reads_forms_and_gets_vectors() {
    let said = said_by(python::run, "client_openai.py");
    assert_eq!(said["called"], json!(["weather", "tool_calls"]));
    assert!(is_city(&said["city"]) && is_city(&said["streamed_city"]), "{said}");
    assert_eq!(said["parsed"], json!(["str", "bool"]));
    for several in ["several", "several_streamed"] {
        assert_eq!(said[several], json!([0, 1]), "{said}");
    }
    assert_eq!(said["asked_once"], true, "a request that is sent again is answered once");
    assert_eq!(said["dimensions"], json!([384, 384]));
    assert!(names_the_city(&said["text"]), "{said}");
    let response = &said["response"];
    assert!(names_the_city(&response[0]), "{said}");
    assert!(response[1] == response[0] && response[2] == response[0], "{said}");
    assert_eq!(said["response_called"], "weather");
    let errors = json!({"unknown model": "NotFoundError", "wrong range": "BadRequestError",
        "wrong key": "AuthenticationError"});
    assert_eq!(said["errors"], errors);
}

#[test]
fn the_anthropic_package_gets_messages_calls_counts_and_its_own_errors() {
    let said = said_by(python::run, "client_anthropic.py");
    assert!(names_the_city(&said["whole"]), "{said}");
    assert_eq!(said["streamed"], said["whole"]);
    for twice in ["stop_reason", "output_tokens"] {
        assert_eq!(said[twice][0], said[twice][1], "{said}");
    }
    assert_eq!((&said["called"][0], &said["called"][2]), (&json!("weather"), &json!("tool_use")));
    assert!(is_city(&said["called"][1]) && is_city(&said["streamed_call"][1]), "{said}");
    assert!(said["counted"].as_u64().unwrap() > 5 && said["request_id"] == true, "{said}");
    assert_eq!(said["models"], json!(["smollm2-135m-instruct", "all-minilm-l6-v2"]));
    let errors = json!({"unknown model": "NotFoundError", "wrong range": "BadRequestError",
        "wrong key": "AuthenticationError"});
    assert_eq!(said["errors"], errors);
}

#[test]
fn the_openai_and_anthropic_packages_read_what_an_answer_from_documents_rests_on() {
    let said = said_of_documents("client_documents.py");
    for asked in ["responses", "chat", "messages"] {
        assert_eq!(said[asked]["answerable"], true, "{said}");
    }
    let (responses, messages) = (&said["responses"], &said["messages"]);
    assert_eq!(responses["added"], responses["streamed"], "{said}");
    assert_eq!(
        said["chat"]["cited"].as_array().unwrap().len() as u64,
        said["chat"]["told"],
        "{said}"
    );
    // What a small model says depends on how its batches were cut; what it cites is this or nothing.
    let cited =
        [&responses["cited"], &responses["added"], &messages["cited"], &messages["streamed"]];
    let known = [json!(["depot.md"]), json!([])];
    assert!(cited.iter().all(|names| known.contains(names)), "{said}");
    assert!(cited.contains(&&known[0]), "nothing was cited at all: {said}");
}

#[test]
fn programs_of_other_computers_come_in_by_tls_once_they_trust_the_certificate() {
    let home = Home::new();
    let pem = home.root().join("hearth.pem");
    let file = pem.to_str().unwrap();
    let network = ["--network", "127.0.0.1:0", "--network-name", "box.example.org"];
    let serve = Serve::start(&home, &[&network[..], &["--network-certificate", file]].concat());
    serve.wait_ready(&home);
    let key = serve.api_key.as_deref().expect("the first run makes a key");
    let [url, named] = [0, 1].map(|at| serve.network["urls"][at].as_str().unwrap());
    let stranger = python::command("ask.py", &[url, key, "Hello"]).output().unwrap();
    let said = String::from_utf8_lossy(&stranger.stderr);
    assert!(!stranger.status.success() && said.contains("CERTIFICATE_VERIFY_FAILED"), "{said}");

    let question = "What is the capital of France?";
    let said = python::run_trusting(&pem, "ask.py", &[url, key, question]);
    assert!(names_the_city(&said["whole"]) && said["whole"] == said["streamed"], "{said}");
    let said = python::run_trusting(&pem, "client_anthropic.py", &[url, key]);
    assert!(names_the_city(&said["whole"]) && said["whole"] == said["streamed"], "{said}");
    let said = node::run_trusting(&pem, "client_openai.mjs", &[url, key]);
    assert!(names_the_city(&said["whole"]) && said["whole"] == said["streamed"], "{said}");

    let asked = Command::new("curl")
        .args(["--silent", "--show-error", "--http2", "--cacert", file])
        .args(["--resolve", &format!("{}:127.0.0.1", named.trim_start_matches("https://"))])
        .args(["--header", &format!("Authorization: Bearer {key}")])
        .args(["--write-out", "\n%{http_version} %{http_code}", &format!("{named}/v1/models")])
        .output()
        .expect("curl starts");
    let said = String::from_utf8(asked.stdout).unwrap();
    assert!(said.contains("smollm2") && said.ends_with("\n2 200"), "{said}");
}

#[test]
fn the_ollama_package_chats_embeds_and_sees_the_models() {
    let said = said_by(python::run, "client_ollama.py");
    assert!(names_the_city(&said["whole"]) && names_the_city(&said["generated"]), "{said}");
    assert_eq!(said["streamed"], said["whole"]);
    assert!(said["parts"].as_u64().unwrap() > 1 && said["eval_count"].as_u64().unwrap() > 0);
    assert!(is_city(&said["fitting"]) && said["with_tools"] == true, "{said}");
    assert_eq!(said["dimensions"], json!([384, 384]));
    assert_eq!(said["running"], json!([said["model"]]));
    assert_eq!(said["shown"], "Q4_1");
    assert_eq!(said["errors"], json!({"unknown model": 404, "wrong range": 400, "wrong key": 401}));
}

#[test]
fn langchain_chats_calls_tools_reads_forms_and_embeds() {
    let said = said_by(python::run, "client_langchain.py");
    assert!(names_the_city(&said["whole"]), "{said}");
    assert_eq!(said["streamed"], said["whole"]);
    assert!(said["parts"].as_u64().unwrap() > 1, "{said}");
    assert_eq!((&said["called"], &said["form"]), (&json!("weather"), &json!("str")));
    assert_eq!(said["dimensions"], json!([384, 384]));
}

#[test]
fn litellm_reaches_the_model_by_both_interfaces() {
    let said = said_by(python::run, "client_litellm.py");
    for interface in ["openai", "anthropic"] {
        let both = &said["said"][interface];
        assert!(names_the_city(&both[0]), "{interface}: {said}");
        assert_eq!(both[0], both[1], "{interface}");
    }
    assert_eq!(said["dimensions"], json!([384, 384]));
    assert_eq!(said["wrong key"], "AuthenticationError");
}

#[test]
fn the_openai_package_for_javascript_gets_the_same() {
    let said = said_by(node::run, "client_openai.mjs");
    assert!(names_the_city(&said["whole"]) && names_the_city(&said["response"]), "{said}");
    assert_eq!(said["streamed"], said["whole"]);
    assert_eq!((&said["called"], &said["dimensions"]), (&json!("weather"), &json!([384, 384])));
    let errors = json!({"unknown model": "NotFoundError", "wrong key": "AuthenticationError"});
    assert_eq!(said["errors"], errors);
}

#[test]
fn the_ai_sdk_chats_calls_tools_reads_forms_and_embeds() {
    let said = said_by(node::run, "client_ai.mjs");
    assert!(names_the_city(&said["whole"]), "{said}");
    assert_eq!(said["streamed"], said["whole"]);
    assert!(said["parts"].as_u64().unwrap() > 1, "{said}");
    assert!(said["called"] == "weather" && is_city(&said["fitting"]), "{said}");
    assert_eq!(said["dimensions"], json!([384, 384]));
}
