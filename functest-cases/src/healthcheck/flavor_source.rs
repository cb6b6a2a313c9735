// SPDX-License-Identifier: Apache-2.0
//! Where a case's flavor comes from: it is made, named, or chosen from what is there.

use std::collections::BTreeMap;

use functest_core::Ctx;
use functest_core::case::CheckError;
use functest_core::event::Level;
use functest_openstack::resource::Flavor;
use functest_openstack::{CaseCloud, Scope};
use serde_json::json;

/// What a case says about its flavor.
pub(super) struct FlavorSource<'a> {
    /// The name of one that is there.
    pub(super) name: Option<&'a str>,
    /// Memory, in MiB.
    pub(super) ram: u64,
    /// Disk, in GiB.
    pub(super) disk: u64,
    /// Extra specs of one that is made.
    pub(super) extra_specs: &'a BTreeMap<String, String>,
}

impl FlavorSource<'_> {
    /// The flavor that is named; else one that is made; else, without an administrator, the smallest that suffices.
    pub(super) async fn obtain(&self, ctx: &Ctx, cloud: &CaseCloud) -> Result<Flavor, CheckError> {
        let flavor = match (self.name, &cloud.admin) {
            (Some(name), _) => {
                let found = cloud.user.rest().named::<Flavor>(name).await?.into_iter().next();
                found.ok_or_else(|| CheckError::Errored(format!("there is no flavor `{name}`")))?
            }
            (None, Some(admin)) => return self.make(admin).await,
            (None, None) => self.choose(ctx, &cloud.user).await?,
        };
        cloud.user.adopt(&flavor).await?;
        Ok(flavor)
    }

    async fn make(&self, admin: &Scope) -> Result<Flavor, CheckError> {
        let name = admin.unique_name("flavor");
        let attributes = json!({"name": name, "ram": self.ram, "disk": self.disk, "vcpus": 1});
        let flavor: Flavor = admin.create(attributes).await?;
        if !self.extra_specs.is_empty() {
            flavor.set_extra_specs(admin.rest(), json!({"extra_specs": self.extra_specs})).await?;
        }
        Ok(flavor)
    }

    async fn choose(&self, ctx: &Ctx, user: &Scope) -> Result<Flavor, CheckError> {
        let needs_admin = "no flavor is made, which takes an administrator in a project of the case's own";
        if !self.extra_specs.is_empty() {
            let words = format!("{needs_admin}: set `flavor` to one that has the extra specs of `flavor_extra_specs`");
            return Err(CheckError::Errored(words));
        }
        let flavors = user.rest().all::<Flavor>(&[]).await?;
        let flavor = self.smallest(flavors).ok_or_else(|| {
            let words = format!("{needs_admin}; none that is there has {} MiB of memory: set `flavor`", self.ram);
            CheckError::Errored(words)
        })?;
        ctx.log(Level::Info, format!("{needs_admin}: `{}` is used", flavor.name));
        Ok(flavor)
    }

    fn smallest(&self, flavors: Vec<Flavor>) -> Option<Flavor> {
        let suffices = |flavor: &Flavor| flavor.ram >= self.ram;
        flavors.into_iter().filter(suffices).min_by_key(|flavor| (flavor.ram, flavor.vcpus, flavor.disk))
    }
}
