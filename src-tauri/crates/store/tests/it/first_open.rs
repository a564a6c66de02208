//! The first databases of a process, opened by many threads at once. A process begins only once, so
//! the test runs itself anew for each try.

use std::{env, process::Command, sync::Barrier, thread};

use hearth_store::{DatabaseKey, Db};
use uuid::Uuid;

const NAME: &str = "first_open::threads_that_open_the_first_databases_at_once_all_get_theirs";
const INSIDE: &str = "HEARTH_TEST_FIRST_OPEN";
const THREADS: usize = 8;
const PROCESSES: usize = 40;

#[test]
fn threads_that_open_the_first_databases_at_once_all_get_theirs() {
    if env::var_os(INSIDE).is_some() {
        return open_at_once();
    }
    for _ in 0..PROCESSES {
        let mut again = Command::new(env::current_exe().unwrap());
        let output = again.args([NAME, "--exact"]).env(INSIDE, "1").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
}

fn open_at_once() {
    let barrier = Barrier::new(THREADS);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let folder = tempfile::tempdir().unwrap();
                let key = DatabaseKey::generate().unwrap();
                barrier.wait();
                Db::create(&folder.path().join("hearth.db"), &key, Uuid::new_v4()).unwrap();
            });
        }
    });
}
