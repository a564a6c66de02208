//! Empty on purpose: the tests of the whole program are in `tests/it`, in one binary.
