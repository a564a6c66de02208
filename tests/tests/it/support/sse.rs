//! Reads server-sent events.

use serde_json::Value;

use super::http::Stream;

/// One event.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// `id:`, the number in the stream, where there is one.
    pub(crate) id: Option<u64>,
    /// `data:`, all lines.
    pub(crate) data: String,
}

impl Event {
    /// The data as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.data).expect("data is JSON")
    }
}

/// The events of a body, one after the other; comments are left out.
pub(crate) struct Events {
    stream: Stream,
    pending: Vec<u8>,
}

impl Events {
    /// Reads from a body.
    pub(crate) fn new(stream: Stream) -> Self {
        assert_eq!(stream.status, 200, "the stream opens");
        Self { stream, pending: Vec::new() }
    }
}

impl Iterator for Events {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(end) = self.pending.windows(2).position(|pair| pair == b"\n\n") {
                let block: Vec<u8> = self.pending.drain(..end + 2).collect();
                if let Some(event) = parse(&String::from_utf8_lossy(&block)) {
                    return Some(event);
                }
                continue;
            }
            self.pending.extend_from_slice(&self.stream.part()?);
        }
    }
}

fn parse(block: &str) -> Option<Event> {
    let field = |name: &str| {
        let lines = block.lines().filter_map(|line| line.strip_prefix(name));
        lines.map(|value| value.strip_prefix(' ').unwrap_or(value)).collect::<Vec<_>>()
    };
    let data = field("data:");
    let id = field("id:").first().and_then(|id| id.parse().ok());
    (!data.is_empty()).then(|| Event { id, data: data.join("\n") })
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_comment_is_no_event_and_an_event_keeps_its_number() {
        assert!(parse(": alive\n\n").is_none());
        let event = parse("id: 7\ndata: {\"a\":1}\n\n").unwrap();
        assert_eq!((event.id, event.json()["a"].as_i64()), (Some(7), Some(1)));
    }
}
