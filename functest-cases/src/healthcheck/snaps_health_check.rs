// SPDX-License-Identifier: Apache-2.0
//! `snaps_health_check`: a server gets its port's address by DHCP.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use functest_core::case::{CaseError, Check, CheckError, Ended, check, specs_of};
use functest_core::driver::SingleCase;
use functest_core::event::Level;
use functest_core::need::{Needs, Requirement};
use functest_core::pattern::{Pattern, PatternError};
use functest_core::settings::{CaseSettings, Seconds};
use functest_core::{Ctx, TestCase};
use functest_openstack::resource::{Flavor, Image, Network, Port, Server, Subnet};
use functest_openstack::wait::{self, Observation};
use functest_openstack::{CaseCloud, Scope, Service};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::check::cidr_problem;
use super::flavor_source::FlavorSource;
use super::image_source::{self, ImageSource};

/// Settings of `snaps_health_check`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Settings {
    /// A file to boot from; it is uploaded, and wins over `image`.
    pub image_file: Option<PathBuf>,
    /// The format of `image_file`.
    pub image_format: String,
    /// The name or id of an image in the cloud, or the beginning of a name.
    pub image: String,
    /// An existing flavor's name. Default: one is made; without an administrator, the smallest with that much memory is used.
    pub flavor: Option<String>,
    /// Memory of the flavor, in MiB.
    pub flavor_ram: u64,
    /// Disk of the flavor that is made, in GiB.
    pub flavor_disk: u64,
    /// Extra specs of the flavor that is made, such as `hw:mem_page_size: large`.
    pub flavor_extra_specs: std::collections::BTreeMap<String, String>,
    /// The addresses of the network that is made.
    pub cidr: String,
    /// What the console shows when the address was given; `{ip}` stands for the port's address.
    pub lease_pattern: String,
    /// For the image's upload, in seconds.
    pub upload_deadline: Seconds,
    /// Until the server is ACTIVE, in seconds.
    pub boot_deadline: Seconds,
    /// Until the lease is on the console of a server that is ACTIVE, in seconds.
    pub lease_deadline: Seconds,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            image_file: None,
            image_format: "qcow2".into(),
            image: "cirros".into(),
            flavor: None,
            flavor_ram: 256,
            flavor_disk: 10,
            flavor_extra_specs: Default::default(),
            cidr: "10.0.0.0/24".into(),
            lease_pattern: r"(?i)(lease of|leased|bound to|DHCPACK[^0-9]*)\s*{ip}(?![0-9.]*[0-9])".into(),
            upload_deadline: Seconds(600.0),
            boot_deadline: Seconds(300.0),
            lease_deadline: Seconds(180.0),
        }
    }
}

impl CaseSettings for Settings {
    fn problem(&self) -> Option<(&'static str, String)> {
        let pattern = || match lease_pattern(&self.lease_pattern, "192.0.2.1") {
            Ok(_) if self.lease_pattern.contains("{ip}") => None,
            Ok(_) => Some(("lease_pattern", "`{ip}` is missing in it: any address would do".to_owned())),
            Err(error) => Some(("lease_pattern", error.to_string())),
        };
        image_source::problem(self.image_file.as_ref()).or_else(|| cidr_problem(&self.cidr)).or_else(pattern)
    }
}

/// The pattern for one address.
fn lease_pattern(pattern: &str, address: &str) -> Result<Pattern, PatternError> {
    pattern.replace("{ip}", &address.replace('.', r"\.")).parse()
}

pub(super) const CASE: SingleCase<Settings> = SingleCase {
    name: "snaps_health_check",
    class: Some(("functest.opnfv_tests.openstack.snaps.health_check", "HealthCheck")),
    checks: || specs_of(CHECKS),
    needs,
    body: |settings| Box::new(HealthCheck { settings }),
};

fn needs(_: &Settings) -> Needs {
    let services = [Service::Identity, Service::Image, Service::Network, Service::Compute];
    Needs::of(services.map(Requirement::service))
}

const CHECKS: &[Check<Site>] = &[check(
    "check_vm_ip_dhcp",
    "a server with one port becomes ACTIVE, and its console shows that DHCP gave it exactly the port's address",
    |site| Box::pin(site.check_vm_ip_dhcp()),
)];

struct HealthCheck {
    settings: Settings,
}

/// What the check works with.
struct Site {
    ctx: Ctx,
    cloud: Arc<CaseCloud>,
    settings: Settings,
}

#[async_trait]
impl TestCase for HealthCheck {
    async fn run(&self, ctx: &Ctx) -> Result<Ended, CaseError> {
        let site = Site { ctx: ctx.clone(), cloud: ctx.get()?, settings: self.settings.clone() };
        ctx.make_all(CHECKS, &site).await;
        Ok(Ended::default())
    }
}

impl Site {
    async fn check_vm_ip_dhcp(&self) -> Result<(), CheckError> {
        let (ctx, cloud) = (&self.ctx, &self.cloud);
        let scope = &cloud.user;
        let image = self.image(ctx).obtain(scope).await?;
        let flavor = self.flavor().obtain(ctx, cloud).await?;
        let port = self.port(scope).await?;
        let address = port.fixed_ips.first().map(|ip| ip.ip_address.clone());
        let address = address.ok_or_else(|| CheckError::failed("Neutron gave the port no address"))?;
        let server = self.server(scope, &image, &flavor, &port).await?;
        ctx.log(Level::Info, format!("server {} with {address} is being built", server.id));
        let deadline = ctx.deadline(self.settings.boot_deadline.into());
        Server::wait_until_active(scope.rest(), &server.id, deadline).await?;
        ctx.log(Level::Info, format!("server {} is ACTIVE", server.id));
        let line = self.wait_for_lease(ctx, scope, &server, &address).await?;
        ctx.log(Level::Info, format!("DHCP lease seen on the console: {line}"));
        Ok(())
    }

    fn image(&self, ctx: &Ctx) -> ImageSource {
        ImageSource {
            file: self.settings.image_file.clone(),
            name: self.settings.image.clone(),
            format: self.settings.image_format.clone(),
            deadline: ctx.deadline(self.settings.upload_deadline.into()),
        }
    }

    fn flavor(&self) -> FlavorSource<'_> {
        FlavorSource {
            name: self.settings.flavor.as_deref(),
            ram: self.settings.flavor_ram,
            disk: self.settings.flavor_disk,
            extra_specs: &self.settings.flavor_extra_specs,
        }
    }

    async fn port(&self, scope: &Scope) -> Result<Port, CheckError> {
        let network: Network = scope.create(json!({"name": scope.unique_name("net")})).await?;
        let subnet = json!({
            "name": scope.unique_name("subnet"),
            "network_id": network.id,
            "cidr": self.settings.cidr,
            "ip_version": 4,
            "enable_dhcp": true,
        });
        scope.create::<Subnet>(subnet).await?;
        Ok(scope.create(json!({"name": scope.unique_name("port"), "network_id": network.id})).await?)
    }

    async fn server(&self, scope: &Scope, image: &Image, flavor: &Flavor, port: &Port) -> Result<Server, CheckError> {
        let attributes = json!({
            "name": scope.unique_name("server"),
            "imageRef": image.id,
            "flavorRef": flavor.id,
            "networks": [{"port": port.id}],
        });
        Ok(scope.create(attributes).await?)
    }

    /// Waits for the line that says that exactly this address was given.
    async fn wait_for_lease(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        server: &Server,
        address: &str,
    ) -> Result<String, CheckError> {
        let pattern = lease_pattern(&self.settings.lease_pattern, address)
            .map_err(|e| CheckError::Errored(format!("the setting lease_pattern: {e}")))?;
        let observe = || async {
            let console = Server::console(scope.rest(), &server.id).await?;
            let line = console.lines().find(|line| matches!(pattern.is_found_in(line), Ok(true)));
            Ok(match line {
                Some(line) => Observation::Ready(line.trim().to_owned()),
                None => Observation::Pending(match console.lines().rev().find(|line| !line.trim().is_empty()) {
                    Some(last) => format!("a console without it, whose last line is {:?}", last.trim()),
                    None => "an empty console".into(),
                }),
            })
        };
        let what = format!("the DHCP lease of {address} to be on the console of server {}", server.id);
        Ok(wait::until(&what, ctx.deadline(self.settings.lease_deadline.into()), observe).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lease_is_of_exactly_that_address() {
        let pattern = lease_pattern(&Settings::default().lease_pattern, "10.0.0.5").unwrap();
        for line in [
            "udhcpc: lease of 10.0.0.5 obtained from 10.0.0.2, lease time 86400",
            "Lease of 10.0.0.5 obtained, lease time 86400",
            "bound to 10.0.0.5 -- renewal in 43200 seconds.",
            "eth0: leased 10.0.0.5 for 86400 seconds",
            "DHCPACK of 10.0.0.5 from 10.0.0.2",
        ] {
            assert!(pattern.is_found_in(line).unwrap(), "{line}");
        }
        for line in
            ["lease of 10.0.0.50 obtained", "lease of 110.0.0.5 obtained", "ping 10.0.0.5", "inet addr:10.0.0.5"]
        {
            assert!(!pattern.is_found_in(line).unwrap(), "{line}");
        }
    }
}
