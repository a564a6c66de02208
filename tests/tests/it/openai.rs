//! `/v1` as programs use it: through the `openai` Python package, and eight at once.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{ANSWER, Home, QUESTION, Serve, python};

#[test]
fn the_openai_package_gets_paris_whole_and_streamed() {
    let home = Home::new();
    let serve = Serve::start(&home, &[]);
    serve.wait_ready(&home);
    let url = format!("http://{}", serve.address);
    let key = serve.api_key.as_deref().expect("the first run makes a key");
    let said = python::run("ask.py", &[&url, key, QUESTION]);
    assert!(said["whole"].as_str().unwrap().contains(ANSWER), "{said}");
    assert_eq!(said["streamed"], said["whole"], "temperature 0 gives the same text twice");
    assert!(said["parts"].as_u64().unwrap() > 1, "the answer came in parts: {said}");
    assert_eq!(said["stream_finish"], said["finish"]);
    assert!(said["completion_tokens"].as_u64().unwrap() > 0);
}

#[test]
fn the_openai_package_is_told_that_a_key_is_wrong() {
    let home = Home::new();
    let serve = Serve::start(&home, &[]);
    let said = python::run("refused.py", &[&format!("http://{}", serve.address)]);
    assert_eq!(said["error"], "AuthenticationError");
}

#[test]
fn eight_chats_at_once_are_decoded_together() {
    let home = Home::new();
    let serve = Serve::with_commands(&home);
    serve.wait_ready(&home);
    let begin = |number: u32| {
        let request = json!({
            "text": format!("Count from {number} up to a thousand."),
            "client_id": Uuid::new_v4(),
            "sampling": {"max_tokens": 128, "seed": number},
        });
        let started = serve.must("chat_send", &request);
        format!("generation/{}", started["generation"].as_str().unwrap())
    };
    let topics: Vec<String> = (1..=8).map(begin).collect();
    let ends: Vec<Value> = topics
        .iter()
        .map(|topic| serve.events(topic, 0).last().expect("the answer ends").json())
        .collect();
    assert!(ends.iter().all(|end| end["type"] == "finished"), "{ends:?}");
    let widest = ends.iter().filter_map(|end| end["timing"]["batch_width"].as_u64()).max();
    println!("the widest step decoded {widest:?} chats together");
    assert!(widest >= Some(4), "{ends:?}");
}
