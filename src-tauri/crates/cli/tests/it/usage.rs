//! What is typed wrong, and help.

use crate::support::Home;

#[test]
fn wrong_usage_ends_with_2_and_says_why() {
    let home = Home::new();
    for arguments in [
        &["no-such-command"][..],
        &["chat", "--temperature", "NaN", "hi"],
        &["chat", "--max-tokens", "0", "hi"],
        &["chat", "--seed", "x", "hi"],
        &["chat", "--conversation", "x", "hi"],
        &["serve", "--host", "0.0.0.0"],
        &["serve", "--port", "70000"],
        &["serve", "--ctx-size", "9223372036854775808"],
        &["models", "show"],
        &["--log", "loud", "doctor"],
    ] {
        let output = home.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{arguments:?}");
    }
    assert!(!home.path("data").exists(), "nothing was made");
}

#[test]
fn every_command_has_help_with_an_example() {
    let home = Home::new();
    for command in [&[][..], &["chat"], &["serve"], &["models"], &["doctor"], &["verify"]] {
        let arguments: Vec<_> = command.iter().copied().chain(["--help"]).collect();
        let output = home.run(&arguments);
        assert!(output.status.success(), "{arguments:?}");
        let help = String::from_utf8(output.stdout).unwrap();
        assert!(help.contains("Example") && help.contains("hearth "), "{arguments:?}: {help}");
        assert!(!help.contains("__worker"), "workers are not for people");
    }
}
