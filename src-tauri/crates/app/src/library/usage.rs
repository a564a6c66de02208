//! What the program has used of the computer: its own processor time and that of the readers it
//! started and waited for, and the most memory it held. For reports of ingestion.

/// A reading.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Usage {
    /// Seconds of processor time since the program began.
    pub(super) cpu_seconds: f64,
    /// The most bytes it held so far; 0 where the system does not tell.
    pub(super) peak_bytes: u64,
}

#[cfg(target_os = "linux")]
pub(super) fn read() -> Usage {
    let text =
        |name: &str| std::fs::read_to_string(format!("/proc/self/{name}")).unwrap_or_default();
    let ticks = rustix::param::clock_ticks_per_second();
    Usage { cpu_seconds: cpu_seconds(&text("stat"), ticks), peak_bytes: peak(&text("status")) }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn read() -> Usage {
    use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};
    let own = Pid::from_u32(std::process::id());
    let what = ProcessRefreshKind::nothing().with_memory().with_cpu().without_tasks();
    let Ok(mut system) = System::new() else { return Usage::default() };
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&[own]), true, what);
    let milliseconds = system.process(own).map_or(0, sysinfo::Process::accumulated_cpu_time);
    Usage { cpu_seconds: milliseconds as f64 / 1e3, peak_bytes: 0 }
}

/// Fields 14 to 17 of proc_pid_stat(5): user and system time, ours and that of children that ended.
#[cfg(target_os = "linux")]
fn cpu_seconds(stat: &str, ticks_per_second: u64) -> f64 {
    // The name in the second field may hold spaces and brackets.
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let fields = after_name.split_whitespace().skip(11).take(4);
    let ticks: u64 = fields.filter_map(|field| field.parse::<u64>().ok()).sum();
    ticks as f64 / ticks_per_second.max(1) as f64
}

#[cfg(target_os = "linux")]
fn peak(status: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes =
        line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    kibibytes.unwrap_or(0) * 1024
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn time_is_ours_and_that_of_children_whatever_the_program_is_called() {
        let stat = "7 (a b) c) S 1 1 1 0 -1 4 1 2 3 4 50 25 20 5 20 0 9";
        assert!((cpu_seconds(stat, 100) - 1.0).abs() < 1e-9);
        assert_eq!(cpu_seconds("", 100), 0.0);
        assert_eq!(peak("VmPeak: 9 kB\nVmHWM:\t  412 kB\n"), 412 * 1024);
        assert!(read().peak_bytes > 0);
    }
}
