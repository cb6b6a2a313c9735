// SPDX-License-Identifier: Apache-2.0
//! The kinds of things in a cloud. A kind is data: where it is listed, how one of it is found again, what it belongs to,
//! what is particular about deleting it, and when in a clean-up its turn is. To add one, add a file with its [`Kind`] and its struct, and list it in [`KINDS`].
//!
//! The structs are lenient: what a cloud leaves out is empty, what it adds is passed over, states are texts.

mod flavor;
mod floating_ip;
mod image;
mod keypair;
mod network;
mod port;
mod project;
mod reading;
mod removal;
mod role;
mod router;
mod security_group;
mod server;
mod subnet;
mod user;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::Error;
use crate::rest::{Call, Rest};
use crate::service::Service;

pub use self::flavor::Flavor;
pub use self::floating_ip::FloatingIp;
pub use self::image::Image;
pub use self::keypair::{Keypair, KeypairSecret};
pub use self::network::Network;
pub use self::port::{FixedIp, Port};
pub use self::project::Project;
pub(crate) use self::reading::read;
pub use self::removal::{Insist, Owns, Prepare, Removal};
pub(crate) use self::removal::{Removed, look, remove};
pub use self::role::Role;
pub use self::router::Router;
pub use self::security_group::{SecurityGroup, SecurityGroupRule};
pub use self::server::{Fault, Server};
pub use self::subnet::Subnet;
pub use self::user::User;

/// Every kind that functest makes, in the order in which a clean-up deletes them.
pub const KINDS: &[&Kind] = &[
    &Server::KIND,
    &FloatingIp::KIND,
    &Router::KIND,
    &Port::KIND,
    &Subnet::KIND,
    &Network::KIND,
    &SecurityGroup::KIND,
    &Keypair::KIND,
    &Image::KIND,
    &Flavor::KIND,
    &User::KIND,
    &Project::KIND,
];

/// A kind of thing, as data.
#[derive(Debug)]
pub struct Kind {
    /// Its name, such as `network`.
    pub name: &'static str,
    /// Whose it is.
    pub service: Service,
    /// Where it is made, such as `/networks`.
    pub collection: &'static str,
    /// Where all of it is listed, if not there.
    pub list: &'static str,
    /// Where one of it is, such as `/networks/{id}`.
    pub item: &'static str,
    /// The key around one of it in a body; empty when there is none.
    pub singular: &'static str,
    /// The key around a list of it.
    pub plural: &'static str,
    /// What an administrator adds to a list to see every project's.
    pub everywhere: &'static [(&'static str, &'static str)],
    /// How one is found again of which only the mark is known.
    pub mark: Mark,
    /// The key that says whose project it belongs to.
    pub owner: Option<Owner>,
    /// The microversion to ask for.
    pub microversion: Option<&'static str>,
    /// What is particular about deleting one.
    pub removal: Removal,
}

/// Where the text stands that is unique in the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// In the name, which lists can be filtered by.
    Name,
    /// In the name, which lists cannot be filtered by.
    UnlistedName,
    /// In the description: names are free, so that a cloud's rules for them can be tried.
    Description,
    /// In the name, which is the id in its user's own list.
    UserName,
}

/// Whose project something belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Owner {
    /// The key, such as `project_id`. Lists may be filtered by it.
    pub key: &'static str,
    /// Whether to list what a project has makes one, where it has none: to look again after deleting it would bring it back.
    pub looking_makes_one: bool,
}

impl Owner {
    const PROJECT: Option<Self> = Some(Self { key: "project_id", looking_makes_one: false });
}

/// Something in a cloud.
pub trait Resource: DeserializeOwned + Send + Sync + 'static {
    /// What it is.
    const KIND: Kind;

    /// Its id.
    fn id(&self) -> &str;

    /// Its name; may be empty.
    fn name(&self) -> &str;
}

/// The kind of that name.
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().copied().find(|kind| kind.name == name)
}

impl Kind {
    /// A call that lists it; `everywhere` for every project's.
    pub fn list_call(&self, everywhere: bool) -> Call {
        let route = if self.list.is_empty() { self.collection } else { self.list };
        let call = Call::get(self.service, route, &[]).microversion(self.microversion);
        let query = if everywhere { self.everywhere } else { &[] };
        query.iter().fold(call, |call, (key, value)| call.query(key, value))
    }

    /// A call for the one with that id.
    pub fn get_call(&self, id: &str) -> Call {
        Call::get(self.service, self.item, &[id]).microversion(self.microversion)
    }

    /// The key of one that its mark stands under.
    pub(crate) fn mark_key(&self) -> &'static str {
        if self.mark == Mark::Description { "description" } else { "name" }
    }

    /// The text under `key` of one.
    pub(crate) fn text<'a>(item: &'a Value, key: &str) -> &'a str {
        item.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// The id of one.
    pub(crate) fn id_of<'a>(&self, item: &'a Value) -> &'a str {
        Self::text(item, self.id_key())
    }

    /// One of a list, or what is wrong with it when it has no id: nothing could be asked about it.
    pub(crate) fn with_id(&self, item: Value) -> Result<Value, String> {
        match self.id_of(&item) {
            "" => Err(format!("a {} of the list has no text under `{}`", self.name, self.id_key())),
            _ => Ok(item),
        }
    }

    fn id_key(&self) -> &'static str {
        if self.mark == Mark::UserName { "name" } else { "id" }
    }
}

impl Rest {
    /// The one with that id.
    ///
    /// # Errors
    /// As [`Rest::send`]; with status 404 when there is none.
    pub async fn get<R: Resource>(&self, id: &str) -> Result<R, Error> {
        let answer = self.send(R::KIND.get_call(id)).await?;
        read(answer.read(R::KIND.singular)?).map_err(|why| answer.unexpected(why))
    }

    /// All that a list with these filters shows. What is not what the API promises is passed over with a warning: it is
    /// somebody else's, as a rule.
    ///
    /// # Errors
    /// As [`Rest::list`].
    pub async fn all<R: Resource>(&self, filters: &[(&str, &str)]) -> Result<Vec<R>, Error> {
        self.those::<R>(filters, &|_| false).await
    }

    /// The same, where those that `must` be there have to be what the API promises.
    async fn those<R: Resource>(
        &self,
        filters: &[(&str, &str)],
        must: &(dyn Fn(&Value) -> bool + Sync),
    ) -> Result<Vec<R>, Error> {
        let call = filters.iter().fold(R::KIND.list_call(false), |call, (key, value)| call.query(key, value));
        let take = |item: Value| {
            let item = unwrapped::<R>(item);
            let must = must(&item);
            match read::<R>(item) {
                Ok(one) => Ok(Some(one)),
                Err(why) if must => Err(why),
                Err(why) => {
                    self.observer().warn(format!("passed over in a list: {why}"));
                    Ok(None)
                }
            }
        };
        self.list_of(call, R::KIND.plural, take).await
    }

    /// Deletes one without a word to any ledger: to see what the cloud says to it.
    ///
    /// # Errors
    /// As [`Rest::send`].
    pub async fn remove<R: Resource>(&self, id: &str) -> Result<(), Error> {
        let kind = R::KIND;
        self.send(Call::delete(kind.service, kind.item, &[id]).microversion(kind.microversion)).await.map(drop)
    }

    /// The ones of exactly that name.
    ///
    /// # Errors
    /// As [`Rest::list`].
    pub async fn named<R: Resource>(&self, name: &str) -> Result<Vec<R>, Error> {
        let filtered = R::KIND.mark != Mark::UnlistedName;
        let filters = if filtered { vec![("name", name)] } else { Vec::new() };
        let mut found = self.those::<R>(&filters, &|item| Kind::text(item, "name") == name).await?;
        found.retain(|one| one.name() == name);
        Ok(found)
    }
}

/// Lists of key pairs wrap each of them once more.
fn unwrapped<R: Resource>(mut item: Value) -> Value {
    match item.get_mut(R::KIND.singular).filter(|inner| inner.is_object()) {
        Some(inner) => inner.take(),
        None => item,
    }
}

/// The two accessors of a resource that has an `id` and a `name`.
macro_rules! id_and_name {
    () => {
        fn id(&self) -> &str {
            &self.id
        }

        fn name(&self) -> &str {
            &self.name
        }
    };
}
use id_and_name;
