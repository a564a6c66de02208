//! Folders as the other applications lay them out: right, broken and hostile.

use std::fs;

use hearth_testkit::gguf::TinyModel;
use tempfile::TempDir;

use super::{
    roots::{Person, Roots},
    *,
};

/// A home with nothing in it.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, place: &str, content: &[u8]) -> PathBuf {
        let path = self.0.path().join(place);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path.canonicalize().unwrap()
    }

    fn model(&self, place: &str) -> PathBuf {
        self.write(place, &TinyModel::random().to_bytes())
    }

    fn roots(&self) -> Roots {
        let home = self.0.path();
        let mut roots = Roots::of(&Person {
            home,
            config: &home.join(".config"),
            data: &home.join(".local/share"),
            cache: &home.join(".cache"),
            variable: &|_| None,
        });
        // The only place outside the home.
        roots.ollama.retain(|root| root.starts_with(home));
        roots
    }

    fn finds(&self) -> Vec<(ModelOrigin, String, PathBuf)> {
        all(&self.roots()).into_iter().map(|find| (find.origin, find.name, find.path)).collect()
    }
}

const DIGEST: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn manifest(digest: &str) -> String {
    format!(
        r#"{{"schemaVersion":2,"config":{{"digest":"sha256:00"}},"layers":[
        {{"mediaType":"application/vnd.ollama.image.license","digest":"sha256:11","size":1}},
        {{"mediaType":"application/vnd.ollama.image.model","digest":"{digest}","size":9}}]}}"#
    )
}

#[test]
fn models_are_found_where_each_application_keeps_them() {
    let home = Home::new();
    let studio = home.model(".lmstudio/models/someone/Some-GGUF/some-Q4_K_M.gguf");
    let everyone = home.model(".local/share/nomic.ai/GPT4All/all.Q4_0.gguf");
    let cached = home.model(".cache/llama.cpp/cached.gguf");
    let jan = home.model(".config/Jan/data/llamacpp/models/qwen/qwen3/model.gguf");
    let blob = home.model(&format!(".ollama/models/blobs/sha256-{DIGEST}"));
    let place = ".ollama/models/manifests/registry.example/library/qwen3/4b";
    home.write(place, manifest(&format!("sha256:{DIGEST}")).as_bytes());
    assert_eq!(
        home.finds(),
        [
            (ModelOrigin::LmStudio, "some-Q4_K_M".to_owned(), studio),
            (ModelOrigin::Ollama, "qwen3:4b".to_owned(), blob),
            (ModelOrigin::Gpt4all, "all.Q4_0".to_owned(), everyone),
            (ModelOrigin::Jan, "qwen/qwen3".to_owned(), jan),
            (ModelOrigin::LlamaCpp, "cached".to_owned(), cached),
        ]
    );
}

#[test]
fn settings_of_the_applications_that_name_another_folder_are_followed() {
    let home = Home::new();
    let away = home.0.path().join("away");
    home.write(".lmstudio-home-pointer", format!("{}\n", away.display()).as_bytes());
    let settings = serde_json::json!({ "data_folder": home.0.path().join("jan data") });
    home.write(".config/Jan/settings.json", settings.to_string().as_bytes());
    let studio = home.model("away/models/a/b/one.gguf");
    let imported = home.model("downloads/imported.gguf");
    let yml = format!("name: My import\nmodel_path: \"{}\"\n", imported.display());
    home.write("jan data/llamacpp/models/imported/model.yml", yml.as_bytes());
    assert_eq!(
        home.finds(),
        [
            (ModelOrigin::LmStudio, "one".to_owned(), studio),
            (ModelOrigin::Jan, "My import".to_owned(), imported),
        ]
    );
}

#[test]
fn variables_name_folders_only_by_absolute_paths() {
    let home = Home::new();
    let path = home.0.path();
    let of = |value: &'static str| {
        Roots::of(&Person {
            home: path,
            config: path,
            data: path,
            cache: path,
            variable: &|name| (name == "OLLAMA_MODELS").then(|| value.into()),
        })
    };
    assert_eq!(of("/srv/models").ollama[0], PathBuf::from("/srv/models"));
    assert_eq!(of("models").ollama[0], path.join(".ollama/models"));
}

#[test]
fn a_manifest_that_leads_out_of_the_store_or_says_nothing_is_left_out() {
    let home = Home::new();
    home.model("secret.gguf");
    home.model(".ollama/models/secret.gguf");
    let hostile = [
        "sha256:../../../../secret.gguf".to_owned(),
        "../secret.gguf".to_owned(),
        format!("sha256:{DIGEST}/../../secret.gguf"),
        format!("sha256:{}", DIGEST.to_uppercase()),
        format!("sha256:{DIGEST}"),
        String::new(),
    ];
    for (tag, digest) in hostile.iter().enumerate() {
        let place = format!(".ollama/models/manifests/r/library/m/{tag}");
        home.write(&place, manifest(digest).as_bytes());
    }
    home.write(".ollama/models/manifests/r/library/m/broken", b"{\"layers\":");
    home.write(".ollama/models/manifests/r/library/m/list", b"[]");
    home.write(".ollama/models/manifests/r/library/m/bytes", &[0xff; 100]);
    home.write(".ollama/models/manifests/r/library/m/huge", &vec![b' '; 3 << 20]);
    assert_eq!(home.finds(), []);
}

#[test]
fn a_description_that_climbs_out_of_the_data_folder_is_left_out() {
    let home = Home::new();
    home.model("secret.gguf");
    let models = ".config/Jan/data/llamacpp/models";
    home.write(&format!("{models}/a/model.yml"), b"model_path: ../../../secret.gguf\n");
    home.write(&format!("{models}/b/model.yml"), b"model_path: /etc/passwd\n");
    home.write(&format!("{models}/c/model.yml"), b"model_path: llamacpp/models/none.gguf\n");
    home.write(&format!("{models}/d/model.yml"), b"model_path:\n");
    home.write(&format!("{models}/e/model.yml"), &[0xff; 50]);
    assert_eq!(home.finds(), []);
}

#[cfg(unix)]
#[test]
fn links_in_circles_links_to_folders_and_links_to_nothing_are_not_followed() {
    use std::os::unix::fs::symlink;
    let home = Home::new();
    let real = home.model(".lmstudio/models/a/b/real.gguf");
    let models = home.0.path().join(".lmstudio/models");
    symlink(&models, models.join("a/loop")).unwrap();
    symlink("self.gguf", models.join("a/self.gguf")).unwrap();
    symlink("nothing", models.join("a/gone.gguf")).unwrap();
    symlink("/", models.join("a/root")).unwrap();
    symlink("/dev/zero", models.join("a/endless.gguf")).unwrap();
    symlink(&real, models.join("a/again.gguf")).unwrap();
    let finds = home.finds();
    assert_eq!(finds.len(), 1, "{finds:?}");
    assert_eq!(finds[0].2, real);
}

#[cfg(unix)]
#[test]
fn a_file_of_the_hub_is_found_by_its_link() {
    use std::os::unix::fs::symlink;
    let home = Home::new();
    let hub = ".cache/huggingface/hub/models--someone--some";
    let blob = home.model(&format!("{hub}/blobs/{DIGEST}"));
    let snapshot = home.0.path().join(hub).join("snapshots/1");
    fs::create_dir_all(&snapshot).unwrap();
    symlink(format!("../../blobs/{DIGEST}"), snapshot.join("some.gguf")).unwrap();
    assert_eq!(home.finds(), [(ModelOrigin::LlamaCpp, "some".to_owned(), blob)]);
}

#[test]
fn a_folder_too_deep_and_a_folder_too_full_end_the_look_and_not_the_program() {
    let home = Home::new();
    let deep = format!(".lmstudio/models/{}/deep.gguf", ["x"; 30].join("/"));
    home.model(&deep);
    for n in 0..600 {
        home.write(&format!(".cache/llama.cpp/{n:04}.gguf"), b"junk");
    }
    let finds = home.finds();
    assert_eq!(finds.len(), 500);
    assert!(finds.iter().all(|find| find.0 == ModelOrigin::LlamaCpp));
}

#[test]
fn the_name_of_a_find_does_not_tell_where_it_lies_and_stays_the_same() {
    let find = |path: &str| Find { origin: ModelOrigin::Jan, name: "a".into(), path: path.into() };
    assert_eq!(find("/a").id(), find("/a").id());
    assert_ne!(find("/a").id(), find("/b").id());
    assert_eq!(find("/a").id().len(), 32);
}
