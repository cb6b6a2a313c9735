// SPDX-License-Identifier: Apache-2.0
//! What the cases of a run are given, and by whom. `openstack check` asks the same ones.

use std::path::Path;
use std::sync::Arc;

use functest_core::Provider;
use functest_core::ledger::Journal;
use functest_core::provider::{JournalProvider, Providers, WorkingFolderProvider};
use functest_drivers::ToolProvider;
use functest_installers::{NodesProvider, Shells, Sut};
use functest_openstack::provider::CloudOffers;
use functest_openstack::{CloudProvider, Connection};

use super::no_cloud::NoCloud;
use super::settings::RunSettings;
use crate::embed::Functest;
use crate::error::Error;
use crate::noun::sut::SutRequest;

/// A run's own things, which providers work with.
pub(super) struct Site<'a> {
    pub(super) folder: &'a Path,
    pub(super) journal: Arc<Journal>,
    /// `None` when nobody needs a cloud.
    pub(super) cloud: Option<Result<Connection, NoCloud>>,
    pub(super) sut: Option<&'a Sut>,
    /// What was said about the way to nodes.
    pub(super) reach: &'a SutRequest,
}

impl Functest {
    /// What the cases of a run are given.
    pub(super) async fn providers(&self, settings: &RunSettings, site: Site<'_>) -> Result<Providers, Error> {
        let cloud: Option<Arc<dyn Provider>> = match site.cloud {
            Some(Ok(connection)) => match CloudOffers::new(connection).await {
                Ok(offers) => Some(Arc::new(settings.cloud_provider(offers, Arc::clone(&site.journal)))),
                Err(error) => Some(Arc::new(NoCloud::of(error.into())?)),
            },
            Some(Err(no_cloud)) => Some(Arc::new(no_cloud)),
            None => None,
        };
        let nodes = self.nodes_provider(site.sut, site.reach)?;
        let mut all: Vec<Arc<dyn Provider>> = vec![Arc::new(JournalProvider(site.journal))];
        all.extend(self.in_order(site.folder, nodes, cloud));
        Ok(Providers::new(all))
    }

    /// In the order in which they are opened: what others may need comes first.
    fn in_order(
        &self,
        folder: &Path,
        nodes: Option<NodesProvider>,
        cloud: Option<Arc<dyn Provider>>,
    ) -> Vec<Arc<dyn Provider>> {
        let mut all: Vec<Arc<dyn Provider>> =
            vec![Arc::new(WorkingFolderProvider::new(folder)), Arc::new(ToolProvider)];
        if let Some(nodes) = nodes {
            all.push(Arc::new(nodes));
        }
        all.extend(cloud);
        all.extend(self.providers.iter().cloned());
        all
    }

    /// The nodes of the system that was found, or else of the installer that this functest was given.
    fn nodes_provider(&self, sut: Option<&Sut>, reach: &SutRequest) -> Result<Option<NodesProvider>, Error> {
        if let Some(sut) = sut {
            return Ok(Some(sut.clone().into()));
        }
        let Some(installer) = &self.installer else { return Ok(None) };
        let shells = Shells::new(self.sut().config(reach)?);
        Ok(Some(NodesProvider::new(Arc::clone(installer), shells)))
    }
}

impl RunSettings {
    fn cloud_provider(&self, offers: CloudOffers, journal: Arc<Journal>) -> CloudProvider {
        let cloud = CloudProvider::new(offers, journal, self.scaled(self.clean_deadline));
        let cloud = if self.given_project { cloud.in_given_project() } else { cloud };
        match &self.new_user_role {
            Some(role) => cloud.with_role(role),
            None => cloud,
        }
    }
}

/// Who would answer for a cloud's part of a run's needs, and for everything else, without making anything.
///
/// # Errors
/// When the catalog cannot be read.
pub(crate) async fn cloud_offers(
    functest: &Functest,
    connection: Connection,
    sut: Option<&Sut>,
) -> Result<Providers, Error> {
    let nodes = functest.nodes_provider(sut, &SutRequest::default())?;
    let cloud = Arc::new(CloudOffers::new(connection).await?);
    Ok(Providers::new(functest.in_order(functest.state.path(), nodes, Some(cloud))))
}
