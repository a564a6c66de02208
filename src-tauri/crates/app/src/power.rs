//! Power of the computer: whether it runs on its battery, and what it draws, where that can be read.

use std::{fs, path::Path};

use starship_battery::{Battery, Manager, State, units::power::watt};

/// Where Linux tells the energy that processors used; only root may read it on most systems.
const RAPL: &str = "/sys/class/powercap";
/// The zones of whole processors; what is inside of them has another colon.
const PACKAGE: &str = "intel-rapl:";

/// What is known of the computer's power at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Power {
    /// Whether it runs on its battery; `None` where it has none or does not say.
    pub on_battery: Option<bool>,
    /// Watts that the battery gives, for the whole computer; `None` while it gives none.
    pub battery_watts: Option<f64>,
    /// Joules that the processors used since some moment in the past; it may begin again at 0.
    pub processor_joules: Option<f64>,
}

/// Reads the power. Asking may take some milliseconds, so nobody asks for nothing.
pub trait PowerMeter: Send + Sync {
    /// What can be read now.
    fn read(&self) -> Power;
}

/// The meter of this computer.
pub struct SystemPower;

impl PowerMeter for SystemPower {
    fn read(&self) -> Power {
        let batteries = batteries();
        let discharging = |battery: &&Battery| battery.state() == State::Discharging;
        let watts: f64 = batteries
            .iter()
            .filter(discharging)
            .map(|battery| f64::from(battery.energy_rate().get::<watt>()))
            .sum();
        let on_battery = (!batteries.is_empty()).then(|| batteries.iter().any(|b| discharging(&b)));
        Power {
            on_battery,
            // Drivers that do not know the rate say 0.
            battery_watts: (watts > 0.0).then_some(watts),
            processor_joules: joules(Path::new(RAPL)),
        }
    }
}

/// The batteries that can be read; a computer without any is no failure.
fn batteries() -> Vec<Battery> {
    let found = Manager::new().and_then(|manager| manager.batteries());
    found.map(|all| all.filter_map(Result::ok).collect()).unwrap_or_default()
}

/// Energy of all processors, in joules; `None` where it may not be read.
fn joules(zones: &Path) -> Option<f64> {
    let mut all = None;
    for zone in fs::read_dir(zones).ok()?.flatten() {
        let name = zone.file_name().to_string_lossy().into_owned();
        if name.strip_prefix(PACKAGE).is_none_or(|rest| rest.contains(':')) {
            continue;
        }
        let read = fs::read_to_string(zone.path().join("energy_uj")).ok()?;
        let microjoules: f64 = read.trim().parse().ok()?;
        *all.get_or_insert(0.0) += microjoules / 1e6;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_energy_of_whole_processors_is_added_up_and_their_parts_are_not() {
        let zones = tempfile::tempdir().unwrap();
        for (zone, energy) in [
            ("intel-rapl:0", "2000000"),
            ("intel-rapl:1", "500000\n"),
            ("intel-rapl:0:0", "9000000"),
            ("dtpm", "x"),
        ] {
            fs::create_dir(zones.path().join(zone)).unwrap();
            fs::write(zones.path().join(zone).join("energy_uj"), energy).unwrap();
        }
        assert_eq!(joules(zones.path()), Some(2.5));
    }

    #[test]
    fn nothing_is_claimed_where_nothing_can_be_read() {
        let zones = tempfile::tempdir().unwrap();
        assert_eq!(joules(zones.path()), None);
        assert_eq!(joules(&zones.path().join("none")), None);
        fs::create_dir(zones.path().join("intel-rapl:0")).unwrap();
        assert_eq!(joules(zones.path()), None);
    }
}
