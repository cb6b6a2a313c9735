// SPDX-License-Identifier: Apache-2.0
//! Who asks, by a token.

use super::token::Token;
use crate::api::Caller;
use crate::fault::Lie;
use crate::services::Cloud;

/// Whose token it is. `None` when nobody issued it, it has expired or was revoked.
pub(crate) fn caller(cloud: &mut Cloud, token_id: &str) -> Option<Caller> {
    let now = cloud.clock.now();
    let token = cloud.identity.tokens.get(token_id)?;
    let trust = token.trust_id.as_deref().and_then(|id| cloud.identity.trusts.get(id));
    let over = token.expires <= now || trust.is_some_and(|trust| cloud.identity.is_over(trust, now));
    if over || !token.is_still_good(&cloud.identity) || !cloud.identity.still_gives_roles(token_id) {
        return None;
    }
    let token = cloud.identity.tokens.get(token_id)?;
    let Token { user_id, project_id, domain_id, roles, .. } = token.clone();
    let roles: Vec<String> = roles.into_iter().map(|(_, name)| name).collect();
    Some(Caller {
        token_id: token_id.to_owned(),
        user_id,
        project_id,
        domain_id,
        is_admin: roles.iter().any(|role| role == "admin") || cloud.faults.lies(Lie::RoleBordersOpen),
        borderless: cloud.faults.lies(Lie::ProjectBordersOpen),
        roles,
    })
}
