// SPDX-License-Identifier: Apache-2.0
//! Every reader of what tools and people write: no bytes may make one panic, or take for ever.
#![no_main]

use functest_installers::format::{ansible::Inventory, environment, juju, openstack_release, pharos, pod_yaml, table};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let inventories = [Inventory::from_json(&text), Inventory::from_yaml(&text), Inventory::from_ini(&text)];
    for inventory in inventories.into_iter().flatten() {
        inventory.nodes(|group| Some(group.into()), false, "root");
    }
    if let Ok(status) = juju::Status::read(&text) {
        status.nodes("ubuntu");
    }
    let _ = (pod_yaml::read(&text), pharos::read(&text), table::read(&text));
    let _ = (environment::openstack_variables(&text), openstack_release::of_nova(&text));
});
