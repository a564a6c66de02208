//! The worker as a program for tests; the real programs are it with a hidden first argument.

fn main() {
    hearth_engine::worker_main();
}
