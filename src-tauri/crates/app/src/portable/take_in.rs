//! Saves what was read of a file: all of it in one transaction.

use std::collections::HashMap;

use hearth_domain::{
    AttachmentId, AttachmentText, Folder, FolderId, ImportReport, PersonaId, SkipReason, Timestamp,
};
use hearth_store::{Error, Origin, Presence, Result, Writer};
use uuid::Uuid;

use super::{Import, thread::Thread};

pub(super) fn run(w: &mut Writer<'_>, import: Import, now: Timestamp) -> Result<ImportReport> {
    let Import { format, folders, threads, mut skipped } = import;
    let personas: HashMap<String, PersonaId> =
        w.persona_list()?.into_iter().map(|persona| (persona.draft.name, persona.id)).collect();
    let mut places = Folders { of_file: folders, here: HashMap::new() };
    let (mut conversations, mut messages) = (0_u32, 0_u32);
    for mut thread in threads {
        let id = thread.conversation.id;
        match w.conversation_presence(id)? {
            Presence::Listed => {
                skipped.add(SkipReason::AlreadyHere, 1);
                continue;
            }
            // Who deleted it by mistake and takes in a copy wants it back, with what came later.
            Presence::Deleted => drop(w.conversation_restore(id)?),
            Presence::Absent => {
                let config = &mut thread.conversation.config;
                config.persona =
                    thread.persona.as_ref().and_then(|name| personas.get(name)).copied();
                let folder = thread.conversation.folder;
                thread.conversation.folder =
                    folder.map(|folder| places.place(w, folder)).transpose()?.flatten();
                save(w, &thread, now)?;
            }
        }
        conversations += 1;
        messages =
            messages.saturating_add(u32::try_from(thread.messages.len()).unwrap_or(u32::MAX));
    }
    Ok(ImportReport { format, conversations, messages, skipped: skipped.into_skipped() })
}

fn save(w: &mut Writer<'_>, thread: &Thread, now: Timestamp) -> Result<()> {
    let mut conversation = thread.conversation.clone();
    let (head, updated) = (conversation.head.take(), conversation.updated);
    w.conversation_insert(&conversation)?;
    for new in &thread.messages {
        w.message_insert(&new.message, Origin::default())?;
        if new.attachments.is_empty() {
            continue;
        }
        let ids = new.attachments.iter().map(|text| attach(w, text, now));
        let ids = ids.collect::<Result<Vec<_>>>()?;
        w.message_attach(new.message.id, &ids)?;
    }
    w.conversation_imported(conversation.id, head, updated)
}

/// Branches that were copied share a text; a name that is taken by another text gets a new one.
fn attach(w: &mut Writer<'_>, new: &AttachmentText, now: Timestamp) -> Result<AttachmentId> {
    let id = new.attachment.id;
    match w.attachment_text(id) {
        // Older exports do not know of its pages.
        Ok(here) if (&here.attachment.name, &here.text) == (&new.attachment.name, &new.text) => {
            Ok(id)
        }
        Ok(_) => {
            let mut new = new.clone();
            new.attachment.id = AttachmentId(Uuid::now_v7());
            w.attachment_insert(&new, now)?;
            Ok(new.attachment.id)
        }
        Err(Error::AttachmentNotFound) => w.attachment_insert(new, now).map(|()| id),
        Err(error) => Err(error),
    }
}

/// The folders of the file, and which of ours they are.
struct Folders {
    of_file: Vec<Folder>,
    here: HashMap<FolderId, FolderId>,
}

impl Folders {
    /// The folder of the same identifier or name; made where there is none and one is needed.
    fn place(&mut self, w: &mut Writer<'_>, id: FolderId) -> Result<Option<FolderId>> {
        if let Some(here) = self.here.get(&id) {
            return Ok(Some(*here));
        }
        let Some(folder) = self.of_file.iter().find(|folder| folder.id == id) else {
            return Ok(None);
        };
        let here = match (w.folder(id), w.folder_named(&folder.name)?) {
            (Ok(_), _) => id,
            (Err(Error::FolderNotFound), Some(named)) => named.id,
            (Err(Error::FolderNotFound), None) => {
                w.folder_insert(folder)?;
                id
            }
            (Err(error), _) => return Err(error),
        };
        self.here.insert(id, here);
        Ok(Some(here))
    }
}
