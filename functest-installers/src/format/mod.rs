// SPDX-License-Identifier: Apache-2.0
//! The forms in which tools and people write down what there is. Reading is a function of the text alone; no text makes it
//! panic.

pub mod ansible;
pub mod environment;
pub mod juju;
pub mod openstack_release;
pub mod pharos;
pub mod pod_yaml;
pub mod table;
