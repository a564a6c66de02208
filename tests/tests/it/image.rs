//! The image of `hearth serve`: what is put together for it runs as it would in a container, with nothing else
//! of this system in sight, as a user without rights who can write to the data and to nothing more.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Output},
};

use rustix::process::Signal;
use serde_json::Value;

use crate::support::{ANSWER, Home, Serve, process, python, tools};

/// What the Dockerfile says of how the image is run.
struct Image {
    tree: PathBuf,
    folder: PathBuf,
    user: String,
    environment: Vec<(String, String)>,
    entrypoint: Vec<String>,
    command: Vec<String>,
    health: Vec<String>,
}

impl Image {
    /// Puts it together of the programs that are built.
    fn assemble(home: &Home) -> Self {
        let docker = tools::repository().join("src-tauri/docker");
        let folder = home.root().join("container");
        let tree = folder.join("image");
        let made = Command::new(docker.join("assemble.sh"))
            .args([tools::program("hearth"), tree.clone()])
            .output()
            .expect("bash starts");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        for own in ["data", "tmp"] {
            fs::create_dir(folder.join(own)).unwrap();
        }
        let text = fs::read_to_string(docker.join("Dockerfile")).unwrap();
        let said = |name: &str| {
            let line = text.lines().rfind(|line| line.starts_with(name)).expect(name);
            line[name.len()..].trim().to_owned()
        };
        let list = |text: &str| -> Vec<String> {
            serde_json::from_str(&text[text.find('[').unwrap()..]).unwrap()
        };
        let pairs = said("ENV ");
        let pairs = pairs.split(' ').map(|pair| pair.split_once('=').unwrap());
        Self {
            tree,
            folder,
            user: said("USER ").split(':').next().unwrap().to_owned(),
            environment: pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            entrypoint: list(&said("ENTRYPOINT ")),
            command: list(&said("CMD ")),
            health: list(&said("HEALTHCHECK ")),
        }
    }

    /// Runs this in the image: its own root, read only, its own processes, its own user.
    fn run(&self, command: &[String]) -> Command {
        let mut inside = Command::new("bwrap");
        inside.args([
            "--unshare-user",
            "--unshare-pid",
            "--unshare-ipc",
            "--unshare-uts",
            "--clearenv",
        ]);
        inside.args(["--uid", &self.user, "--gid", &self.user, "--die-with-parent", "--as-pid-1"]);
        let bind = |inside: &mut Command, how: &str, here: &Path, there: &str| {
            inside.arg(how).arg(here).arg(there);
        };
        bind(&mut inside, "--ro-bind", &self.tree, "/");
        inside.args(["--proc", "/proc", "--dev", "/dev"]);
        bind(&mut inside, "--bind", &self.folder.join("data"), "/data");
        bind(&mut inside, "--bind", &self.folder.join("tmp"), "/tmp");
        for (name, value) in &self.environment {
            inside.args(["--setenv", name, value]);
        }
        inside.arg("--").args(command);
        inside
    }

    fn is_healthy(&self) -> (bool, String) {
        let Output { status, stdout, stderr } = self.run(&self.health).output().unwrap();
        (status.success(), String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned())
    }
}

/// Asks the first process of the image to end, as a container engine does, and waits for it.
fn stop(serve: Serve) -> ExitStatus {
    let outer = serve.pid();
    let children = fs::read_to_string(format!("/proc/{outer}/task/{outer}/children")).unwrap();
    process::signal(children.trim().parse().unwrap(), Signal::TERM);
    serve.end()
}

#[test]
fn the_image_answers_other_computers_says_that_it_is_well_and_keeps_its_data() {
    let home = Home::new();
    let image = Image::assemble(&home);
    let roots = fs::read_to_string(image.tree.join("etc/ssl/certs/ca-certificates.crt")).unwrap();
    assert!(roots.contains("BEGIN CERTIFICATE"), "webhooks know nobody by TLS");
    let (well, said) = image.is_healthy();
    assert!(!well && said.contains("does not run"), "{said}");
    // The ports of the image are its own; here they are shared with everything else.
    let asked = [&image.entrypoint[..], &image.command].concat();
    let mut command: Vec<String> =
        asked.into_iter().map(|word| word.replace("0.0.0.0:8443", "127.0.0.1:0")).collect();
    command.extend(["--json", "--port", "0"].map(str::to_owned));
    let serve = Serve::launch(&home, image.run(&command));
    serve.wait_ready(&home);
    let (well, said) = image.is_healthy();
    assert!(well && said.contains("Hearth runs"), "{said}");

    let url = serve.network["urls"][0].as_str().unwrap();
    let key = serve.api_key.clone().expect("the first run makes a key");
    let pem = image.folder.join("data/hearth.pem");
    let ask = |url: &str| -> Value {
        python::run_trusting(&pem, "ask.py", &[url, &key, "What is the capital of France?"])
    };
    let said = ask(url);
    assert!(said["whole"].as_str().unwrap().contains(ANSWER), "{said}");
    assert!(stop(serve).success(), "TERM ends it in order");
    assert!(!image.is_healthy().0);

    // The next container has the data of this one: the same key, and the same certificate.
    let serve = Serve::launch(&home, image.run(&command));
    serve.wait_ready(&home);
    assert_eq!(serve.api_key, None);
    let said = ask(serve.network["urls"][0].as_str().unwrap());
    assert!(said["whole"].as_str().unwrap().contains(ANSWER), "{said}");
    assert!(stop(serve).success());
    let made: Vec<_> = fs::read_dir(image.tree.join("usr/bin")).unwrap().collect();
    assert_eq!(made.len(), 1, "there is no other program in it, and no shell");
}
