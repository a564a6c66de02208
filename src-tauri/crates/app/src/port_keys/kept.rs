//! Which conversations a key reaches: all of them, or those of its folder. What it does not reach is
//! answered as what is not there.

use hearth_domain::{ConversationId, Folder, FolderId, GenerationId, MessageId, PortScope, Role};

use super::Grant;
use crate::{App, Result};

impl App {
    /// The folder that a caller asks for; that of its key where it names none.
    ///
    /// # Errors
    /// A folder that the key does not reach.
    pub fn allowed_folder(
        &self,
        grant: Option<&Grant>,
        asked: Option<FolderId>,
    ) -> Result<Option<FolderId>> {
        let Some(own) = grant.and_then(|grant| grant.rights().folder) else { return Ok(asked) };
        match asked {
            Some(asked) if asked != own => Err(hearth_store::Error::FolderNotFound.into()),
            _ => Ok(Some(own)),
        }
    }

    /// Whether a caller may lay conversations there.
    ///
    /// # Errors
    /// As for a folder that is not there.
    pub fn check_move(&self, grant: Option<&Grant>, to: Option<FolderId>) -> Result<()> {
        if grant.is_none_or(|grant| grant.rights().allows_folder(to)) {
            Ok(())
        } else {
            Err(hearth_store::Error::FolderNotFound.into())
        }
    }

    /// The folders that a caller may know of.
    ///
    /// # Errors
    /// A database that cannot be read.
    pub async fn allowed_folders(&self, grant: Option<&Grant>) -> Result<Vec<Folder>> {
        let mut folders = self.folder_list().await?;
        folders.retain(|it| grant.is_none_or(|grant| grant.rights().allows_folder(Some(it.id))));
        Ok(folders)
    }

    /// Whether a caller reaches this conversation, be it deleted or not.
    ///
    /// # Errors
    /// As for a conversation that is not there.
    pub async fn check_conversation(
        &self,
        grant: Option<&Grant>,
        id: ConversationId,
    ) -> Result<()> {
        self.check_conversations(grant, vec![id]).await
    }

    /// Whether a caller reaches all of these.
    ///
    /// # Errors
    /// As [`App::check_conversation`].
    pub async fn check_conversations(
        &self,
        grant: Option<&Grant>,
        ids: Vec<ConversationId>,
    ) -> Result<()> {
        let Some(own) = grant.and_then(|grant| grant.rights().folder) else { return Ok(()) };
        let read = self.db.read(move |r| {
            ids.into_iter().try_for_each(|id| match r.conversation_folder(id)? {
                Some(folder) if folder == own => Ok(()),
                _ => Err(hearth_store::Error::ConversationNotFound),
            })
        });
        read.await
    }

    /// Whether a caller reaches the conversation of this message.
    ///
    /// # Errors
    /// As for a message that is not there.
    pub async fn check_message(&self, grant: Option<&Grant>, id: MessageId) -> Result<()> {
        if grant.is_none_or(|grant| grant.rights().folder.is_none()) {
            return Ok(());
        }
        let of = self.db.read(move |r| r.message_conversation(id)).await?;
        let reached = self.check_conversation(grant, of).await;
        reached.map_err(|_| hearth_store::Error::MessageNotFound.into())
    }

    /// Whether an answer may be written for a program anew or on: its question rests on nothing that the
    /// key does not reach.
    ///
    /// # Errors
    /// As for a message, a collection or a document that is not there.
    pub(crate) async fn check_answer(&self, grant: &Grant, id: MessageId) -> Result<()> {
        self.check_message(Some(grant), id).await?;
        let read = self.db.read(move |r| {
            let message = r.message(id)?;
            let question = match message.role {
                Role::Assistant => message.parent.unwrap_or(id),
                _ => id,
            };
            Ok((r.message_collections(question)?, r.message_parts(question)?))
        });
        let (collections, parts) = read.await?;
        self.check_documents(grant, &collections, &parts).await
    }

    /// Whether a caller may read or stop what is written here. It may have ended a while ago.
    pub async fn reaches_generation(
        &self,
        grant: Option<&Grant>,
        generation: GenerationId,
    ) -> bool {
        let Some(grant) = grant else { return true };
        let Some(of) = self.hub.of(&format!("generation/{generation}")) else { return false };
        grant.opens(PortScope::Conversations)
            && self.check_conversation(Some(grant), of).await.is_ok()
    }

    /// The conversations in which answers are written, of those that a caller reaches.
    ///
    /// # Errors
    /// A database that cannot be read.
    pub async fn allowed_generations(&self, grant: Option<&Grant>) -> Result<Vec<ConversationId>> {
        let mut reached = Vec::new();
        for of in self.generation_list() {
            if self.check_conversation(grant, of).await.is_ok() {
                reached.push(of);
            }
        }
        Ok(reached)
    }
}
