//! Findings and names: kept with their message and conversation, gone with them.

use hearth_domain::{GuardAction, GuardFinding, GuardKind, MessageFindings};
use hearth_store::Origin;

use crate::support::{Home, conversation, message};

fn finding(start: u32) -> GuardFinding {
    GuardFinding {
        kind: GuardKind::Pii,
        rule: "pii.email".into(),
        label: "EMAIL_ADDRESS".into(),
        attachment: None,
        document: None,
        start,
        end: start + 4,
        action: GuardAction::Mask,
        name: Some("[EMAIL_1_AB]".into()),
    }
}

#[test]
fn findings_and_names_are_kept_replaced_and_go_with_what_they_belong_to() {
    let (_home, db) = Home::new();
    let of = conversation("one", 1);
    let (first, second) = (message(of.id, None, "a"), message(of.id, None, "b"));
    let list = |message, findings| MessageFindings { message, findings };
    db.write(|w| {
        w.conversation_insert(&of)?;
        w.message_insert(&first, Origin::default())?;
        w.message_insert(&second, Origin::default())?;
        w.findings_save(&list(first.id, vec![finding(0)]))?;
        w.findings_save(&list(first.id, vec![finding(0), finding(9)]))?;
        w.masking_save(of.id, "{\"a\":1}")?;
        w.masking_save(of.id, "{\"a\":2}")
    })
    .unwrap();
    let all = db.read(|r| r.findings_of([first.id, second.id])).unwrap();
    assert_eq!(all, [list(first.id, vec![finding(0), finding(9)])]);
    assert_eq!(db.read(|r| r.masking(of.id)).unwrap().as_deref(), Some("{\"a\":2}"));
    db.write(|w| w.findings_save(&list(first.id, Vec::new()))).unwrap();
    assert!(db.read(|r| r.findings(first.id)).unwrap().is_empty());
    db.write(|w| {
        w.findings_save(&list(second.id, vec![finding(3)]))?;
        w.erase_conversations()
    })
    .unwrap();
    assert!(db.read(|r| r.findings(second.id)).unwrap().is_empty());
    assert_eq!(db.read(|r| r.masking(of.id)).unwrap(), None);
}
