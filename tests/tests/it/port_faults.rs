//! A power cut while programs use the port: what they were told is done is there afterwards, and the
//! port serves again with the keys that it had. What a person was told is in `faults`.

use std::{
    collections::{HashMap, HashSet},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::support::{ANSWER, Home, QUESTION, Serve, http::Ask, wait};

const CHAT: &str = "/v1/chat/completions";

/// Programs that read answers, more than are written at once, and programs that write.
const READERS: usize = 24;
const WRITERS: usize = 3;
/// When the power goes, after the first words of an answer.
const CUTS: [Duration; 4] = [
    Duration::from_millis(0),
    Duration::from_millis(37),
    Duration::from_millis(250),
    Duration::from_millis(900),
];

/// What each collection may be called, by its id: one name once a change was acknowledged, two while
/// it was on its way.
type Known = HashMap<String, HashSet<String>>;

#[test]
fn what_programs_were_told_is_done_outlives_a_power_cut_under_load() {
    let home = Home::new();
    let mut known = Known::new();
    let mut program = None;
    for (cut, after) in CUTS.into_iter().enumerate() {
        let mut serve = Serve::with_commands(&home);
        let (key, model) = program.get_or_insert_with(|| (made(&serve), serve.model()));
        check(&serve, key, &known);
        serve.wait_ready(&home);
        let before = known.len();
        let streamed = chat(model, "Tell me a long story.", 2000, true);
        known.extend(under_load_until_killed(&mut serve, key, &streamed, cut, after));
        println!("cut {cut}: {} collections were made", known.len() - before);
        assert!(known.len() > before, "something was acknowledged before the cut");
    }
    let cut = Instant::now();
    let serve = Serve::with_commands(&home);
    println!("the port listened again {} ms after its start", cut.elapsed().as_millis());
    let (key, model) = program.expect("it was made in the first run");
    check(&serve, &key, &known);
    serve.wait_ready(&home);
    let asked = ask(&serve.address, &key, CHAT, &chat(&model, QUESTION, 16, false));
    let asked = asked.expect("an answer");
    assert!(
        asked["choices"][0]["message"]["content"].as_str().unwrap().contains(ANSWER),
        "{asked}"
    );
    assert!(serve.stop().success());
    let report = home.json(&["verify", "--json"]);
    assert_eq!(report["ok"], json!(true), "{report}");
}

/// A key for programs that chat and keep house.
fn made(serve: &Serve) -> String {
    let draft = json!({ "name": "Editor", "rights": { "scopes": ["chat", "documents", "admin"] } });
    serve.must("port_key_make", &draft)["secret"].as_str().expect("it is shown once").to_owned()
}

fn chat(model: &str, question: &str, tokens: u32, stream: bool) -> Value {
    json!({
        "model": model,
        "messages": [{ "role": "user", "content": question }],
        "temperature": 0,
        "max_tokens": tokens,
        "stream": stream,
    })
}

/// What a program is told; `None` where it is not told that it is done.
fn ask(address: &str, key: &str, path: &str, body: &Value) -> Option<Value> {
    let ask = Ask::new("POST", address, path).header("authorization", format!("Bearer {key}"));
    let reply = ask.json(body).send_to_mortal().filter(|reply| reply.status == 200)?;
    // A body that was cut off is no word of anything.
    serde_json::from_slice(&reply.body).ok()
}

/// Lets programs read and write, and cuts the power so long after the first words. What was written.
fn under_load_until_killed(
    serve: &mut Serve,
    key: &str,
    streamed: &Value,
    cut: usize,
    after: Duration,
) -> Known {
    let address = serve.address.clone();
    let begun = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..READERS {
            scope.spawn(|| read_until_cut(&address, key, streamed, &begun));
        }
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (address, name) = (&address, format!("{cut} {writer}"));
                scope.spawn(move || write_until_cut(address, key, &name))
            })
            .collect();
        wait::until("the first words", || (begun.load(Ordering::Acquire) > 0).then_some(()));
        thread::sleep(after);
        serve.kill();
        writers
            .into_iter()
            .flat_map(|writer| writer.join().expect("it ends with the power"))
            .collect()
    })
}

/// Reads an answer as far as it comes.
fn read_until_cut(address: &str, key: &str, body: &Value, begun: &AtomicUsize) {
    let ask = Ask::new("POST", address, CHAT);
    let ask = ask.header("authorization", format!("Bearer {key}")).json(body);
    let Some(mut stream) = ask.stream_of_mortal() else { return };
    while stream.part().is_some() {
        begun.fetch_add(1, Ordering::AcqRel);
    }
}

/// Makes collections and gives each another name, one after the other.
fn write_until_cut(address: &str, key: &str, name: &str) -> Known {
    let mut known = Known::new();
    for number in 0.. {
        let (first, last) = (format!("{name} {number}"), format!("{name} {number} kept"));
        let create = json!({ "name": first });
        let Some(made) = ask(address, key, "/api/rpc/collection_create", &create) else { break };
        let id = made["id"].as_str().expect("a collection has an id").to_owned();
        let names = known.entry(id.clone()).or_insert_with(|| HashSet::from([first]));
        names.insert(last.clone());
        let rename = json!({ "id": id, "name": last });
        if ask(address, key, "/api/rpc/collection_rename", &rename).is_none() {
            break;
        }
        *names = HashSet::from([last]);
    }
    known
}

/// What was acknowledged is there, under the name that was acknowledged last.
fn check(serve: &Serve, key: &str, known: &Known) {
    let listed = ask(&serve.address, key, "/api/rpc/collection_list", &json!({}));
    let listed = listed.expect("the key is as good as before");
    let listed = listed.as_array().expect("a list");
    for (id, names) in known {
        let found = listed.iter().find(|one| one["id"] == json!(id));
        let name = found.and_then(|one| one["name"].as_str());
        let kept = name.is_some_and(|name| names.contains(name));
        assert!(kept, "{id} is {name:?} and should be one of {names:?}");
    }
}
