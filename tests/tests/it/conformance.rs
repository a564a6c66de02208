//! The port against the document that describes it: thousands of requests, right and wrong, made from the
//! document by another's program, and whether each answer is as the document says.

use serde_json::json;

use crate::support::{Home, Serve, python};

#[test]
fn whatever_is_asked_the_port_answers_as_its_openapi_document_says() {
    let home = Home::new();
    let mut make = vec!["keys", "make", "--json", "--name", "conformance"];
    for scope in ["chat", "embeddings", "documents", "conversations", "models", "metrics"] {
        make.extend(["--scope", scope]);
    }
    let made = home.json(&make);
    let key = made["key"].as_str().unwrap();
    let serve = Serve::start(&home, &[]);
    serve.wait_ready(&home);
    let told = python::run("conformance.py", &[&format!("http://{}", serve.address), key]);
    assert_eq!(told["failures"], json!([]), "{told}");
    assert!(told["operations"].as_u64() >= Some(50), "{told}");
    assert!(told["requests"].as_u64() >= Some(1000), "{told}");
}
