//! The processes of Hearth: this one and whatever it started, such as web views.

use std::{collections::HashMap, fs, process};

use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

use super::MemoryOf;

/// What the processes hold and have used.
#[derive(Clone, Debug, Default)]
pub(super) struct Processes {
    pub(super) program: MemoryOf,
    pub(super) web_views: MemoryOf,
    /// Milliseconds of processor time of each, since it began.
    pub(super) used: HashMap<u32, u64>,
}

impl Processes {
    /// Looks at all of them once. Takes milliseconds; `None` where the system does not tell.
    pub(super) fn read() -> Option<Self> {
        let what = ProcessRefreshKind::nothing().with_memory().with_cpu().without_tasks();
        let mut system = System::new().ok()?;
        system.refresh_processes_specifics(ProcessesToUpdate::All, true, what);
        let own = Pid::from_u32(process::id());
        let parent = |pid: Pid| system.process(pid).and_then(sysinfo::Process::parent);
        let mut found = Self::default();
        for (pid, one) in system.processes() {
            let ours = if *pid == own {
                &mut found.program
            } else if descends(*pid, own, parent) {
                &mut found.web_views
            } else {
                continue;
            };
            let pid = pid.as_u32();
            ours.add(one.memory(), proportional(pid));
            found.used.insert(pid, one.accumulated_cpu_time());
        }
        Some(found)
    }

    /// Milliseconds of processor time since another look.
    pub(super) fn used_since(&self, before: &HashMap<u32, u64>) -> u64 {
        let used = self.used.iter().map(|(pid, used)| {
            // A number that was given again begins at 0.
            used.saturating_sub(before.get(pid).copied().unwrap_or(0))
        });
        used.sum()
    }
}

/// Whether a process was started by another one, or by one that it started.
fn descends(pid: Pid, of: Pid, parent: impl Fn(Pid) -> Option<Pid>) -> bool {
    // No chain is longer than this; a number given again could make a ring.
    const LONGEST: usize = 16;
    let mut at = pid;
    for _ in 0..LONGEST {
        match parent(at) {
            Some(up) if up == of => return true,
            Some(up) => at = up,
            None => return false,
        }
    }
    false
}

/// What a process would free if it ended, with its share of what it has in common with others; in
/// bytes. Only Linux tells.
fn proportional(pid: u32) -> Option<u64> {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    pss(&rollup)
}

fn pss(rollup: &str) -> Option<u64> {
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_of_memory_is_read_from_its_own_line() {
        let rollup = "55d0-7ffd [rollup]\nRss:   900 kB\nPss:             412 kB\nPss_Anon: 7 kB\n";
        assert_eq!(pss(rollup), Some(412 * 1024));
        assert_eq!(pss("Rss: 900 kB\n"), None);
    }

    #[test]
    fn children_of_children_are_ours_and_strangers_are_not() {
        let parents = HashMap::from([(3, 2), (2, 1), (9, 8), (8, 9)]);
        let parent = |pid: Pid| parents.get(&pid.as_u32()).copied().map(Pid::from_u32);
        let ours = |pid| descends(Pid::from_u32(pid), Pid::from_u32(1), parent);
        assert!(ours(2) && ours(3));
        assert!(!ours(1) && !ours(9) && !ours(5));
    }

    #[test]
    fn this_process_is_found_with_its_memory_and_its_time() {
        let found = Processes::read().unwrap();
        assert!(found.program.resident > 0 && found.program.processes == 1);
        assert!(found.used.contains_key(&process::id()));
    }

    #[test]
    fn time_of_a_process_that_came_or_went_counts_once() {
        let now = Processes { used: HashMap::from([(1, 50), (2, 30)]), ..Processes::default() };
        assert_eq!(now.used_since(&HashMap::from([(1, 40), (7, 900)])), 40);
        assert_eq!(now.used_since(&HashMap::from([(1, 60)])), 30);
    }
}
