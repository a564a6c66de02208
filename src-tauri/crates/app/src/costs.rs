//! What Hearth costs the computer: memory, processor, power. Measured when somebody asks, and only
//! then; between two questions nothing runs.

mod processes;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use self::processes::Processes;
use crate::{App, Error, Power, Result, app::lock, db::blocking, figures::memory_of};

/// Two looks that are closer measure the looking.
const LEAST: Duration = Duration::from_millis(500);

/// What Hearth costs now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Costs {
    /// The program itself, the loaded model included.
    pub program: MemoryOf,
    /// What the program started: its web views.
    pub web_views: MemoryOf,
    /// Of the program's memory, what the loaded models take, in bytes.
    pub model: u64,
    /// Of the models' memory, what was read of conversations that lost their place in its cache.
    pub kept: u64,
    /// Share of all processors since the last question, 0 to 1; `None` at the first one.
    pub processor: Option<f64>,
    /// Watts, where they can be read.
    pub power: Option<PowerUse>,
    /// Whether the computer runs on its battery; `None` where it has none.
    pub on_battery: Option<bool>,
}

/// Memory of some processes, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct MemoryOf {
    /// Pages in memory; those that processes share count in each.
    pub resident: u64,
    /// The same with shared pages divided among those who share them, where the system tells.
    pub proportional: Option<u64>,
    /// How many processes.
    pub processes: u32,
}

impl MemoryOf {
    fn add(&mut self, resident: u64, proportional: Option<u64>) {
        let before = if self.processes == 0 { Some(0) } else { self.proportional };
        self.proportional = before.zip(proportional).map(|(before, more)| before + more);
        self.resident += resident;
        self.processes += 1;
    }
}

/// What is drawn, and by what.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct PowerUse {
    /// Watts.
    pub watts: f64,
    /// By what: never by Hearth alone, which no computer can tell.
    pub of: PowerOf,
}

/// What a power was measured of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum PowerOf {
    /// The whole computer, from its battery.
    Computer,
    /// Its processors.
    Processor,
}

/// The last look, for what is measured between two.
#[derive(Default)]
pub(crate) struct LastLook(Mutex<Option<Look>>);

struct Look {
    at: Instant,
    used: HashMap<u32, u64>,
    joules: Option<f64>,
    processor: Option<f64>,
    processor_watts: Option<f64>,
}

impl App {
    /// Measures what Hearth costs. What is a share of time covers the time since the last question.
    ///
    /// # Errors
    /// Only where the program is ending.
    pub async fn costs(self: &Arc<Self>) -> Result<Costs> {
        let meter = Arc::clone(&self.power);
        let read = move || Ok::<_, Error>((Processes::read().unwrap_or_default(), meter.read()));
        let (processes, power) = blocking(read).await?;
        let memory = memory_of(&self.engine_states());
        let mut last = lock(&self.last_look.0);
        let look = Look::next(last.as_ref(), Instant::now(), &processes, power);
        let costs = Costs {
            program: processes.program,
            web_views: processes.web_views,
            model: memory.total,
            kept: memory.kept,
            processor: look.processor,
            power: power_use(power, look.processor_watts),
            on_battery: power.on_battery,
        };
        *last = Some(look);
        Ok(costs)
    }
}

impl Look {
    /// A look after another one; too soon after it, that one's shares still hold.
    fn next(last: Option<&Self>, now: Instant, processes: &Processes, power: Power) -> Self {
        let fresh = Self {
            at: now,
            used: processes.used.clone(),
            joules: power.processor_joules,
            processor: None,
            processor_watts: None,
        };
        let Some(last) = last else { return fresh };
        let passed = now.saturating_duration_since(last.at);
        if passed < LEAST {
            return Self { at: last.at, used: last.used.clone(), joules: last.joules, ..*last };
        }
        let used = Duration::from_millis(processes.used_since(&last.used));
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let cores = u32::try_from(cores).unwrap_or(1);
        let share = used.as_secs_f64() / passed.as_secs_f64() / f64::from(cores);
        let drawn = last.joules.zip(power.processor_joules).map(|(before, after)| after - before);
        // The counter begins again at 0 now and then.
        let watts = drawn.filter(|joules| *joules >= 0.0).map(|j| j / passed.as_secs_f64());
        Self { processor: Some(share.min(1.0)), processor_watts: watts, ..fresh }
    }
}

/// The battery knows the whole computer; without it the processors' own counter is left.
fn power_use(power: Power, processor_watts: Option<f64>) -> Option<PowerUse> {
    let computer = power.battery_watts.map(|watts| PowerUse { watts, of: PowerOf::Computer });
    computer.or(processor_watts.map(|watts| PowerUse { watts, of: PowerOf::Processor }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn processes(used: u64) -> Processes {
        Processes { used: HashMap::from([(1, used)]), ..Processes::default() }
    }

    #[test]
    fn shares_cover_the_time_between_two_looks_and_the_first_has_none() {
        let start = Instant::now();
        let power = |joules| Power { processor_joules: Some(joules), ..Power::default() };
        let first = Look::next(None, start, &processes(100), power(10.0));
        assert_eq!((first.processor, first.processor_watts), (None, None));
        let later = start + Duration::from_secs(2);
        let second = Look::next(Some(&first), later, &processes(1100), power(24.0));
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let share = second.processor.unwrap() * f64::from(u32::try_from(cores).unwrap());
        assert!((share - 0.5).abs() < 1e-9, "{share}");
        assert_eq!(second.processor_watts, Some(7.0));
        let again = Look::next(Some(&second), later + LEAST / 5, &processes(1150), power(25.0));
        assert_eq!((again.at, again.processor), (second.at, second.processor));
        let wrapped = Look::next(Some(&second), later + LEAST * 2, &processes(1150), power(1.0));
        assert_eq!(wrapped.processor_watts, None);
    }

    #[test]
    fn the_battery_is_asked_before_the_processor() {
        let power = Power { battery_watts: Some(9.5), ..Power::default() };
        let used = power_use(power, Some(3.0)).unwrap();
        assert_eq!((used.watts, used.of), (9.5, PowerOf::Computer));
        let used = power_use(Power::default(), Some(3.0)).unwrap();
        assert_eq!((used.watts, used.of), (3.0, PowerOf::Processor));
        assert_eq!(power_use(Power::default(), None), None);
    }

    #[test]
    fn one_process_whose_share_is_unknown_makes_the_sum_unknown() {
        let mut memory = MemoryOf::default();
        memory.add(10, Some(4));
        assert_eq!((memory.resident, memory.proportional), (10, Some(4)));
        memory.add(10, None);
        memory.add(10, Some(4));
        assert_eq!((memory.resident, memory.proportional, memory.processes), (30, None, 3));
    }
}
