//! Webhooks, what waits for them, and the ledger of connections.

use hearth_domain::{
    Connection, ConnectionId, DeliveryStatus, OutboundError, Secret, Timestamp, Webhook,
    WebhookDraft, WebhookEvent, WebhookId,
};
use hearth_store::{Attempt, Db, Error};
use uuid::Uuid;

use crate::support::Home;

const TOLD: WebhookEvent = WebhookEvent::GenerationFinished;

fn make(db: &Db, name: &str, events: &[WebhookEvent]) -> Webhook {
    let webhook = Webhook {
        id: WebhookId(Uuid::now_v7()),
        name: name.into(),
        url: "https://example.org/".into(),
        events: events.to_vec(),
        local: false,
        paused: false,
        created: Timestamp(1),
        last: None,
    };
    db.write(|w| w.webhook_insert(&webhook, &Secret::new(vec![7; 32]))).unwrap();
    webhook
}

fn tried(status: DeliveryStatus, due: Option<i64>) -> Attempt {
    let error = Some(OutboundError::Unreachable);
    Attempt { status, due: due.map(Timestamp), http_status: None, error, took_ms: 3 }
}

/// When the next message of each webhook is due.
fn next(db: &Db) -> Vec<Timestamp> {
    db.read(|r| r.deliveries_next()).unwrap().into_iter().map(|(_, due)| due).collect()
}

#[test]
fn a_message_is_noted_for_those_who_asked_to_be_told_and_for_no_others() {
    let (_home, db) = Home::new();
    let chosen = make(&db, "answers", &[TOLD]);
    let jobs = make(&db, "jobs", &[WebhookEvent::JobFinished]);
    let paused = make(&db, "paused", &[TOLD]);
    let draft = WebhookDraft {
        name: "resting".into(),
        url: paused.url.clone(),
        events: paused.events.clone(),
        local: true,
        paused: true,
    };
    assert_eq!(db.write(|w| w.webhook_update(paused.id, &draft)).unwrap().name, "resting");
    assert_eq!(db.write(|w| w.webhooks_tell(TOLD, "{}", Timestamp(5))).unwrap(), 1);
    let due = db.read(|r| r.deliveries_due(Timestamp(5))).unwrap();
    assert_eq!((due.len(), due[0].delivery.webhook, due[0].body.as_str()), (1, chosen.id, "{}"));
    assert!(db.read(|r| r.deliveries(jobs.id, 9)).unwrap().is_empty());
    let listed = db.read(|r| r.webhook_list()).unwrap();
    assert_eq!(listed[0].last.as_ref().map(|last| last.id), Some(due[0].delivery.id));
}

#[test]
fn a_message_waits_for_its_time_until_it_arrived_or_was_given_up() {
    let (_home, db) = Home::new();
    let webhook = make(&db, "answers", &[TOLD]);
    let message = db.write(|w| w.delivery_add(webhook.id, TOLD, "{}", Timestamp(5))).unwrap();
    db.write(|w| w.delivery_tried(&message, tried(DeliveryStatus::Waiting, Some(10)))).unwrap();
    assert!(db.read(|r| r.deliveries_due(Timestamp(9))).unwrap().is_empty());
    assert_eq!(next(&db), [Timestamp(10)]);
    let due = db.read(|r| r.deliveries_due(Timestamp(10))).unwrap().remove(0).delivery;
    assert_eq!((due.attempts, due.error), (1, Some(OutboundError::Unreachable)));
    db.write(|w| w.delivery_tried(&due, tried(DeliveryStatus::Failed, None))).unwrap();
    assert_eq!(next(&db), []);
    let again = db.write(|w| w.delivery_again(message.id, Timestamp(20))).unwrap();
    let Webhook { name, url, events, local, .. } = webhook;
    let mut draft = WebhookDraft { name, url, events, local, paused: true };
    db.write(|w| w.webhook_update(webhook.id, &draft)).unwrap();
    assert_eq!(next(&db), [], "its webhook rests");
    assert!(db.read(|r| r.deliveries_due(Timestamp(20))).unwrap().is_empty());
    draft.paused = false;
    db.write(|w| w.webhook_update(webhook.id, &draft)).unwrap();
    assert_eq!(next(&db), [Timestamp(20)]);
    assert_eq!((again.status, again.attempts), (DeliveryStatus::Waiting, 0));
    assert_eq!(db.write(|w| w.deliveries_purge(Timestamp(99))).unwrap(), 0, "it waits");
    db.write(|w| w.delivery_tried(&again, tried(DeliveryStatus::Failed, None))).unwrap();
    assert_eq!(db.write(|w| w.deliveries_purge(Timestamp(99))).unwrap(), 1);
}

#[test]
fn of_many_that_wait_for_one_webhook_the_oldest_is_due_and_the_others_let_other_webhooks_pass() {
    let (_home, db) = Home::new();
    let (slow, quick) = (make(&db, "slow", &[TOLD]), make(&db, "quick", &[TOLD]));
    let add = |of: &Webhook, at| {
        db.write(|w| w.delivery_add(of.id, TOLD, "{}", Timestamp(at))).unwrap().id
    };
    let first = add(&slow, 5);
    for at in 6..20 {
        add(&slow, at);
    }
    let fresh = add(&quick, 21);
    let due = db.read(|r| r.deliveries_due(Timestamp(30))).unwrap();
    assert_eq!(due.iter().map(|it| it.delivery.id).collect::<Vec<_>>(), [first, fresh]);
    assert_eq!(due[0].delivery.due, Some(Timestamp(5)));
}

#[test]
fn a_test_is_sent_by_whoever_wants_it_and_given_up_where_the_program_ended_meanwhile() {
    let (_home, db) = Home::new();
    let webhook = make(&db, "one", &[TOLD]);
    let test = |w: &mut hearth_store::Writer<'_>| {
        w.delivery_add(webhook.id, WebhookEvent::Test, "{}", Timestamp(5))
    };
    let message = db.write(test).unwrap();
    assert!(db.read(|r| r.deliveries_due(Timestamp(99))).unwrap().is_empty());
    assert_eq!(next(&db), []);
    assert_eq!(db.write(|w| w.deliveries_give_up()).unwrap(), 1);
    assert_eq!(db.read(|r| r.delivery(message.id)).unwrap().status, DeliveryStatus::Failed);
    db.write(|w| w.delivery_again(message.id, Timestamp(7))).unwrap();
    assert_eq!(next(&db), [Timestamp(7)], "it is sent again as any other");
}

#[test]
fn what_somebody_wants_sent_again_is_not_ended_by_the_try_before() {
    let (_home, db) = Home::new();
    let webhook = make(&db, "one", &[TOLD]);
    let message = db.write(|w| w.delivery_add(webhook.id, TOLD, "{}", Timestamp(5))).unwrap();
    db.write(|w| w.delivery_again(message.id, Timestamp(6))).unwrap();
    db.write(|w| w.delivery_tried(&message, tried(DeliveryStatus::Failed, None))).unwrap();
    let now = db.read(|r| r.delivery(message.id)).unwrap();
    assert_eq!((now.status, now.due), (DeliveryStatus::Waiting, Some(Timestamp(6))));
}

#[test]
fn a_name_is_given_once_and_what_waits_goes_with_its_webhook() {
    let (_home, db) = Home::new();
    let (one, other) = (make(&db, "one", &[TOLD]), make(&db, "other", &[TOLD]));
    let draft = WebhookDraft {
        name: "one".into(),
        url: other.url.clone(),
        events: vec![TOLD],
        local: false,
        paused: false,
    };
    let taken = db.write(|w| w.webhook_update(other.id, &draft)).unwrap_err();
    assert!(matches!(taken, Error::NameTaken));
    db.write(|w| w.webhook_set_secret(one.id, &Secret::new(vec![8; 32]))).unwrap();
    assert_eq!(db.read(|r| r.webhook_secret(one.id)).unwrap().expose(), &[8; 32]);
    let message = db.write(|w| w.delivery_add(one.id, TOLD, "{}", Timestamp(5))).unwrap();
    db.write(|w| w.webhook_delete(one.id)).unwrap();
    let gone = db.read(|r| r.delivery(message.id)).unwrap_err();
    assert!(matches!(gone, Error::WebhookNotFound));
    db.write(|w| w.delivery_tried(&message, tried(DeliveryStatus::Failed, None))).unwrap();
    for error in [
        db.write(|w| w.webhook_delete(one.id)).unwrap_err(),
        db.write(|w| w.delivery_add(one.id, TOLD, "{}", Timestamp(5))).unwrap_err(),
        db.read(|r| r.webhook_secret(one.id)).unwrap_err(),
    ] {
        assert!(matches!(error, Error::WebhookNotFound));
    }
}

#[test]
fn the_ledger_has_a_line_for_each_connection_and_is_read_page_by_page() {
    let (_home, db) = Home::new();
    let mut lines = Vec::new();
    for at in 0..5 {
        let line = Connection {
            id: ConnectionId(Uuid::now_v7()),
            at: Timestamp(at),
            purpose: "webhook".into(),
            host: "example.org".into(),
            port: 443,
            address: None,
            tls: true,
            sent: 0,
            received: 0,
            http_status: None,
            error: None,
        };
        db.write(|w| w.connection_put(&line)).unwrap();
        let ended = Connection { sent: 9, http_status: Some(204), ..line };
        db.write(|w| w.connection_put(&ended)).unwrap();
        lines.push(ended);
    }
    lines.reverse();
    let first = db.read(|r| r.connections(None, 3)).unwrap();
    assert_eq!((&first.connections[..], first.more), (&lines[..3], true));
    let rest = db.read(|r| r.connections(Some(lines[2].id), 3)).unwrap();
    assert_eq!((&rest.connections[..], rest.more), (&lines[3..], false));
    assert_eq!(db.write(|w| w.connections_purge(Timestamp(3))).unwrap(), 3);
}
