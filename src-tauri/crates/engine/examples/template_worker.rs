//! The worker that tries chat templates, as a program for this crate's tests.

fn main() {
    hearth_engine::worker_main();
}
