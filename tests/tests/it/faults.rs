//! What goes wrong outside: a power cut while an answer streams, a database that is not what it
//! should be, a full disk, a keyring that is gone. Nothing acknowledged is lost, nothing refused is
//! touched.

use std::{
    env, thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Home, Serve};

/// How many power cuts; the benchmark asks for more.
const KILLS: &str = "HEARTH_FAULT_KILLS";
/// Repeats a run.
const SEED: &str = "HEARTH_FAULT_SEED";

#[test]
fn a_power_cut_at_any_moment_loses_no_acknowledged_message() {
    let number = |name: &str| env::var(name).ok().map(|text| text.parse::<u64>().expect(name));
    let kills = number(KILLS).unwrap_or(10);
    let clock = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos().into();
    let seed = number(SEED).unwrap_or_else(clock);
    println!("{kills} kills, {SEED}={seed}");
    let mut dice = Dice(seed);
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
    assert_eq!(report["ok"], json!(true), "{SEED}={seed}: {report}");
    let partial = acknowledged.iter().filter(|sent| !sent.seen.is_empty()).count();
    println!("{partial} of {kills} answers had begun when the power went");
}

/// A message that was acknowledged before the power went.
struct Sent {
    conversation: String,
    text: String,
    answer: String,
    /// What of the answer had been on the screen.
    seen: String,
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
    assert_eq!(view["generation"], Value::Null, "nothing pretends to be running");
}

/// SplitMix64: the same moments for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % limit as u64).expect("small")
    }
}
