// SPDX-License-Identifier: Apache-2.0
//! OpenStack-Helm: OpenStack on Kubernetes. Labels of the nodes say what runs on them.

use async_trait::async_trait;
use base64::Engine;
use functest_core::sut::{
    Access, Credentials, DeploymentStatus, Hardware, Node, NodeStatus, Probe, Role, SdnController,
};
use functest_ssh::Command;
use serde_json::Value;

use super::{HomeDefaults, Recipe, Services, json, no_credentials};
use crate::error::Error;
use crate::format::openstack_release;
use crate::site::Site;

const NAME: &str = "openstack-helm";

/// OpenStack-Helm.
#[derive(Debug)]
pub(super) struct OpenStackHelm;

#[async_trait]
impl Recipe for OpenStackHelm {
    fn name(&self) -> &'static str {
        NAME
    }

    fn home(&self) -> HomeDefaults {
        HomeDefaults::user("ubuntu")
    }

    async fn probe(&self, site: &Site) -> Result<Probe, Error> {
        let found = site.home().look("kubectl get namespace openstack -o json > /dev/null").await?.is_some();
        let evidence = if found {
            "Kubernetes has the namespace openstack"
        } else {
            "there is no Kubernetes with a namespace openstack"
        };
        Ok(Probe { found, evidence: evidence.into() })
    }

    async fn nodes(&self, site: &Site) -> Result<Vec<Node>, Error> {
        let list = get(site, "nodes").await?;
        Ok(list["items"].as_array().into_iter().flatten().map(node).collect())
    }

    async fn credentials(&self, site: &Site, _nodes: &[Node]) -> Result<Credentials, Error> {
        let secret = get(site, "secret keystone-keystone-admin").await?;
        let data =
            secret["data"].as_object().ok_or_else(|| no_credentials(NAME, "the secret keystone-keystone-admin"))?;
        let values = data.iter().filter_map(|(name, value)| Some((name.clone(), decoded(value.as_str()?)?)));
        let variables =
            values.filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name, value.into())).collect();
        let origin = format!("secret keystone-keystone-admin, by {}", site.home().name());
        Ok(Credentials { variables, ca_certificate: None, origin })
    }

    async fn openstack_version(&self, site: &Site, _nodes: &[Node]) -> Result<Option<String>, Error> {
        let pods = get(site, "pods").await?;
        let is_api = |pod: &&Value| pod["metadata"]["labels"]["application"] == "nova";
        let nova = pods["items"].as_array().into_iter().flatten().find(is_api);
        let image = nova.and_then(|pod| pod["spec"]["containers"][0]["image"].as_str()).unwrap_or_default();
        // Images are tagged `2024.1-ubuntu_jammy`: a release, not a version of Nova.
        let tag = image.rsplit(':').next().unwrap_or_default();
        let release: String = tag.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        Ok(match release.starts_with("20") {
            true => Some(release),
            false => openstack_release::of_nova(tag),
        })
    }

    async fn sdn_controller(&self, _site: &Site, _nodes: &[Node]) -> Result<Option<SdnController>, Error> {
        Ok(None)
    }

    async fn status(&self, site: &Site) -> Result<DeploymentStatus, Error> {
        let pods = get(site, "pods").await?;
        let phases: Vec<&str> =
            pods["items"].as_array().into_iter().flatten().filter_map(|pod| pod["status"]["phase"].as_str()).collect();
        Ok(match phases.as_slice() {
            [] => DeploymentStatus::Unknown,
            phases if phases.contains(&"Failed") => DeploymentStatus::Failed,
            phases if phases.contains(&"Pending") => DeploymentStatus::Deploying,
            _ => DeploymentStatus::Active,
        })
    }

    fn services(&self) -> Services {
        Services::Kubernetes
    }
}

async fn get(site: &Site, what: &str) -> Result<Value, Error> {
    let line = format!("kubectl -n openstack get {what} -o json");
    json(NAME, &line, &site.home().ask(Command::shell(&line)).await?)
}

fn node(item: &Value) -> Node {
    let (metadata, status) = (&item["metadata"], &item["status"]);
    let name = metadata["name"].as_str().unwrap_or_default();
    let mut node = Node::new(name, name);
    for (label, role) in [
        ("openstack-control-plane", Role::Controller),
        ("openstack-compute-node", Role::Compute),
        ("openstack-network-node", Role::Network),
        ("ceph-osd", Role::Storage),
    ] {
        if metadata["labels"][label] == "enabled" {
            node.add_role(role);
        }
    }
    let list = |key: &str| status[key].as_array().cloned().unwrap_or_default();
    let addresses = list("addresses").into_iter().filter(|address| address["type"] == "InternalIP");
    node.addresses = addresses.filter_map(|address| address["address"].as_str().map(str::to_owned)).collect();
    node.access = node.addresses.first().map(|address| Access::new(address, "ubuntu"));
    let ready = list("conditions").into_iter().find(|condition| condition["type"] == "Ready");
    node.status = match ready.as_ref().and_then(|condition| condition["status"].as_str()) {
        Some("True") if item["spec"]["unschedulable"] == true => NodeStatus::Inactive,
        Some("True") => NodeStatus::Active,
        Some("False") => NodeStatus::Error,
        // Its kubelet has not been heard of.
        Some(_) => NodeStatus::Offline,
        None => NodeStatus::Unknown,
    };
    node.architecture = status["nodeInfo"]["architecture"].as_str().map(|arch| match arch {
        "amd64" => "x86_64".to_owned(),
        "arm64" => "aarch64".to_owned(),
        other => other.to_owned(),
    });
    let cpus = status["capacity"]["cpu"].as_str().and_then(|text| text.parse().ok());
    let memory_kib = status["capacity"]["memory"].as_str().and_then(|text| text.strip_suffix("Ki")?.parse().ok());
    node.hardware = cpus.is_some().then(|| Hardware { cpus, memory_kib, ..Hardware::default() });
    node
}

/// What a secret's value stands for.
fn decoded(text: &str) -> Option<String> {
    let bytes = base64::engine::general_purpose::STANDARD.decode(text).ok()?;
    String::from_utf8(bytes).ok()
}
