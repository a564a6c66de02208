//! What a key reaches: the model that it gets, the collections that it may search. What it may not
//! reach is answered as what is not there, so that it does not learn that it is.

use hearth_domain::{
    Collection, CollectionId, DocumentPart, FileId, Model, ModelId, PassageRequest, PortProfile,
    PortScope,
};

use super::Grant;
use crate::{App, Error, Result};

impl App {
    /// The guardrails of a program at the port: those of its key, or the usual ones.
    pub(crate) fn port_profile(&self, grant: Option<&Grant>) -> PortProfile {
        let own = grant.and_then(|grant| grant.rights().profile);
        own.unwrap_or_else(|| self.settings().guard.port)
    }

    /// The model that a caller gets: the one it names, or the default one, or the first that its key
    /// may use where the default one is not among them.
    ///
    /// # Errors
    /// [`Error::ModelNotFound`] for one that the key may not use.
    pub fn allowed_model(
        &self,
        grant: Option<&Grant>,
        asked: Option<ModelId>,
    ) -> Result<Option<ModelId>> {
        let Some(allowed) = grant.and_then(|grant| grant.rights().models.as_ref()) else {
            return Ok(asked);
        };
        let wanted = match asked {
            Some(id) => Some(id),
            None => {
                let default = Some(self.default_model()?).filter(|id| allowed.contains(id));
                default.or_else(|| allowed.first().cloned())
            }
        };
        wanted.filter(|id| allowed.contains(id)).ok_or(Error::ModelNotFound).map(Some)
    }

    /// The models that a caller may know of.
    ///
    /// # Errors
    /// As [`App::model_list`].
    pub async fn allowed_models(&self, grant: Option<&Grant>) -> Result<Vec<Model>> {
        let mut models = self.model_list().await?;
        models.retain(|model| grant.is_none_or(|grant| grant.allows_model(&model.id)));
        Ok(models)
    }

    /// The collections that a caller may search.
    ///
    /// # Errors
    /// A database that cannot be read.
    pub async fn allowed_collections(&self, grant: Option<&Grant>) -> Result<Vec<Collection>> {
        let mut all = self.collection_list().await?;
        all.retain(|it| grant.is_none_or(|grant| grant.allows_collection(it.id)));
        Ok(all)
    }

    /// The collection that a caller names by its id or by its name.
    ///
    /// # Errors
    /// No such collection among those that it may search, or a database that cannot be read.
    pub async fn allowed_collection(
        &self,
        grant: Option<&Grant>,
        named: &str,
    ) -> Result<Collection> {
        let collection = match named.parse::<CollectionId>() {
            Ok(id) => self.collection_get(id).await?,
            Err(_) => self.collection_find(named.to_owned()).await?,
        };
        check_collection(grant, collection.id)?;
        Ok(collection)
    }

    /// A search as its caller may make it: of the collections that it may search.
    ///
    /// # Errors
    /// A collection or a document among those named that the key may not search, or none at all.
    pub async fn allowed_search(
        &self,
        grant: Option<&Grant>,
        mut request: PassageRequest,
    ) -> Result<PassageRequest> {
        if grant.is_none_or(|grant| grant.rights().collections.is_none()) {
            return Ok(request);
        }
        self.check_named(grant, &request.collections, &request.parts).await?;
        if request.collections.is_empty() && request.parts.is_empty() {
            let all = self.allowed_collections(grant).await?;
            request.collections = all.into_iter().map(|collection| collection.id).collect();
        }
        // Nothing named would mean all of them.
        if request.collections.is_empty() && request.parts.is_empty() {
            return Err(hearth_store::Error::CollectionNotFound.into());
        }
        Ok(request)
    }

    /// Whether a caller may read this file.
    ///
    /// # Errors
    /// As for a file that is not there.
    pub async fn check_file(&self, grant: Option<&Grant>, file: FileId) -> Result<()> {
        let of = self.db.read(move |r| r.file(file)).await?.collection;
        check_collection(grant, of).map_err(|_| hearth_store::Error::DocumentNotFound.into())
    }

    /// Whether an answer for a program may rest on these.
    ///
    /// # Errors
    /// A collection or a document among them that the key may not search.
    pub(crate) async fn check_documents(
        &self,
        grant: &Grant,
        collections: &[CollectionId],
        parts: &[DocumentPart],
    ) -> Result<()> {
        if collections.is_empty() && parts.is_empty() {
            return Ok(());
        }
        if !grant.opens(PortScope::Documents) {
            return Err(hearth_store::Error::CollectionNotFound.into());
        }
        self.check_named(Some(grant), collections, parts).await
    }

    async fn check_named(
        &self,
        grant: Option<&Grant>,
        collections: &[CollectionId],
        parts: &[DocumentPart],
    ) -> Result<()> {
        for part in parts {
            self.check_part(grant, part.clone()).await?;
        }
        collections.iter().try_for_each(|id| check_collection(grant, *id))
    }

    /// Whether a caller may search this part of the library. A tag crosses collections: it is for those
    /// who may search all of them.
    async fn check_part(&self, grant: Option<&Grant>, part: DocumentPart) -> Result<()> {
        let source = match part {
            DocumentPart::File { id } => return self.check_file(grant, id).await,
            DocumentPart::Folder { source, .. } => source,
            DocumentPart::Tag { .. } => {
                let all = grant.is_none_or(|grant| grant.rights().collections.is_none());
                let missing = || hearth_store::Error::DocumentNotFound.into();
                return all.then_some(()).ok_or_else(missing);
            }
        };
        let sources = self.db.read(|r| r.sources()).await?;
        let found = sources.into_iter().find(|(_, known, _)| known.id == source);
        let (of, ..) = found.ok_or(hearth_store::Error::DocumentNotFound)?;
        check_collection(grant, of).map_err(|_| hearth_store::Error::DocumentNotFound.into())
    }
}

/// Whether a caller may search this collection.
///
/// # Errors
/// As for a collection that is not there.
pub fn check_collection(grant: Option<&Grant>, id: CollectionId) -> Result<()> {
    let attached = id == CollectionId::ATTACHED;
    if grant.is_none_or(|grant| !attached && grant.allows_collection(id)) {
        Ok(())
    } else {
        Err(hearth_store::Error::CollectionNotFound.into())
    }
}
