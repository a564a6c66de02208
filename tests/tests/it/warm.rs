//! The warm model in the real program: when it is there without a question, and what it costs.

use serde_json::{Value, json};

use crate::support::{
    ANSWER, QUESTION, Serve, Session, desk, holder::Holder, sni::TrayHost, ui, wait,
};

/// The engine's state, by name.
fn engine(holder: &Holder<'_>) -> String {
    let status = holder.rpc("app_status", &json!({}));
    status["engine"]["state"].as_str().unwrap().to_owned()
}

fn becomes(holder: &Holder<'_>, state: &str) {
    wait::until(&format!("a model that is {state}"), || (engine(holder) == state).then_some(()));
}

/// A desktop with a tray that windows close into, and these wishes for the model.
fn desktop(model: &Value) -> (Session, TrayHost) {
    let session = Session::new();
    ui::settle(&session.home);
    let tray = TrayHost::start(&session);
    let serve = Serve::with_commands(&session.home);
    let patch = json!({ "desktop": { "close": "tray" }, "model": model });
    serve.must("settings_update", &json!({ "patch": patch }));
    assert!(serve.stop().success());
    (session, tray)
}

#[test]
fn a_hidden_start_loads_the_model_and_a_model_let_go_by_hand_stays_away_until_it_is_asked() {
    let (session, _tray) = desktop(&json!({ "warm": "always" }));
    let _program = desk::start(&session, &["--hidden"]);
    let holder = Holder::of(&session);
    becomes(&holder, "ready");
    assert_eq!(desk::visible(&session), 0);
    holder.rpc("model_unload", &json!({}));
    assert_eq!(engine(&holder), "empty");
    // A window is no reason to bring it back against the person's wish.
    assert!(desk::start(&session, &[]).wait().success());
    desk::shows(&session, 1);
    assert_eq!(engine(&holder), "empty");
    let said = session.home.json(&["chat", "--json", "--temperature", "0", QUESTION]);
    assert!(said["text"].as_str().unwrap().contains(ANSWER), "{said}");
    becomes(&holder, "ready");
}

#[test]
fn with_the_policy_window_the_model_comes_with_the_window_and_goes_with_it() {
    let (session, tray) = desktop(&json!({ "warm": "window" }));
    let _program = desk::start(&session, &["--hidden"]);
    let holder = Holder::of(&session);
    tray.item().line("Quick chat");
    assert_eq!(engine(&holder), "empty", "a hidden start needs no model");
    for _ in 0..2 {
        assert!(desk::start(&session, &[]).wait().success());
        let window = session.window();
        becomes(&holder, "ready");
        desk::close(&session, &window);
        desk::shows(&session, 0);
        becomes(&holder, "empty");
    }
}

#[test]
fn another_policy_holds_at_once() {
    let (session, _tray) = desktop(&json!({ "warm": "never" }));
    let _program = desk::start(&session, &["--hidden"]);
    let holder = Holder::of(&session);
    assert_eq!(engine(&holder), "empty");
    holder.set(&json!({ "model": { "warm": "always" } }));
    becomes(&holder, "ready");
    holder.set(&json!({ "model": { "warm": "window" } }));
    becomes(&holder, "empty");
}

#[test]
fn what_it_costs_is_measured_when_it_is_asked() {
    let (session, _tray) = desktop(&json!({ "warm": "never" }));
    let program = desk::start(&session, &["--hidden"]);
    let holder = Holder::of(&session);
    let bytes = |costs: &Value, of: &str| costs[of]["resident"].as_u64().unwrap();
    let cold = holder.rpc("costs", &json!({}));
    println!("hidden, no model: {cold}");
    assert_eq!((&cold["model"], &cold["web_views"]["processes"]), (&json!(0), &json!(0)), "{cold}");
    holder.set(&json!({ "model": { "warm": "always" } }));
    becomes(&holder, "ready");
    let hidden = holder.rpc("costs", &json!({}));
    println!("hidden, with the model: {hidden}");
    assert!(hidden["model"].as_u64().unwrap() > 50_000_000, "{hidden}");
    assert!(bytes(&hidden, "program") > bytes(&cold, "program") + 50_000_000, "{hidden}");
    assert!(hidden["program"]["proportional"].as_u64().unwrap() > 0, "{hidden}");
    assert!(desk::start(&session, &[]).wait().success());
    desk::shows(&session, 1);
    wait::until("the web process", || {
        (!desk::web_processes(program.pid()).is_empty()).then_some(())
    });
    let shown = wait::until("a second look", || {
        let costs = holder.rpc("costs", &json!({}));
        (costs["processor"] != Value::Null).then_some(costs)
    });
    println!("with a window: {shown}");
    assert!(shown["web_views"]["processes"].as_u64().unwrap() >= 1, "{shown}");
    assert!(bytes(&shown, "web_views") > 10_000_000, "{shown}");
    let share = shown["processor"].as_f64().unwrap();
    assert!((0.0..=1.0).contains(&share), "{shown}");
}
