// SPDX-License-Identifier: Apache-2.0
//! The images that every sandbox starts with: those of the devcloud, by name.

use super::content::QCOW2_MAGIC;
use super::{data, record};
use crate::api::{Start, Upload, document};
use crate::services::Cloud;

/// The version of the format that a qcow2 image names behind its magic.
const VERSION: u32 = 3;

/// How large the disk in the images says it is, in bytes.
const DISK: u64 = 112 << 20;

pub(super) fn seed(cloud: &mut Cloud, _: &Start<'_, Cloud>) {
    let owner = cloud.identity.project_id("admin");
    for name in ["cirros", "cirros-alt"] {
        let id = cloud.random.uuid();
        let asked = document!({
            "name": name, "disk_format": "qcow2", "container_format": "bare", "visibility": "public", "min_ram": 96,
            "hw_rng_model": "virtio",
        });
        record::register(cloud, &id, &owner, asked);
        let upload = Upload::of(content(cloud).into());
        // What the sandbox starts with is what it says, whatever happens to what users upload.
        let whole = upload.content.clone();
        data::fill(cloud, &id, upload);
        cloud.image.contents.insert(id, whole);
    }
}

/// Some KiB that begin like a qcow2 image.
fn content(cloud: &mut Cloud) -> Vec<u8> {
    let mut content = QCOW2_MAGIC.to_vec();
    content.extend(VERSION.to_be_bytes());
    content.resize(24, 0);
    content.extend(DISK.to_be_bytes());
    content.extend(cloud.random.bytes::<8160>());
    content
}
