//! Other computers, as the person at the window lets them in: the step in between, what is shown, and when they
//! are out again.

use std::{fs, net::TcpListener, process::Command};

use serde_json::json;

use crate::support::{Session, page::Page, ui, wait};

const LET_IN: &str = "[role=\"switch\"][aria-label=\"Let other computers in\"]";
const SURE: &str = "[role=\"dialog\"] .foot .primary";

#[test]
fn a_person_lets_other_computers_in_and_the_last_key_that_goes_shuts_them_out() {
    let session = Session::new();
    ui::settle(&session.home);
    let free = || TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (port, outer) = (free(), free());
    let driver = ui::open_window(&session);
    let page = Page::of_window(&driver, &session);
    page.set(&json!({"server": {"port": port, "enabled": true, "network": {"port": outer}}}));
    for key in page.rpc("port_key_list", &json!({})).as_array().unwrap() {
        page.rpc("port_key_revoke", &json!({"id": key["id"]}));
    }
    page.press("ctrl+comma");
    page.click("[role=\"tab\"][data-value=\"port\"]");
    page.shows(&format!("{LET_IN}:disabled"));
    let made =
        page.rpc("port_key_make", &json!({"name": "Laptop", "rights": {"scopes": ["models"]}}));
    let (key, secret) = (&made["key"]["id"], made["secret"].as_str().unwrap());
    page.click(&format!("{LET_IN}:enabled"));
    page.shows(SURE);
    page.rests();
    page.picture("network-sure.png");
    page.click(SURE);
    let status = wait::until("others to be let in", || {
        let status = page.rpc("server_status", &json!({}));
        status["network"].is_object().then_some(status)
    });
    page.shows(&format!("{LET_IN}[aria-checked=\"true\"]"));
    page.says("[role=\"tabpanel\"]", status["network"]["fingerprint"].as_str().unwrap());
    // What is new stands below.
    page.click("[role=\"tabpanel\"] .names input");
    page.rests();
    page.picture("network-open.png");
    assert_eq!(page.faults(false), Vec::<String>::new());

    let pem = session.home.root().join("hearth.pem");
    fs::write(&pem, status["network"]["certificate"].as_str().unwrap()).unwrap();
    let ask = || {
        let asked = Command::new("curl")
            .args(["--silent", "--cacert", pem.to_str().unwrap(), "--output", "/dev/null"])
            .args(["--header", &format!("Authorization: Bearer {secret}")])
            .args(["--write-out", "%{http_code}", &format!("https://127.0.0.1:{outer}/v1/models")])
            .output()
            .expect("curl starts");
        String::from_utf8(asked.stdout).unwrap()
    };
    assert_eq!(ask(), "200");
    page.rpc("port_key_revoke", &json!({ "id": key }));
    wait::until("the door to be shut", || (ask() == "000").then_some(()));
    assert!(page.rpc("server_status", &json!({}))["network"].is_null());
    // Here the port is still open.
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
}
