//! How much of the processor other programs take: all of it that is used, less what this process
//! uses. Linux, Windows and macOS tell; elsewhere nobody else seems to be there.

use std::{
    process,
    time::{Duration, Instant},
};

use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

/// Two looks lie at least this far apart; the system counts in hundredths of a second.
const APART: Duration = Duration::from_millis(250);
/// Looks further apart than this say nothing about now.
const STALE: Duration = Duration::from_secs(2);

/// The load of the other programs.
pub(crate) struct Others {
    system: Option<System>,
    own: Pid,
    looked: Option<Instant>,
    cores: f64,
}

impl Others {
    pub(crate) fn new() -> Self {
        let own = Pid::from_u32(process::id());
        Self { system: System::new().ok(), own, looked: None, cores: 0.0 }
    }

    /// Cores that other programs took a moment ago.
    pub(crate) fn cores(&mut self) -> f64 {
        let since = self.looked.map(|looked| looked.elapsed());
        if since.is_none_or(|since| since >= APART) {
            let fresh = since.is_some_and(|since| since < STALE);
            self.looked = Some(Instant::now());
            self.look(fresh);
        }
        self.cores
    }

    fn look(&mut self, fresh: bool) {
        let Some(system) = &mut self.system else { return };
        system.refresh_cpu_usage();
        let what = ProcessRefreshKind::nothing().with_cpu().without_tasks();
        system.refresh_processes_specifics(ProcessesToUpdate::Some(&[self.own]), false, what);
        if fresh {
            let all: f32 = system.cpus().iter().map(sysinfo::Cpu::usage).sum();
            let own = system.process(self.own).map_or(0.0, sysinfo::Process::cpu_usage);
            self.cores = f64::from((all - own).max(0.0)) / 100.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_take_no_less_than_nothing_and_no_more_than_all_cores() {
        let mut others = Others::new();
        others.cores();
        std::thread::sleep(APART);
        let cores = others.cores();
        let all = std::thread::available_parallelism().unwrap().get().max(num_cpus(&others));
        assert!((0.0..=all as f64).contains(&cores), "{cores}");
    }

    fn num_cpus(others: &Others) -> usize {
        others.system.as_ref().map_or(1, |system| system.cpus().len())
    }
}
