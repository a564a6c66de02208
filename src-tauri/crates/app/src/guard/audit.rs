//! The audit log as the use cases see it: what is noted, how it is read, written to a file, kept.

use std::collections::BTreeMap;

use data_encoding::BASE64URL_NOPAD;
use hearth_domain::{
    AuditEntry, AuditFilter, AuditPage, ExportFile, GuardAction, GuardFinding, GuardKind,
    GuardSettings, PortKey, Timestamp, Webhook,
};
use hearth_store::{NewAuditEntry, Writer};
use serde_json::json;

use super::Guards;
use crate::{App, Result, spreadsheet};

/// Entries of a page.
const PAGE: u32 = 100;
/// Entries of a file.
const EXPORTED: u32 = 1_000_000;
/// Milliseconds of a day.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// Something to be noted. It holds no content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Note(NewAuditEntry);

impl Note {
    /// Findings of one text: one note for each rule and what was done, with how often.
    pub(crate) fn of<'a>(
        actor: &'static str,
        findings: impl IntoIterator<Item = &'a GuardFinding>,
    ) -> Vec<Self> {
        let typed = if actor == "port" { "api" } else { "user" };
        Self::in_channel(actor, typed, findings)
    }

    /// The same for a text from there; what is attached is a document.
    pub(crate) fn in_channel<'a>(
        actor: &'static str,
        channel: &'static str,
        findings: impl IntoIterator<Item = &'a GuardFinding>,
    ) -> Vec<Self> {
        let mut counts: BTreeMap<(&'static str, GuardKind, &str, GuardAction), u32> =
            BTreeMap::new();
        for it in findings {
            let carried = it.attachment.is_some() || it.document.is_some();
            let channel = if carried { "document" } else { channel };
            *counts.entry((channel, it.kind, &it.rule, it.action)).or_default() += 1;
        }
        let notes = counts.into_iter().map(|((channel, kind, rule, action), count)| {
            let (kind, action) = (kind.as_str().to_owned(), action.as_str().to_owned());
            Self(NewAuditEntry { actor, channel, kind, rule: rule.to_owned(), action, count })
        });
        notes.collect()
    }

    /// A detector that failed.
    pub(crate) fn failed(actor: &'static str, channel: &'static str, kind: GuardKind) -> Self {
        let (kind, action) = (kind.as_str().to_owned(), "failed".to_owned());
        Self(NewAuditEntry { actor, channel, kind, rule: "detector".into(), action, count: 1 })
    }

    /// What the person decided about a finding.
    pub(crate) fn decided(finding: &GuardFinding, action: &str) -> Self {
        let (kind, rule) = (finding.kind.as_str().to_owned(), finding.rule.clone());
        let (actor, channel) = ("person", "decision");
        Self(NewAuditEntry { actor, channel, kind, rule, action: action.to_owned(), count: 1 })
    }

    /// What was changed in the settings of the guardrails, field by field.
    pub(crate) fn of_settings(before: &GuardSettings, after: &GuardSettings) -> Vec<Self> {
        let flat = |settings: &GuardSettings| {
            let chat = json!(settings.chat);
            let mut fields: Vec<(String, String)> = chat
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, value)| (format!("guard.chat.{name}"), word(value)))
                .collect();
            fields.push(("guard.port".into(), word(&json!(settings.port))));
            fields.push(("guard.audit_days".into(), settings.audit_days.to_string()));
            fields
        };
        let changed = flat(before).into_iter().zip(flat(after)).filter(|(old, new)| old != new);
        let notes = changed.map(|(_, (rule, action))| {
            let (actor, channel, kind) = ("person", "settings", "settings".to_owned());
            Self(NewAuditEntry { actor, channel, kind, rule, action, count: 1 })
        });
        notes.collect()
    }

    /// What a person did about a key of the port, which is named by its end.
    pub(crate) fn of_port_key(key: &PortKey, action: &'static str) -> Self {
        let (actor, channel, kind) = ("person", "settings", "settings".to_owned());
        let (rule, action) = (format!("server.key …{}", key.hint), action.to_owned());
        Self(NewAuditEntry { actor, channel, kind, rule, action, count: 1 })
    }

    /// What a person did about a webhook, which is named by the computer it is on.
    pub(crate) fn of_webhook(webhook: &Webhook, action: &'static str) -> Self {
        let (actor, channel, kind) = ("person", "settings", "settings".to_owned());
        let host = url::Url::parse(&webhook.url).ok();
        let host = host.as_ref().and_then(url::Url::host_str).unwrap_or_default();
        let (rule, action) = (format!("webhook {host}"), action.to_owned());
        Self(NewAuditEntry { actor, channel, kind, rule, action, count: 1 })
    }

    /// Adds notes to the log, in the transaction of what they are about.
    pub(crate) fn append(
        w: &mut Writer<'_>,
        guards: &Guards,
        now: Timestamp,
        notes: &[Self],
    ) -> hearth_store::Result<()> {
        if notes.is_empty() {
            return Ok(());
        }
        let entries: Vec<NewAuditEntry> = notes.iter().map(|note| note.0.clone()).collect();
        w.audit_append(&guards.audit_key, now, &entries).map(drop)
    }
}

fn word(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

impl App {
    /// Adds notes to the audit log.
    pub(crate) async fn note(&self, notes: Vec<Note>) -> Result<()> {
        if notes.is_empty() {
            return Ok(());
        }
        let (guards, now) = (std::sync::Arc::clone(&self.guards), self.now());
        self.db.write(move |w| Note::append(w, &guards, now, &notes)).await
    }

    /// A page of the audit log, the newest entry first.
    ///
    /// # Errors
    /// A database that cannot be read.
    pub async fn audit_list(&self, filter: AuditFilter) -> Result<AuditPage> {
        self.db.read(move |r| r.audit_page(&filter, PAGE)).await
    }

    /// The audit log as a file, the oldest entry first: JSON with `json`, else CSV.
    ///
    /// # Errors
    /// A database that cannot be read.
    pub async fn audit_export(&self, filter: AuditFilter, json: bool) -> Result<ExportFile> {
        let mut entries = self.db.read(move |r| r.audit_page(&filter, EXPORTED)).await?.entries;
        entries.reverse();
        spreadsheet::export("audit", json, &entries, || csv(&entries))
    }

    /// Drops entries that are older than the settings say.
    pub(crate) async fn audit_expire(&self) -> Result<()> {
        let days = i64::from(self.settings().guard.audit_days);
        if days == 0 {
            return Ok(());
        }
        let (guards, before) =
            (std::sync::Arc::clone(&self.guards), Timestamp(self.now().0 - days * DAY));
        self.db.write(move |w| w.audit_expire(&guards.audit_key, before)).await.map(drop)
    }

    /// What is wrong with the audit log, in a sentence, and how many entries it has.
    pub(crate) async fn audit_verify(&self) -> Result<(u64, Option<String>)> {
        let guards = std::sync::Arc::clone(&self.guards);
        let (count, broken) = self
            .db
            .read(move |r| Ok((r.audit_count()?, r.audit_verify(&guards.audit_key)?)))
            .await?;
        let problem = match broken {
            Some(at) => Some(format!("the audit log is not what was written, from entry {at} on")),
            None => self.anchor_problem().await?.map(str::to_owned),
        };
        Ok((count, problem))
    }
}

/// One line an entry.
fn csv(entries: &[AuditEntry]) -> String {
    let head = ["seq", "at_ms", "actor", "channel", "kind", "rule", "action", "count"];
    let rows = entries.iter().map(|it| {
        let [actor, channel, kind, rule, action] =
            [&it.actor, &it.channel, &it.kind, &it.rule, &it.action].map(ToString::to_string);
        let [seq, at, count] = [it.seq.to_string(), it.at.0.to_string(), it.count.to_string()];
        [seq, at, actor, channel, kind, rule, action, count]
    });
    spreadsheet::table(head, rows)
}

/// The head of the log as it is kept outside of the database.
pub(super) fn head(seq: u64, mac: &[u8]) -> String {
    format!("{seq}:{}", BASE64URL_NOPAD.encode(mac))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(rule: &str, action: GuardAction) -> GuardFinding {
        GuardFinding {
            kind: GuardKind::Pii,
            rule: rule.into(),
            label: "EMAIL_ADDRESS".into(),
            attachment: None,
            document: None,
            start: 0,
            end: 1,
            action,
            name: Some("[EMAIL_1_AB]".into()),
        }
    }

    #[test]
    fn findings_of_one_rule_are_one_note_with_their_number() {
        let mail = || finding("pii.email", GuardAction::Mask);
        let notes = Note::of("person", &[mail(), mail(), finding("pii.ip", GuardAction::Mask)]);
        let counts: Vec<_> = notes.iter().map(|it| (it.0.rule.as_str(), it.0.count)).collect();
        assert_eq!(counts, [("pii.email", 2), ("pii.ip", 1)]);
    }

    #[test]
    fn a_change_of_the_settings_is_noted_field_by_field() {
        let before = GuardSettings::default();
        let after = GuardSettings { audit_days: 30, ..before.clone() };
        let notes = Note::of_settings(&before, &after);
        assert_eq!(notes.len(), 1);
        assert_eq!(
            (notes[0].0.rule.as_str(), notes[0].0.action.as_str()),
            ("guard.audit_days", "30")
        );
    }

    #[test]
    fn ac_28_no_cell_of_the_file_becomes_a_formula() {
        let entry = |rule: &str| AuditEntry {
            seq: 1,
            at: Timestamp(2),
            actor: "person".into(),
            channel: "user".into(),
            kind: "pii".into(),
            rule: rule.into(),
            action: "note".into(),
            count: 1,
        };
        let text = csv(&[entry("=cmd|' /C calc'!A1"), entry("a,\"b")]);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[1], "1,2,person,user,pii,'=cmd|' /C calc'!A1,note,1");
        assert_eq!(lines[2], "1,2,person,user,pii,\"a,\"\"b\",note,1");
    }
}
