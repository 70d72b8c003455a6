//! A buyer as a seller types one: found if known, made if new, and never guessed.

use std::collections::{HashMap, HashSet};

use domain::{
    problem::{Code, FieldCode, Problem},
    sales::Platform,
    text::{fold, search_fold},
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter, QuerySelect, prelude::Expr};
use uuid::Uuid;

use super::{
    authors::{Author, Whom, customers_of},
    customer::find,
};
use crate::{
    Result,
    database::Write,
    entities::{customer, handle},
    inventory::list::containing,
};

/// Customers whose words hold a name; one of them may have it.
const LOOKED_THROUGH: u64 = 1_000;
/// Names looked for in one question.
const NAMES_AT_ONCE: usize = 100;

/// The customer that `typed` means: an id, a handle on this platform, a name, or a handle elsewhere, in this order. Who
/// is not known becomes a customer of this platform.
///
/// # Errors
/// Several customers can be meant; `buyer` is the field's name then.
pub(crate) async fn named(
    write: &Write,
    business_id: Uuid,
    platform: Platform,
    typed: &str,
    now: i64,
) -> Result<Uuid> {
    if let Ok(id) = Uuid::parse_str(typed) {
        let known = find(&**write, business_id, id).await?;
        return Ok(known.merged_into.unwrap_or(known.id));
    }
    let known = all_named(write, business_id, platform, [typed], now).await?;
    let known = known.get(typed).copied().ok_or(Code::NotFound)?;
    known.ok_or_else(|| Problem::field("buyer", FieldCode::NotAChoice).into())
}

/// As [`named`], for many at once and without ids. Nothing stands beside a name that several customers have.
pub(crate) async fn all_named<'typed>(
    write: &Write,
    business_id: Uuid,
    platform: Platform,
    typed: impl IntoIterator<Item = &'typed str>,
    now: i64,
) -> Result<HashMap<String, Option<Uuid>>> {
    let bare = |typed: &str| fold(typed.trim_start_matches('@'));
    let typed: HashSet<&str> = typed.into_iter().collect();
    let wanted: Vec<String> =
        typed.iter().map(|typed| bare(typed)).collect::<HashSet<String>>().into_iter().collect();
    let mut found: HashMap<String, Found> = HashMap::new();
    for some in wanted.chunks(NAMES_AT_ONCE) {
        let handles = handle::Entity::find()
            .filter(handle::Column::BusinessId.eq(business_id))
            .filter(handle::Column::HandleFolded.is_in(some))
            .all(&**write)
            .await?;
        for handle in handles {
            let found = found.entry(handle.handle_folded).or_default();
            if handle.platform == platform.as_str() {
                found.here = Some(handle.customer_id);
            }
            found.elsewhere.insert(handle.customer_id);
        }
        let search = || Expr::col(customer::Column::Search);
        let of_these = some
            .iter()
            .fold(Condition::any(), |any, name| any.add(search().like(containing(&search_fold(name)))));
        let customers = customer::Entity::find()
            .select_only()
            .columns([customer::Column::Id, customer::Column::Name])
            .filter(customer::Column::BusinessId.eq(business_id))
            .filter(customer::Column::MergedInto.is_null())
            .filter(of_these)
            .limit(LOOKED_THROUGH * some.len() as u64)
            .into_tuple::<(Uuid, String)>()
            .all(&**write)
            .await?;
        for (id, name) in customers {
            let name = fold(&name);
            if some.contains(&name) {
                found.entry(name).or_default().of_this_name.insert(id);
            }
        }
    }
    let unknown = typed.iter().filter(|typed| !found.contains_key(&bare(typed)));
    let author = |typed: &str| Author::new(typed.trim_start_matches('@'), "");
    let unknown: Vec<Author> = unknown.map(|typed| author(typed)).collect();
    let made = customers_of(write, business_id, platform, &unknown, now).await?;
    let customers = typed.into_iter().map(|typed| {
        let name = bare(typed);
        let customer = match found.get(&name) {
            Some(found) => found.customer(),
            None => made.get(author(typed).key()).and_then(Whom::customer),
        };
        (typed.to_owned(), customer)
    });
    Ok(customers.collect())
}

/// Customers that a name may mean.
#[derive(Default)]
struct Found {
    here: Option<Uuid>,
    of_this_name: HashSet<Uuid>,
    elsewhere: HashSet<Uuid>,
}

impl Found {
    /// The one that is meant, unless it could be several.
    fn customer(&self) -> Option<Uuid> {
        if self.here.is_some() {
            return self.here;
        }
        let known = [&self.of_this_name, &self.elsewhere].into_iter().find(|known| !known.is_empty())?;
        (known.len() == 1).then(|| known.iter().next().copied()).flatten()
    }
}
