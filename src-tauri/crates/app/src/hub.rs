//! The stream hub: numbered events in bounded logs that readers join, leave and join again.
//!
//! A writer never waits for a reader and never notices one leaving. Nothing here knows what the
//! events mean, and nothing here reaches the disk.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use hearth_domain::ConversationId;
use serde::Serialize;
use tokio::sync::watch;

/// Bytes of JSON that one topic keeps; the oldest events go first.
const LOG_BYTES: usize = 4 * 1024 * 1024;
/// Events that one topic keeps.
const LOG_EVENTS: usize = 65_536;
/// How long a finished topic can still be read.
const KEPT_AFTER_END: Duration = Duration::from_secs(300);

/// One event as it goes over the wire.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its number in the topic, from 0 without a gap.
    pub seq: u64,
    /// The event as JSON.
    pub json: Arc<str>,
}

/// All topics of the process.
pub(crate) struct StreamHub {
    topics: Mutex<HashMap<String, Arc<Topic>>>,
    kept_after_end: Duration,
}

impl Default for StreamHub {
    fn default() -> Self {
        Self { topics: Mutex::default(), kept_after_end: KEPT_AFTER_END }
    }
}

impl StreamHub {
    /// Opens a topic for writing, or returns the one that is there.
    pub(crate) fn open(&self, name: &str) -> Arc<Topic> {
        self.open_with(name, Topic::default())
    }

    /// Opens a topic about a conversation.
    pub(crate) fn open_of(&self, name: &str, of: ConversationId) -> Arc<Topic> {
        self.open_with(name, Topic { of: Some(of), ..Topic::default() })
    }

    fn open_with(&self, name: &str, fresh: Topic) -> Arc<Topic> {
        let mut topics = lock(&self.topics);
        topics.retain(|_, topic| !topic.expired(self.kept_after_end));
        Arc::clone(topics.entry(name.to_owned()).or_insert_with(|| Arc::new(fresh)))
    }

    /// The conversation that a topic is about.
    pub(crate) fn of(&self, name: &str) -> Option<ConversationId> {
        lock(&self.topics).get(name).and_then(|topic| topic.of)
    }

    /// Reads a topic from `from`, or from now on; `None` where there is no such topic. A number that was not
    /// given yet is one of an earlier run of the program: such a reader gets all there is, and sees by the
    /// lower number that it began anew.
    pub(crate) fn subscribe(&self, name: &str, from: Option<u64>) -> Option<Subscription> {
        let topics = lock(&self.topics);
        let topic = topics.get(name).filter(|t| !t.expired(self.kept_after_end)).cloned()?;
        drop(topics);
        let given = lock(&topic.log).next_seq;
        let next = from.map_or(given, |from| if from > given { 0 } else { from });
        let changed = topic.changed.subscribe();
        Some(Subscription { topic, changed, next })
    }

    /// Ends every topic, so that readers leave.
    pub(crate) fn close(&self) {
        for topic in lock(&self.topics).values() {
            topic.end();
        }
    }
}

/// One numbered log with its readers.
pub(crate) struct Topic {
    /// The conversation that it is about, if it is about one.
    of: Option<ConversationId>,
    log: Mutex<Log>,
    changed: watch::Sender<()>,
}

#[derive(Default)]
struct Log {
    items: VecDeque<Item>,
    bytes: usize,
    next_seq: u64,
    ended: Option<Instant>,
}

impl Default for Topic {
    fn default() -> Self {
        Self { of: None, log: Mutex::default(), changed: watch::channel(()).0 }
    }
}

impl Topic {
    /// Adds an event. One that cannot be written as JSON is a fault of ours and is only logged.
    pub(crate) fn push<E: Serialize>(&self, event: &E) {
        let json: Arc<str> = match serde_json::to_string(event) {
            Ok(json) => json.into(),
            Err(error) => return tracing::error!(%error, "an event has no JSON form"),
        };
        let mut log = lock(&self.log);
        if log.ended.is_some() {
            return;
        }
        let seq = log.next_seq;
        log.next_seq += 1;
        log.bytes += json.len();
        log.items.push_back(Item { seq, json });
        while log.items.len() > 1 && (log.bytes > LOG_BYTES || log.items.len() > LOG_EVENTS) {
            if let Some(old) = log.items.pop_front() {
                log.bytes -= old.json.len();
            }
        }
        drop(log);
        self.changed.send_replace(());
    }

    /// Says that nothing comes any more.
    pub(crate) fn end(&self) {
        lock(&self.log).ended.get_or_insert_with(Instant::now);
        self.changed.send_replace(());
    }

    fn expired(&self, after: Duration) -> bool {
        lock(&self.log).ended.is_some_and(|end| end.elapsed() > after)
    }

    fn after(&self, from: u64) -> (Vec<Item>, bool) {
        let log = lock(&self.log);
        let first = log.items.front().map_or(log.next_seq, |item| item.seq);
        let skip = usize::try_from(from.saturating_sub(first)).unwrap_or(usize::MAX);
        (log.items.iter().skip(skip).cloned().collect(), log.ended.is_some())
    }
}

/// One reader of a topic. Dropping it changes nothing for anyone else.
pub struct Subscription {
    topic: Arc<Topic>,
    changed: watch::Receiver<()>,
    next: u64,
}

impl Subscription {
    /// Waits for events; all that are there come together. `None` after the last one.
    ///
    /// A first event whose number is higher than the one asked for means that older ones are gone.
    pub async fn next(&mut self) -> Option<Vec<Item>> {
        loop {
            self.changed.borrow_and_update();
            let (items, ended) = self.topic.after(self.next);
            if let Some(last) = items.last() {
                self.next = last.seq + 1;
                return Some(items);
            }
            if ended || self.changed.changed().await.is_err() {
                return None;
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seqs(items: &[Item]) -> Vec<u64> {
        items.iter().map(|item| item.seq).collect()
    }

    #[tokio::test]
    async fn a_reader_who_comes_late_reads_everything_in_order() {
        let hub = StreamHub::default();
        let topic = hub.open("t");
        topic.push(&"a");
        topic.push(&"b");
        let mut reader = hub.subscribe("t", Some(0)).unwrap();
        topic.push(&"c");
        assert_eq!(seqs(&reader.next().await.unwrap()), [0, 1, 2]);
    }

    #[tokio::test]
    async fn a_reader_comes_back_where_it_left() {
        let hub = StreamHub::default();
        let topic = hub.open("t");
        for word in ["a", "b", "c"] {
            topic.push(&word);
        }
        topic.end();
        let mut reader = hub.subscribe("t", Some(2)).unwrap();
        assert_eq!(seqs(&reader.next().await.unwrap()), [2]);
        assert!(reader.next().await.is_none());
    }

    #[tokio::test]
    async fn a_reader_that_names_no_number_gets_only_what_is_new() {
        let hub = StreamHub::default();
        let topic = hub.open("t");
        topic.push(&"old");
        let mut reader = hub.subscribe("t", None).unwrap();
        topic.push(&"new");
        assert_eq!(seqs(&reader.next().await.unwrap()), [1]);
    }

    #[tokio::test]
    async fn a_reader_of_an_earlier_run_gets_all_there_is_with_the_new_numbers() {
        let hub = StreamHub::default();
        let topic = hub.open("t");
        topic.push(&"a");
        let mut reader = hub.subscribe("t", Some(5001)).unwrap();
        assert_eq!(seqs(&reader.next().await.unwrap()), [0]);
        topic.push(&"b");
        assert_eq!(seqs(&reader.next().await.unwrap()), [1]);
        let mut next = hub.subscribe("t", Some(2)).unwrap();
        topic.push(&"c");
        assert_eq!(seqs(&next.next().await.unwrap()), [2], "it missed nothing");
    }

    #[tokio::test]
    async fn a_log_over_its_limit_loses_its_oldest_events_and_the_numbers_say_so() {
        let hub = StreamHub::default();
        let topic = hub.open("t");
        let megabyte = "x".repeat(1024 * 1024);
        for _ in 0..6 {
            topic.push(&megabyte);
        }
        let mut reader = hub.subscribe("t", Some(0)).unwrap();
        assert_eq!(seqs(&reader.next().await.unwrap()), [3, 4, 5]);
    }

    #[tokio::test]
    async fn a_finished_topic_is_forgotten_after_a_while() {
        let patient = StreamHub::default();
        patient.open("t").end();
        assert!(patient.subscribe("t", Some(0)).is_some());
        let hasty = StreamHub { kept_after_end: Duration::ZERO, ..StreamHub::default() };
        hasty.open("t").end();
        std::thread::sleep(Duration::from_millis(2));
        assert!(hasty.subscribe("t", Some(0)).is_none());
    }
}
