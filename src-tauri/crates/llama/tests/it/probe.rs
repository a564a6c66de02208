//! Templates from strangers, tried in a child process.

use std::path::{Path, PathBuf};
use std::time::Duration;

use hearth_llama::Error;
use hearth_llama::chat::probe::{LIMITS, Limits, probe};

/// The example program beside the tests.
fn worker() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let name = format!("template_worker{}", std::env::consts::EXE_SUFFIX);
    tests.parent().unwrap().parent().unwrap().join("examples").join(name)
}

fn try_it(source: &str) -> Result<(), Error> {
    probe(&worker(), source, &LIMITS)
}

#[test]
fn an_honest_template_passes() {
    let source = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}";
    assert_eq!(try_it(source), Ok(()));
}

#[test]
fn a_broken_template_is_called_invalid() {
    assert_eq!(try_it("{% for %}"), Err(Error::TemplateInvalid));
}

#[test]
fn ac_15_a_template_without_end_is_stopped() {
    let source = "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}";
    let limits = Limits { time: Duration::from_millis(700), ..LIMITS };
    assert_eq!(probe(&worker(), source, &limits), Err(Error::TemplateTooCostly));
}

#[cfg(target_os = "linux")]
#[test]
fn ac_15_a_template_that_eats_memory_is_stopped_by_the_limit_alone() {
    // 16 MiB of text that are made and thrown away.
    let source = "{% set ns = namespace(s='0123456789abcdef') %}{% for i in range(20) %}\
        {% set ns.s = ns.s + ns.s %}{% endfor %}{{ ns.s | length }}";
    let with = |memory| {
        let limits = Limits { memory, time: Duration::from_secs(60), ..LIMITS };
        probe(&worker(), source, &limits)
    };
    assert_eq!(with(4 << 30), Ok(()));
    // Jinja's interpreter turns "no memory" into an error of the template.
    let stopped = [Err(Error::TemplateTooCostly), Err(Error::TemplateInvalid)];
    assert!(stopped.contains(&with(24 << 20)));
}

#[test]
fn ac_15_a_template_nested_too_deep_takes_only_the_child_with_it() {
    let source = format!("{{{{ {}1{} }}}}", "(".repeat(200_000), ")".repeat(200_000));
    let outcome = try_it(&source);
    let stopped = [Err(Error::TemplateTooCostly), Err(Error::TemplateInvalid)];
    assert!(stopped.contains(&outcome), "{outcome:?}");
}

#[test]
fn a_program_that_is_no_worker_is_told_apart_from_a_bad_template() {
    let missing = probe(Path::new("/no/such/program"), "x", &LIMITS);
    assert_eq!(missing, Err(Error::ProbeFailed));
}
