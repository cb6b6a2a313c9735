// SPDX-License-Identifier: Apache-2.0
//! Glance.

mod content;
mod data;
mod import;
mod info;
mod listing;
mod member;
mod metadef;
mod patch;
mod record;
mod schema;
mod seed;
mod state;
mod tag;
mod version;

pub(crate) use self::data::{copy_of, fill};
pub(crate) use self::record::{properties, register, visible};
pub(crate) use self::state::State;
use crate::api::{Api, ApiError, Call, Paths, Reply, html_page};
use crate::services::Cloud;

/// The Image service.
pub(crate) const API: Api<Cloud> = Api {
    service_type: "image",
    name: "glance",
    catalog_place: 2,
    version_path: "",
    routes: &[
        version::ROUTES,
        schema::ROUTES,
        info::ROUTES,
        record::ROUTES,
        data::ROUTES,
        import::ROUTES,
        tag::ROUTES,
        member::ROUTES,
        metadef::namespace::ROUTES,
        metadef::part::ROUTES,
        metadef::tag::ROUTES,
        metadef::resource_type::ROUTES,
    ],
    body_limit: 1 << 20,
    // An image's id may be empty to Glance: /v2/images//tags is not /v2/images/tags.
    paths: Paths { ignores_last_slash: false, ..Paths::USUAL },
    admit: |_| Ok(()),
    refuse,
    finish: |_, _| {},
    seed: seed::seed,
    inventory: |cloud| cloud.image.inventory(),
};

/// Glance says no in HTML.
fn refuse(_: &Call, error: &ApiError) -> Reply {
    match error.kind {
        ApiError::POLICY => html_page(&ApiError {
            message: format!("You are not authorized to complete {} action.", error.message),
            ..error.clone()
        }),
        _ => html_page(error),
    }
}
