//! What was done in the last hour, by the minute: for the page that shows how Hearth is doing. It is written
//! down where an answer ends, so that nothing wakes up for it. Figures only, never content.

use std::collections::VecDeque;

use hearth_domain::{EngineState, ExportFile, Timestamp, Timing, Usage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    App, Figures, Result,
    app::lock,
    figures::{For, memory_of},
    spreadsheet::{self, table},
};

/// Minutes that are remembered.
const MINUTES: i64 = 60;
const MINUTE: i64 = 60_000;

/// How Hearth is doing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Activity {
    /// Answers that are being written.
    pub running: u32,
    /// Answers that wait for a place.
    pub waiting: u32,
    /// What the loaded models take in memory, in bytes; 0 where none is.
    pub memory: u64,
    /// Answers for people since the program started.
    pub people: u64,
    /// Answers for programs since then.
    pub programs: u64,
    /// Tokens read since then, with those that were known.
    pub prompt_tokens: u64,
    /// Of those, tokens that were known and not read again.
    pub cached_tokens: u64,
    /// Tokens written since then.
    pub completion_tokens: u64,
    /// The last hour, the earliest minute first; minutes without an answer are there too.
    pub minutes: Vec<ActivityMinute>,
}

/// The answers that ended in one minute.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ActivityMinute {
    /// Its begin.
    pub start: Timestamp,
    /// For people.
    pub people: u32,
    /// For programs.
    pub programs: u32,
    /// Tokens of their prompts, with those that were known.
    pub prompt_tokens: u64,
    /// Of those, tokens that were known and not read again.
    pub cached_tokens: u64,
    /// Tokens written.
    pub completion_tokens: u64,
    /// How fast one answer was written, in tokens a second; `None` where none was written.
    pub tokens_per_second: Option<f64>,
    /// From asking to the first step of work, on average, in milliseconds.
    pub queue_ms: Option<f64>,
    /// From asking to the first token, on average, in milliseconds.
    pub first_token_ms: Option<f64>,
    /// The longest of those.
    pub slowest_first_token_ms: Option<f64>,
    /// What the models took in memory at the end of the last of them, in bytes.
    pub memory: u64,
}

/// The minutes in which something was done, the earliest first.
#[derive(Default)]
pub(crate) struct Minutes(VecDeque<Noted>);

/// Sums over the answers of one minute.
#[derive(Clone, Copy)]
struct Noted {
    minute: ActivityMinute,
    written: u64,
    writing_seconds: f64,
    queue_ms: f64,
    first_token_ms: f64,
}

impl Minutes {
    /// Notes an answer that came to its end now.
    pub(crate) fn note(
        &mut self,
        now: Timestamp,
        who: For,
        usage: &Usage,
        timing: &Timing,
        memory: u64,
    ) {
        let start = begin_of(now);
        // A clock that was set back makes no second minute of the same time.
        self.0.retain(|noted| noted.minute.start.0 <= start.0);
        if self.0.back().is_none_or(|noted| noted.minute.start != start) {
            self.0.push_back(Noted::begin(start));
        }
        self.0.retain(|noted| noted.minute.start.0 > start.0 - MINUTES * MINUTE);
        if let Some(noted) = self.0.back_mut() {
            noted.add(who, usage, timing, memory);
        }
    }

    fn last_hour(&self, now: Timestamp) -> Vec<ActivityMinute> {
        let last = begin_of(now).0;
        let starts = (0..MINUTES).rev().map(|back| Timestamp(last - back * MINUTE));
        let known = |start| self.0.iter().find(|noted| noted.minute.start == start);
        starts
            .map(|start| match known(start) {
                Some(noted) => noted.shown(),
                None => Noted::begin(start).minute,
            })
            .collect()
    }
}

impl Noted {
    fn begin(start: Timestamp) -> Self {
        let minute = ActivityMinute {
            start,
            people: 0,
            programs: 0,
            prompt_tokens: 0,
            cached_tokens: 0,
            completion_tokens: 0,
            tokens_per_second: None,
            queue_ms: None,
            first_token_ms: None,
            slowest_first_token_ms: None,
            memory: 0,
        };
        Self { minute, written: 0, writing_seconds: 0.0, queue_ms: 0.0, first_token_ms: 0.0 }
    }

    fn add(&mut self, who: For, usage: &Usage, timing: &Timing, memory: u64) {
        let minute = &mut self.minute;
        match who {
            For::Person => minute.people += 1,
            For::Program => minute.programs += 1,
        }
        minute.prompt_tokens += u64::from(usage.prompt_tokens);
        minute.cached_tokens += u64::from(usage.cached_tokens);
        minute.completion_tokens += u64::from(usage.completion_tokens);
        let slowest = minute.slowest_first_token_ms.unwrap_or_default();
        minute.slowest_first_token_ms = Some(slowest.max(timing.ttft_ms));
        minute.memory = memory;
        self.queue_ms += timing.queue_ms;
        self.first_token_ms += timing.ttft_ms;
        // The speed is that after the first token.
        let written = usage.completion_tokens.saturating_sub(1);
        if timing.tokens_per_second > 0.0 && written > 0 {
            self.written += u64::from(written);
            self.writing_seconds += f64::from(written) / timing.tokens_per_second;
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "tokens of a minute")]
    fn shown(&self) -> ActivityMinute {
        let answers = f64::from(self.minute.people + self.minute.programs);
        let wrote = self.writing_seconds > 0.0;
        ActivityMinute {
            tokens_per_second: wrote.then(|| self.written as f64 / self.writing_seconds),
            queue_ms: Some(self.queue_ms / answers),
            first_token_ms: Some(self.first_token_ms / answers),
            ..self.minute
        }
    }
}

impl App {
    /// How Hearth is doing, and did in the last hour.
    #[must_use]
    pub fn activity(&self) -> Activity {
        let states = self.engine_states();
        let load = || states.iter().map(EngineState::load);
        let running = load().map(|(running, _)| running).sum();
        let waiting = load().map(|(_, waiting)| waiting).sum();
        let memory = memory_of(&states).total;
        let Figures { people, programs } = self.figures();
        Activity {
            running,
            waiting,
            memory,
            people: people.answers,
            programs: programs.answers,
            prompt_tokens: people.prompt_tokens + programs.prompt_tokens,
            cached_tokens: people.cached_tokens + programs.cached_tokens,
            completion_tokens: people.completion_tokens + programs.completion_tokens,
            minutes: lock(&self.tally.minutes).last_hour(self.now()),
        }
    }

    /// The last hour as a file: the minutes in which something was done.
    ///
    /// # Errors
    /// None that is expected.
    pub fn activity_export(&self, json: bool) -> Result<ExportFile> {
        let mut minutes = lock(&self.tally.minutes).last_hour(self.now());
        minutes.retain(|minute| minute.people + minute.programs > 0);
        spreadsheet::export("activity", json, &minutes, || csv(&minutes))
    }
}

fn csv(minutes: &[ActivityMinute]) -> String {
    let head = [
        "start_ms",
        "people",
        "programs",
        "prompt_tokens",
        "cached_tokens",
        "completion_tokens",
        "tokens_per_second",
        "queue_ms",
        "first_token_ms",
        "slowest_first_token_ms",
        "memory_bytes",
    ];
    let number = |value: Option<f64>| value.map(|value| format!("{value:.1}")).unwrap_or_default();
    let rows = minutes.iter().map(|it| {
        [
            it.start.0.to_string(),
            it.people.to_string(),
            it.programs.to_string(),
            it.prompt_tokens.to_string(),
            it.cached_tokens.to_string(),
            it.completion_tokens.to_string(),
            number(it.tokens_per_second),
            number(it.queue_ms),
            number(it.first_token_ms),
            number(it.slowest_first_token_ms),
            it.memory.to_string(),
        ]
    });
    table(head, rows)
}

fn begin_of(now: Timestamp) -> Timestamp {
    Timestamp(now.0 - now.0.rem_euclid(MINUTE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(minutes: &mut Minutes, at: i64, who: For, tokens: u32, per_second: f64) {
        let usage = Usage { prompt_tokens: 10, cached_tokens: 4, completion_tokens: tokens };
        let timing = Timing {
            queue_ms: 2.0,
            ttft_ms: f64::from(tokens),
            tokens_per_second: per_second,
            ..Timing::default()
        };
        minutes.note(Timestamp(at), who, &usage, &timing, 7);
    }

    #[test]
    fn answers_of_one_minute_add_up_and_long_ones_weigh_more_in_the_speed() {
        let mut minutes = Minutes::default();
        note(&mut minutes, 60_000, For::Person, 101, 100.0);
        note(&mut minutes, 119_999, For::Program, 301, 50.0);
        // One token has no speed.
        note(&mut minutes, 61_000, For::Program, 1, 0.0);
        let hour = minutes.last_hour(Timestamp(150_000));
        assert_eq!(
            (hour.len(), hour[58].start, hour[59].start),
            (60, Timestamp(60_000), Timestamp(120_000))
        );
        let minute = hour[58];
        assert_eq!((minute.people, minute.programs, minute.completion_tokens), (1, 2, 403));
        assert_eq!((minute.prompt_tokens, minute.cached_tokens, minute.memory), (30, 12, 7));
        let speed = minute.tokens_per_second.unwrap();
        assert!((speed - 400.0 / 7.0).abs() < 1e-9, "{speed}");
        assert_eq!((minute.queue_ms, minute.slowest_first_token_ms), (Some(2.0), Some(301.0)));
        assert_eq!(hour[59], Noted::begin(Timestamp(120_000)).minute);
    }

    #[test]
    fn an_hour_is_remembered_and_a_clock_that_is_set_back_changes_no_order() {
        let mut minutes = Minutes::default();
        for minute in 0..100 {
            note(&mut minutes, minute * MINUTE, For::Person, 2, 10.0);
        }
        assert_eq!(minutes.0.len(), 60);
        assert_eq!(minutes.last_hour(Timestamp(99 * MINUTE))[0].people, 1);
        note(&mut minutes, 50 * MINUTE, For::Person, 2, 10.0);
        let starts: Vec<_> = minutes.0.iter().map(|noted| noted.minute.start.0 / MINUTE).collect();
        assert_eq!(starts, (40..=50).collect::<Vec<_>>());
        assert_eq!(minutes.0.back().unwrap().minute.people, 2);
    }

    #[test]
    fn a_file_for_spreadsheets_has_a_column_for_each_figure() {
        let mut minutes = Minutes::default();
        note(&mut minutes, 0, For::Person, 1, 0.0);
        let text = csv(&minutes.last_hour(Timestamp(0))[59..]);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[1], "0,1,0,10,4,1,,2.0,1.0,1.0,7");
        assert_eq!(lines[0].split(',').count(), lines[1].split(',').count());
    }
}
