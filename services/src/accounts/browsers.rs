//! Browsers in which a member signed in before. Strangers who guess at a member's password are throttled by the e-mail
//! address, which everybody who gets an invoice knows; a known browser has a count of its own, so that they keep out nobody
//! but themselves.
//!
//! A browser keeps one random token, whoever signs in there; the table holds its hash beside each of its members. The token
//! opens nothing by itself.

use domain::time::DAY;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
    sea_query::OnConflict,
};
use uuid::Uuid;

use super::session::{hash, random_token};
use crate::{Result, database::Write, entities::known_browser};

/// How long a browser is known after the last sign-in there.
pub const BROWSER_LIFE: i64 = 180 * DAY;
/// Browsers that are known of one member; the one that was used least lately is forgotten first.
const BROWSERS_OF_A_MEMBER: u64 = 20;

/// What a browser is known by. It has no `Debug`, because it is a secret of that browser.
pub struct BrowserToken(String);

impl BrowserToken {
    /// The value of the cookie.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The hash by which a browser is known, if the member signed in there lately.
pub(super) async fn find(
    connection: &impl ConnectionTrait,
    member_id: Uuid,
    token: Option<&str>,
    now: i64,
) -> Result<Option<Vec<u8>>> {
    let Some(token) = token else { return Ok(None) };
    let known = known_browser::Entity::find_by_id((hash(token), member_id))
        .filter(known_browser::Column::SeenAt.gt(now - BROWSER_LIFE))
        .one(connection)
        .await?;
    Ok(known.map(|known| known.token_hash))
}

/// Knows a browser from now on. One that has a token of ours keeps it; whatever else it sends is not taken over.
pub(super) async fn remember(
    write: &Write,
    member_id: Uuid,
    token: Option<&str>,
    now: i64,
) -> Result<BrowserToken> {
    use known_browser::Column::{MemberId, SeenAt, TokenHash};
    let ours = match token {
        Some(token) => {
            let known = known_browser::Entity::find().filter(TokenHash.eq(hash(token))).one(&**write).await?;
            known.map(|_| token.to_owned())
        }
        None => None,
    };
    let token = match ours {
        Some(token) => token,
        None => random_token()?,
    };
    let row = known_browser::ActiveModel {
        token_hash: Set(hash(&token)),
        member_id: Set(member_id),
        created_at: Set(now),
        seen_at: Set(now),
    };
    known_browser::Entity::insert(row)
        .on_conflict(OnConflict::columns([TokenHash, MemberId]).update_column(SeenAt).to_owned())
        .exec_without_returning(&**write)
        .await?;
    let beyond = known_browser::Entity::find()
        .filter(MemberId.eq(member_id))
        .order_by_desc(SeenAt)
        .order_by_desc(TokenHash)
        .offset(BROWSERS_OF_A_MEMBER)
        .limit(BROWSERS_OF_A_MEMBER)
        .all(&**write)
        .await?;
    for browser in beyond {
        known_browser::Entity::delete_by_id((browser.token_hash, browser.member_id)).exec(&**write).await?;
    }
    Ok(BrowserToken(token))
}
