//! Reading documents when things go wrong: kills at any moment, files that change and vanish meanwhile, names
//! and kinds that nobody expects. Nothing is lost, doubled, left in plain text or passed over in silence.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs,
    os::unix::{ffi::OsStrExt, fs::symlink},
    path::{Path, PathBuf},
    process::Stdio,
    thread,
    time::Duration,
};

use hearth_testkit::documents::{docx, lines, pdf};
use serde_json::{Value, json};

use crate::support::{Home, Serve, dice::Dice, disk, process::Running, wait};

const COLLECTION: &str = "papers";

/// The word that the text of this number has, and no other.
fn word_of(number: usize) -> String {
    format!("paper{number:04}")
}

/// A text of some passages that no other file has.
fn paper(number: usize) -> String {
    let name = word_of(number);
    let section = |part: usize| {
        let words: String =
            (0..40).map(|word| format!("w{}x{part}x{word} ", number * 31 % 97)).collect();
        format!("# Part {part} of {name}\n\nIn {name} it is said that {words}and no more.\n\n")
    };
    (0..3).map(section).collect()
}

fn put_in(home: &Home, folder: &Path) -> Running {
    let arguments = ["ingest", "--json", "--collection", COLLECTION, folder.to_str().unwrap()];
    let mut command = home.hearth(&arguments);
    Running::start(command.stdout(Stdio::null()).stderr(Stdio::null()))
}

/// Waits until nothing of the collection waits any more.
fn settled(serve: &Serve, files: u64) -> Value {
    wait::until("every file to have its fate", || {
        let counts = &serve.must("collection_list", &json!({}))[0]["counts"];
        (counts["files"] == files && counts["waiting"] == 0).then(|| counts.clone())
    })
}

/// The names of the files that a word is found in.
fn found(serve: &Serve, word: &str) -> Vec<String> {
    let page = serve.must("passage_search", &json!({ "text": word, "k": 5 }));
    let results = page["results"].as_array().unwrap().iter();
    let said = results.filter(|it| it["text"].as_str().unwrap().contains(word));
    let mut names: Vec<String> =
        said.map(|it| it["document"].as_str().unwrap().to_owned()).collect();
    names.dedup();
    names
}

#[test]
fn twenty_kills_while_documents_are_read_lose_and_double_nothing() {
    const FILES: usize = 140;
    let (mut dice, papers) = (Dice::new(), tempfile::tempdir().unwrap());
    for number in 0..FILES {
        fs::write(papers.path().join(format!("{}.md", word_of(number))), paper(number)).unwrap();
    }
    let home = Home::new();
    let mut serve = Serve::with_commands(&home);
    let ingest = put_in(&home, papers.path());
    wait::until("the first file", || {
        let collections = serve.must("collection_list", &json!({}));
        collections[0]["counts"]["files"].as_u64().filter(|files| *files > 0)
    });
    let mut seen = Vec::new();
    for _ in 0..20 {
        // Long enough, as a rule, for more than the one file that was being read at the last kill: who is
        // killed by the same file again and again leaves it alone.
        thread::sleep(Duration::from_millis(300 + dice.below(3000) as u64));
        serve.kill();
        serve = Serve::with_commands(&home);
        let counts = &serve.must("collection_list", &json!({}))[0]["counts"];
        seen.push(counts["searchable"].as_u64().unwrap());
    }
    drop(ingest);
    assert!(seen.is_sorted(), "what could be searched can be searched: {seen:?}");
    println!("searchable after each kill: {seen:?}");
    let counts = settled(&serve, FILES as u64);

    let clean = Home::new();
    let path = papers.path().to_str().unwrap();
    let report = clean.json(&["ingest", "--json", "--collection", COLLECTION, path]);
    assert_eq!(counts["searchable"], report["documents"], "{counts} {report}");
    assert_eq!(counts["chunks"], report["chunks"], "lost or doubled: {counts} {report}");
    for number in (0..FILES).step_by(37) {
        assert_eq!(found(&serve, &word_of(number)), [format!("{}.md", word_of(number))]);
    }
    assert!(serve.stop().success());
    assert_eq!(home.json(&["verify", "--json"])["ok"], true);
}

#[test]
fn a_file_that_changed_while_it_was_read_is_read_again_without_another_sign() {
    let papers = tempfile::tempdir().unwrap();
    let long = papers.path().join("long.md");
    fs::write(&long, (0..200).map(paper).collect::<String>()).unwrap();
    let home = Home::new();
    let serve = Serve::with_commands(&home);
    let _ingest = put_in(&home, papers.path());
    wait::until("the file to be embedded", || {
        let collections = serve.must("collection_list", &json!({}));
        let question = json!({ "collection": collections[0]["id"].as_str()?, "limit": 5 });
        (serve.must("file_list", &question)["items"][0]["state"] == "embedding").then_some(())
    });
    fs::write(&long, paper(1000)).unwrap();
    let names = vec!["long.md".to_owned()];
    wait::until_is("what the file says now", &names, || found(&serve, &word_of(1000)));
    assert!(serve.stop().success());
}

#[test]
fn files_that_change_and_vanish_while_they_are_read_end_as_what_they_are() {
    const FILES: usize = 120;
    let (mut dice, papers) = (Dice::new(), tempfile::tempdir().unwrap());
    let file = |number: usize| papers.path().join(format!("{}.md", word_of(number)));
    let mut there: BTreeMap<usize, usize> = (0..FILES).map(|number| (number, number)).collect();
    for number in 0..FILES {
        fs::write(file(number), paper(number)).unwrap();
    }
    let home = Home::new();
    let serve = Serve::with_commands(&home);
    let _ingest = put_in(&home, papers.path());
    for turn in 0..60 {
        thread::sleep(Duration::from_millis(dice.below(30) as u64));
        let number = dice.below(FILES);
        if turn % 2 == 0 {
            let now = 1000 + turn;
            fs::write(file(number), paper(now)).unwrap();
            there.insert(number, now);
        } else if there.remove(&number).is_some() {
            fs::remove_file(file(number)).unwrap();
        }
    }
    for (number, now) in &there {
        wait::until_is(
            &format!("what paper {number} says at last"),
            &vec![format!("{}.md", word_of(*number))],
            || found(&serve, &word_of(*now)),
        );
    }
    let counts = settled(&serve, there.len() as u64);
    assert_eq!(counts["searchable"], there.len(), "{counts}");
}

#[test]
fn ac_46_what_stands_in_documents_lies_in_no_file_while_they_are_read_and_after() {
    const CANARY: &str = "zyxwindigocanary";
    let papers = tempfile::tempdir().unwrap();
    let said = format!("The word of the day is {CANARY}, and that is all.");
    let body = format!("<w:p><w:r><w:t>{said}</w:t></w:r></w:p>");
    for number in 0..40 {
        let text = paper(number) + &said;
        fs::write(papers.path().join(format!("{number}.md")), &text).unwrap();
        fs::write(papers.path().join(format!("{number}.pdf")), pdf(&[&lines(&[&said])])).unwrap();
        fs::write(papers.path().join(format!("{number}.docx")), docx(&body, &[])).unwrap();
    }
    fs::write(papers.path().join("long.txt"), format!("{said}\n").repeat(4000)).unwrap();
    let home = Home::new();
    let mut ingest = put_in(&home, papers.path());
    let mut looks = 0;
    while ingest.ended().is_none() {
        assert_eq!(disk::files_with(home.root(), CANARY.as_bytes()), Vec::<PathBuf>::new());
        looks += 1;
    }
    assert!(looks > 3, "it was looked while they were read: {looks}");
    assert_eq!(disk::files_with(home.root(), CANARY.as_bytes()), Vec::<PathBuf>::new());
    let search = home.json(&["search", "--json", "--collection", COLLECTION, CANARY]);
    let text = search["results"][0]["text"].as_str().unwrap();
    assert!(text.contains(CANARY), "it is there, only not in plain text: {search}");
}

#[test]
fn names_and_kinds_that_nobody_expects_have_a_fate_each() {
    let papers = tempfile::tempdir().unwrap();
    let at = |name: &[u8]| papers.path().join(OsStr::from_bytes(name));
    let utf16: Vec<u8> =
        "\u{feff}Die Straße am Hafen".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (name, bytes) in [
        (&b"caf\xe9.txt"[..], &b"The cafe of a name that is not UTF-8."[..]),
        (b"empty.txt", b""),
        (b"binary.bin", &[0, 159, 146, 150, 0, 1, 2, 255].repeat(512)),
        (b"picture.pdf", b"It says that it is a PDF file and is a text of nine lines."),
        (b"utf16.txt", &utf16),
        (b"latin1.txt", b"Die Stra\xdfe am Hafen, gr\xfcn"),
        (b"line.txt", &b"a".repeat(1 << 20)),
        (b"with\nbreak.md", b"# A name of two lines"),
    ] {
        fs::write(at(name), bytes).unwrap();
    }
    fs::create_dir(at(b"below")).unwrap();
    symlink("..", at(b"below/loop")).unwrap();
    symlink("nowhere", at(b"dangling.txt")).unwrap();
    let pipe = std::process::Command::new("mkfifo").arg(at(b"pipe.txt")).status().unwrap();
    assert!(pipe.success());
    let home = Home::new();
    let path = papers.path().to_str().unwrap();
    let report = home.json(&["ingest", "--json", "--collection", COLLECTION, path]);
    let skipped = report["skipped"].as_array().unwrap().iter();
    let name = |it: &Value| PathBuf::from(it["path"].as_str().unwrap());
    let left_out: BTreeMap<String, String> = skipped
        .map(|it| {
            let name = name(it).file_name().unwrap().to_string_lossy().into_owned();
            (name, it["code"].as_str().unwrap().to_owned())
        })
        .collect();
    let fates = [
        ("binary.bin", "document_unsupported"),
        ("dangling.txt", "document_special"),
        ("empty.txt", "document_empty"),
        ("loop", "document_special"),
        ("picture.pdf", "document_mislabelled"),
        ("pipe.txt", "document_special"),
    ];
    let fates = fates.map(|(name, code)| (name.to_owned(), code.to_owned()));
    assert_eq!(left_out, BTreeMap::from(fates));
    assert_eq!(report["documents"], 5, "{report}");
}
