//! From the authors of comments to customers.

use std::collections::{HashMap, HashSet};

use domain::{customers::search::Searched, sales::Platform, text::fold};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};
use uuid::Uuid;

use super::{customer::new_row, handles::ROWS_AT_ONCE};
use crate::{
    Result,
    database::Write,
    entities::{customer, handle},
    new_id,
};

/// Who wrote a comment, as a paste tells it.
#[derive(Clone, Debug)]
pub struct Author {
    /// The name that is shown beside the comment.
    name: String,
    /// By what the platform knows the author; empty where the paste does not tell.
    profile: String,
    key: AuthorKey,
}

impl Author {
    /// `name` may already end with the profile, as the handles of several people of one name do.
    pub fn new(name: &str, profile: &str) -> Self {
        let end = format!(" ({profile})");
        let name = match profile {
            "" => name,
            _ => name.strip_suffix(end.as_str()).unwrap_or(name),
        };
        Self {
            name: domain::text::tidy(name),
            profile: profile.to_owned(),
            key: AuthorKey { name: fold(name), profile: fold(profile) },
        }
    }

    /// What tells authors apart.
    pub fn key(&self) -> &AuthorKey {
        &self.key
    }

    /// By what the platform knows the author; empty where the paste does not tell.
    pub fn profile(&self) -> &str {
        &self.profile
    }

    /// Whether a handle is theirs. Where both know a profile it decides; otherwise the name does.
    pub fn has(&self, handle: &handle::Model) -> bool {
        match &handle.profile {
            Some(profile) if !self.key.profile.is_empty() => *profile == self.key.profile,
            _ => [&handle.handle_folded, &handle.shown_folded].contains(&&self.key.name),
        }
    }

    /// The handle that tells the author from others of the same name.
    fn apart(&self) -> String {
        format!("{} ({})", self.name, self.profile)
    }

    /// What stands beside the author's comments: the name, and for one of several people of that name the profile too.
    pub fn shown_as(&self, whom: &Whom) -> String {
        if self.profile.is_empty() {
            return self.name.clone();
        }
        let apart = self.apart();
        match whom {
            Whom::Customer { handle, .. } | Whom::New { handle } if fold(handle) == fold(&apart) => apart,
            _ => self.name.clone(),
        }
    }
}

/// What tells authors apart, folded.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AuthorKey {
    name: String,
    profile: String,
}

/// Whom an author of comments is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    /// A customer, and the handle that says so.
    Customer { id: Uuid, handle: String },
    /// Nobody yet; this would be the handle.
    New { handle: String },
    /// One of several customers of this name, and nothing tells which.
    Several,
}

impl Whom {
    /// The customer, if there is one.
    pub fn customer(&self) -> Option<Uuid> {
        match self {
            Self::Customer { id, .. } => Some(*id),
            Self::New { .. } | Self::Several => None,
        }
    }
}

/// Whom each of some authors on a platform is. Where a paste tells the profile of a customer who was known by name alone,
/// the customer is known by it from now on. Authors without a name are left out.
pub async fn recognise<'authors>(
    write: &Write,
    business_id: Uuid,
    platform: Platform,
    authors: impl IntoIterator<Item = &'authors Author>,
) -> Result<HashMap<AuthorKey, Whom>> {
    let mut seen = HashSet::new();
    let authors: Vec<&Author> = authors
        .into_iter()
        .filter(|author| !author.key.name.is_empty() && seen.insert(author.key()))
        .collect();
    let mut of_one_name: HashMap<&str, u32> = HashMap::new();
    for author in &authors {
        *of_one_name.entry(&author.key.name).or_default() += 1;
    }
    let mut found: HashMap<AuthorKey, Whom> = HashMap::new();
    // Who changes their name in the middle of a stream is still one person.
    let mut by_profile: HashMap<&str, Whom> = HashMap::new();
    for some in authors.chunks(ROWS_AT_ONCE / 2) {
        let mut handles = Handles::load(write, business_id, platform, some).await?;
        for author in some {
            let is_alone = of_one_name.get(author.key.name.as_str()) == Some(&1);
            let whom = match by_profile.get(author.key.profile.as_str()) {
                Some(whom) => whom.clone(),
                None => handles.whom(author, is_alone),
            };
            if !author.profile.is_empty() {
                by_profile.insert(&author.key.profile, whom.clone());
            }
            found.insert(author.key().clone(), whom);
        }
        handles.store_learnt(write).await?;
    }
    Ok(found)
}

/// As [`recognise`]; who was not known becomes a customer.
pub async fn customers_of<'authors>(
    write: &Write,
    business_id: Uuid,
    platform: Platform,
    authors: impl IntoIterator<Item = &'authors Author>,
    now: i64,
) -> Result<HashMap<AuthorKey, Whom>> {
    let mut found = recognise(write, business_id, platform, authors).await?;
    let all: Vec<AuthorKey> = found.keys().cloned().collect();
    make_customers(write, business_id, platform, &mut found, all, now).await?;
    Ok(found)
}

/// Makes customers of some of the authors that were recognised, unless they are customers already.
pub async fn make_customers(
    write: &Write,
    business_id: Uuid,
    platform: Platform,
    found: &mut HashMap<AuthorKey, Whom>,
    authors: impl IntoIterator<Item = AuthorKey>,
    now: i64,
) -> Result<()> {
    let new: Vec<(AuthorKey, String)> = authors
        .into_iter()
        .filter_map(|author| match found.get(&author)? {
            Whom::New { handle } => Some((author, handle.clone())),
            _ => None,
        })
        .collect();
    let made = insert(write, business_id, platform, &new, now).await?;
    for (author, handle) in new {
        if let Some(id) = made.get(&fold(&handle)) {
            found.insert(author, Whom::Customer { id: *id, handle });
        }
    }
    Ok(())
}

/// Makes a customer of each handle, and gives them by the folded handle.
async fn insert(
    write: &Write,
    business_id: Uuid,
    platform: Platform,
    authors: &[(AuthorKey, String)],
    now: i64,
) -> Result<HashMap<String, Uuid>> {
    let mut made = HashMap::new();
    let mut unique = HashSet::new();
    let authors: Vec<_> = authors.iter().filter(|(_, handle)| unique.insert(fold(handle))).collect();
    for some in authors.chunks(ROWS_AT_ONCE) {
        let mut customers = Vec::with_capacity(some.len());
        let mut handles = Vec::with_capacity(some.len());
        for (AuthorKey { name: shown, profile }, handle) in some {
            let (id, folded) = (new_id(), fold(handle));
            let name = handle.trim_start_matches('@').to_owned();
            let search = Searched { name: &name, handles: vec![&folded], ..Default::default() }.text();
            customers
                .push(customer::ActiveModel { search: Set(search), ..new_row(id, business_id, name, now) });
            handles.push(handle::ActiveModel {
                id: Set(new_id()),
                business_id: Set(business_id),
                customer_id: Set(id),
                platform: Set(platform.as_str().into()),
                handle: Set(handle.clone()),
                handle_folded: Set(folded.clone()),
                profile: Set((!profile.is_empty()).then(|| profile.clone())),
                shown_folded: Set(shown.clone()),
            });
            made.insert(folded, id);
        }
        customer::Entity::insert_many(customers).exec_without_returning(&**write).await?;
        handle::Entity::insert_many(handles).exec_without_returning(&**write).await?;
    }
    Ok(made)
}

/// Handles of one platform, among them all that could be those of the authors in question.
#[derive(Default)]
struct Handles {
    rows: Vec<handle::Model>,
    by_profile: HashMap<String, usize>,
    by_handle: HashMap<String, usize>,
    /// By the name that is shown, and by the handle itself.
    by_name: HashMap<String, Vec<usize>>,
    /// Those whose profile is new.
    learnt: HashSet<usize>,
}

impl Handles {
    async fn load(
        write: &Write,
        business_id: Uuid,
        platform: Platform,
        authors: &[&Author],
    ) -> Result<Handles> {
        let names = || authors.iter().map(|author| author.key.name.clone());
        let profiled = || authors.iter().filter(|author| !author.profile.is_empty());
        let profiles = || profiled().map(|author| author.key.profile.clone());
        let handles = names().chain(profiles()).chain(profiled().map(|author| fold(&author.apart())));
        // Three questions, because SQLite answers one that has an "or" by reading all handles of the platform.
        let mut rows: Vec<handle::Model> = Vec::new();
        for of_these in [
            handle::Column::HandleFolded.is_in(handles),
            handle::Column::ShownFolded.is_in(names()),
            handle::Column::Profile.is_in(profiles()),
        ] {
            let found = handle::Entity::find()
                .filter(handle::Column::BusinessId.eq(business_id))
                .filter(handle::Column::Platform.eq(platform.as_str()))
                .filter(of_these)
                .all(&**write)
                .await?;
            rows.extend(found);
        }
        rows.sort_unstable_by_key(|row| row.id);
        rows.dedup_by_key(|row| row.id);
        let mut handles = Handles { rows, ..Self::default() };
        for (index, row) in handles.rows.iter().enumerate() {
            handles.by_handle.insert(row.handle_folded.clone(), index);
            handles.by_name.entry(row.handle_folded.clone()).or_default().push(index);
            if row.shown_folded != row.handle_folded {
                handles.by_name.entry(row.shown_folded.clone()).or_default().push(index);
            }
            if let Some(profile) = &row.profile {
                handles.by_profile.insert(profile.clone(), index);
            }
        }
        Ok(handles)
    }

    /// Whom the author is. `is_alone`: nobody else in the paste is called so.
    fn whom(&mut self, author: &Author, is_alone: bool) -> Whom {
        if author.profile.is_empty() { self.by_name(author) } else { self.by_profile(author, is_alone) }
    }

    /// By the name, if only one customer is called so.
    fn by_name(&self, author: &Author) -> Whom {
        let called = self.called(author);
        match called.as_slice() {
            [] => Whom::New { handle: author.name.clone() },
            [first, others @ ..] if others.iter().all(|other| other.customer_id == first.customer_id) => {
                Whom::Customer { id: first.customer_id, handle: first.handle.clone() }
            }
            _ => Whom::Several,
        }
    }

    /// By the profile, which stays the same when a name is changed. A customer who was known by name alone is taken for
    /// the author where nobody else is called so.
    fn by_profile(&mut self, author: &Author, is_alone: bool) -> Whom {
        let of_profile = || {
            let by_handle = |handle: &str| self.by_handle.get(handle).copied();
            let is_open = |index: &usize| self.rows.get(*index).is_some_and(|row| row.profile.is_none());
            self.by_profile
                .get(&author.key.profile)
                .copied()
                .or_else(|| by_handle(&fold(&author.apart())))
                .or_else(|| by_handle(&author.key.profile).filter(is_open))
        };
        let of_name = || match self.by_name.get(&author.key.name).map(Vec::as_slice) {
            Some([index]) if is_alone => {
                self.rows.get(*index).is_some_and(|row| row.profile.is_none()).then_some(*index)
            }
            _ => None,
        };
        if let Some(index) = of_profile().or_else(of_name)
            && let Some(row) = self.rows.get_mut(index)
        {
            if row.profile.is_none() {
                row.profile = Some(author.key.profile.clone());
                self.learnt.insert(index);
            }
            return Whom::Customer { id: row.customer_id, handle: row.handle.clone() };
        }
        let is_only = is_alone && self.called(author).is_empty();
        Whom::New { handle: if is_only { author.name.clone() } else { author.apart() } }
    }

    fn called(&self, author: &Author) -> Vec<&handle::Model> {
        let indices = self.by_name.get(&author.key.name).into_iter().flatten();
        indices.filter_map(|index| self.rows.get(*index)).collect()
    }

    /// Stores the profiles that were learnt. Rows anew instead of an update each: no other row speaks of a handle.
    async fn store_learnt(self, write: &Write) -> Result<()> {
        let learnt: Vec<handle::Model> = self
            .rows
            .into_iter()
            .enumerate()
            .filter(|(index, _)| self.learnt.contains(index))
            .map(|(_, row)| row)
            .collect();
        if learnt.is_empty() {
            return Ok(());
        }
        handle::Entity::delete_many()
            .filter(handle::Column::BusinessId.is_in(learnt.iter().map(|row| row.business_id)))
            .filter(handle::Column::Id.is_in(learnt.iter().map(|row| row.id)))
            .exec(&**write)
            .await?;
        let rows = learnt.into_iter().map(|row| row.into_active_model().reset_all());
        handle::Entity::insert_many(rows).exec_without_returning(&**write).await?;
        Ok(())
    }
}
