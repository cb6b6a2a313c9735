// SPDX-License-Identifier: Apache-2.0
//! Definitions of metadata: namespaces, and what is in them.

pub(super) mod namespace;
pub(super) mod part;
pub(super) mod resource_type;
pub(super) mod tag;

pub(super) use self::namespace::Namespace;
