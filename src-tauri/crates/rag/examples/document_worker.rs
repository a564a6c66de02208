//! A program that is nothing but the worker, for the tests.

fn main() {
    hearth_rag::worker::worker_main();
}
