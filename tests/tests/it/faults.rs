//! What goes wrong outside: a power cut while an answer streams, a database that is not what it
//! should be, a full disk, a keyring that is gone. Nothing acknowledged is lost, nothing refused is
//! touched.

use std::{env, thread, time::Duration};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Home, Serve, dice::Dice};

/// How many power cuts; the benchmark asks for more.
const KILLS: &str = "HEARTH_FAULT_KILLS";

#[test]
fn a_power_cut_at_any_moment_loses_no_acknowledged_message() {
    let kills = env::var(KILLS).map_or(10, |text| text.parse().expect(KILLS));
    let mut dice = Dice::new();
    let home = Home::new();
    let mut acknowledged = Vec::new();
    for kill in 0..kills {
        let mut serve = Serve::with_commands(&home);
        acknowledged.iter().for_each(|sent| check_kept(&serve, sent));
        serve.wait_ready(&home);
        acknowledged.push(send_and_kill(&mut serve, &mut dice, kill));
    }
    let serve = Serve::with_commands(&home);
    acknowledged.iter().for_each(|sent| check_kept(&serve, sent));
    assert!(serve.stop().success());
    let report = home.json(&["verify", "--json"]);
    assert_eq!(report["ok"], json!(true), "{report}");
    let partial = acknowledged.iter().filter(|sent| !sent.seen.is_empty()).count();
    println!("{partial} of {kills} answers had begun when the power went");
}

#[test]
fn a_power_cut_while_an_answer_goes_on_keeps_what_it_said_before() {
    let mut dice = Dice::new();
    let home = Home::new();
    let mut serve = Serve::with_commands(&home);
    serve.wait_ready(&home);
    let mut sent = send_and_kill(&mut serve, &mut dice, 0);
    for cut in 0..5 {
        let mut serve = Serve::with_commands(&home);
        check_kept(&serve, &sent);
        let before = kept_text(&serve, &sent);
        serve.wait_ready(&home);
        go_on_and_kill(&mut serve, &mut dice, &mut sent, before);
        println!("cut {cut}: {} characters had been read", sent.seen.chars().count());
    }
    let serve = Serve::with_commands(&home);
    check_kept(&serve, &sent);
    assert!(serve.stop().success());
    let report = home.json(&["verify", "--json"]);
    assert_eq!(report["ok"], json!(true), "{report}");
}

/// Lets the answer go on from what is on disk, reads a little of it, and cuts the power.
fn go_on_and_kill(serve: &mut Serve, dice: &mut Dice, sent: &mut Sent, before: String) {
    let started = serve.must("chat_continue", &json!({ "id": sent.answer }));
    assert_eq!(started["message_id"], json!(sent.answer), "it is the same message");
    let generation = started["generation"].as_str().expect("a stream");
    // From here on the text that was there is acknowledged, and so is each word that is read.
    sent.seen = before.clone();
    sent.before = before;
    let events = serve.events(&format!("generation/{generation}"), 0);
    for event in events.take(dice.below(40)) {
        let event = event.json();
        sent.seen.push_str(event["text"].as_str().unwrap_or_default());
        if ["finished", "failed"].contains(&event["type"].as_str().unwrap_or_default()) {
            break;
        }
    }
    thread::sleep(Duration::from_micros(dice.below(40_000) as u64));
    serve.kill();
}

/// What is on disk of the answer, without the mark of a character that was cut apart.
fn kept_text(serve: &Serve, sent: &Sent) -> String {
    let view = serve.must("conversation_get", &json!({ "id": sent.conversation }));
    let messages = view["messages"].as_array().expect("messages");
    let answer = messages.iter().find(|m| m["id"] == json!(sent.answer)).expect("the answer");
    answer["content"].as_str().expect("a text").trim_end_matches('\u{fffd}').to_owned()
}

/// A message that was acknowledged before the power went.
struct Sent {
    conversation: String,
    text: String,
    answer: String,
    /// What of the answer had been on the screen.
    seen: String,
    /// What of it had been on the disk before this run.
    before: String,
}

fn send_and_kill(serve: &mut Serve, dice: &mut Dice, kill: u64) -> Sent {
    let text = format!("Tell me a long story about the number {kill}.");
    let request = json!({
        "text": text,
        "client_id": Uuid::new_v4(),
        "sampling": {"max_tokens": 600, "seed": 7},
    });
    let started = serve.must("chat_send", &request);
    let name = |value: &Value| value.as_str().expect("a name").to_owned();
    let topic = format!("generation/{}", name(&started["generation"]));
    let mut seen = String::new();
    let events = serve.events(&topic, 0);
    for event in events.take(dice.below(60)) {
        let event = event.json();
        seen.push_str(event["text"].as_str().unwrap_or_default());
        if ["finished", "failed"].contains(&event["type"].as_str().unwrap_or_default()) {
            break;
        }
    }
    thread::sleep(Duration::from_micros(dice.below(40_000) as u64));
    serve.kill();
    Sent {
        conversation: name(&started["conversation"]["id"]),
        text,
        answer: name(&started["message_id"]),
        seen,
        before: String::new(),
    }
}

fn check_kept(serve: &Serve, sent: &Sent) {
    let view = serve.must("conversation_get", &json!({ "id": sent.conversation }));
    let messages = view["messages"].as_array().expect("messages");
    let question = messages.iter().find(|m| m["role"] == "user").expect("the question is there");
    assert_eq!(question["content"], json!(sent.text));
    let answer = messages.iter().find(|m| m["id"] == json!(sent.answer)).expect("the answer too");
    let status = answer["status"].as_str().expect("a status");
    assert!(["interrupted", "complete"].contains(&status), "{status}");
    // The disk may be a moment behind the screen, or ahead of it; it is never different.
    let kept = answer["content"].as_str().expect("a text");
    assert!(
        kept.starts_with(&sent.seen) || sent.seen.starts_with(kept),
        "kept {kept:?}, seen {:?}",
        sent.seen
    );
    assert!(kept.starts_with(&sent.before), "kept {kept:?}, there was {:?}", sent.before);
    assert_eq!(view["generation"], Value::Null, "nothing pretends to be running");
}
