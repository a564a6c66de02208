//! Packs events into channel messages.
//!
//! A message of 8 KB or more would take Tauri's slower way with a second round trip, so messages
//! stay below that; only a single event that is larger by itself goes alone.

use hearth_app::Item;

/// Bytes of one message at most, with room for the brackets around it.
const LIMIT: usize = 7_900;

/// The events as JSON arrays of `{seq, event}`, in order.
pub(crate) fn pack(items: &[Item]) -> Vec<String> {
    let mut messages = Vec::new();
    let mut message = String::new();
    for item in items {
        let entry = format!(r#"{{"seq":{},"event":{}}}"#, item.seq, item.json);
        if !message.is_empty() && message.len() + entry.len() + 2 > LIMIT {
            messages.push(close(&mut message));
        }
        message.push(if message.is_empty() { '[' } else { ',' });
        message.push_str(&entry);
    }
    if !message.is_empty() {
        messages.push(close(&mut message));
    }
    messages
}

fn close(message: &mut String) -> String {
    message.push(']');
    std::mem::take(message)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn item(seq: u64, bytes: usize) -> Item {
        Item { seq, json: format!("\"{}\"", "x".repeat(bytes)).into() }
    }

    fn numbers(messages: &[String]) -> Vec<u64> {
        let parse = |message: &String| serde_json::from_str::<Vec<Value>>(message).unwrap();
        messages.iter().flat_map(parse).map(|entry| entry["seq"].as_u64().unwrap()).collect()
    }

    #[test]
    fn no_message_reaches_eight_kilobytes_and_no_event_is_lost() {
        let items: Vec<Item> = (0..50).map(|seq| item(seq, 700)).collect();
        let messages = pack(&items);
        assert!(messages.iter().all(|message| message.len() < 8_192));
        assert_eq!(numbers(&messages), (0..50).collect::<Vec<_>>());
    }

    #[test]
    fn an_event_that_is_too_large_by_itself_goes_alone() {
        let messages = pack(&[item(0, 10), item(1, 9_000), item(2, 10)]);
        assert_eq!(messages.len(), 3);
        assert_eq!(numbers(&messages), [0, 1, 2]);
    }

    #[test]
    fn nothing_makes_no_message() {
        assert!(pack(&[]).is_empty());
    }
}
