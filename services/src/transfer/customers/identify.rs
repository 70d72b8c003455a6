//! Who a row means: whoever has one of its handles or its e-mail address; with nothing but a name, the only one of that
//! name. Nobody is guessed.

use std::collections::{HashMap, HashSet};

use domain::{
    customers::{CustomerForm, HandleForm},
    sales::Platform,
    text::fold,
    transfer::{
        Reason,
        customers::{Who, handles_cell},
    },
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::{
    Result,
    customers::addresses,
    entities::{customer, customer_address, customer_tag, handle},
    inventory::group,
};

/// A customer with everything that the form shows.
#[derive(Clone)]
pub struct KnownCustomer {
    pub row: customer::Model,
    pub handles: Vec<handle::Model>,
    pub further: Vec<customer_address::Model>,
    pub tags: Vec<String>,
}

impl KnownCustomer {
    /// The form as it is.
    pub fn form(&self) -> CustomerForm {
        let row = &self.row;
        CustomerForm {
            name: row.name.clone(),
            email: row.email.clone(),
            phone: row.phone.clone(),
            language: row.language.clone(),
            note: row.note.clone(),
            tags: self.tags.join(", "),
            tax_exempt: row.tax_exempt_at.is_some(),
            tax_id: row.tax_id.clone(),
            handles: self
                .handles
                .iter()
                .map(|handle| HandleForm {
                    id: handle.id.to_string(),
                    platform: handle.platform.clone(),
                    handle: handle.handle.clone(),
                })
                .collect(),
            addresses: addresses::forms(row, &self.further),
            default_address: String::new(),
            filled: String::new(),
        }
    }

    /// The handles as they stand in one cell of a file.
    pub fn handles_cell(&self) -> String {
        let handles: Vec<(Platform, &str)> = self
            .handles
            .iter()
            .filter_map(|handle| Some((Platform::parse(&handle.platform)?, handle.handle.as_str())))
            .collect();
        handles_cell(&handles)
    }
}

/// What was found with a few queries for many rows.
pub struct Known {
    customers: HashMap<Uuid, KnownCustomer>,
    by_handle: HashMap<(String, String), Uuid>,
    by_email: HashMap<String, Vec<Uuid>>,
    by_name: HashMap<String, Vec<Uuid>>,
}

impl Known {
    /// Finds whom some rows may mean.
    pub async fn of(
        connection: &impl ConnectionTrait,
        business_id: Uuid,
        whos: impl Iterator<Item = &Who>,
    ) -> Result<Known> {
        let (mut names, mut emails, mut handles) = (HashSet::new(), HashSet::new(), HashSet::new());
        for who in whos {
            handles.extend(who.handles.iter().map(|(_, handle)| fold(handle)));
            if !who.email.is_empty() {
                emails.insert(fold(&who.email));
            } else if who.handles.is_empty() {
                names.insert(fold(&who.name));
            }
        }
        let handles = handle::Entity::find()
            .filter(handle::Column::BusinessId.eq(business_id))
            .filter(handle::Column::HandleFolded.is_in(handles))
            .all(connection)
            .await?;
        let ids: HashSet<Uuid> = handles.iter().map(|handle| handle.customer_id).collect();
        let mut named = Condition::any().add(customer::Column::Id.is_in(ids));
        // What nothing is asked of is left out, so that the others are found by their indexes.
        if !emails.is_empty() {
            named = named.add(customer::Column::EmailFolded.is_in(emails));
        }
        if !names.is_empty() {
            named = named.add(customer::Column::NameFolded.is_in(names));
        }
        let rows = customer::Entity::find()
            .filter(customer::Column::BusinessId.eq(business_id))
            .filter(customer::Column::MergedInto.is_null())
            .filter(named)
            .all(connection)
            .await?;
        let mut by_email: HashMap<String, Vec<Uuid>> = HashMap::new();
        let mut by_name: HashMap<String, Vec<Uuid>> = HashMap::new();
        for row in &rows {
            if !row.email_folded.is_empty() {
                by_email.entry(row.email_folded.clone()).or_default().push(row.id);
            }
            by_name.entry(row.name_folded.clone()).or_default().push(row.id);
        }
        let by_handle = handles
            .into_iter()
            .map(|handle| ((handle.platform, handle.handle_folded), handle.customer_id))
            .collect();
        let customers = with_all(connection, business_id, rows).await?;
        Ok(Known { customers, by_handle, by_email, by_name })
    }

    /// The id of who is meant, if they are there.
    pub fn id(&self, who: &Who) -> Result<Option<Uuid>, Reason> {
        let of_handle = |(platform, handle): &(domain::sales::Platform, String)| {
            self.by_handle.get(&(platform.as_str().to_owned(), fold(handle))).copied()
        };
        let mut sure: HashSet<Uuid> = who.handles.iter().filter_map(of_handle).collect();
        let of_email = self.by_email.get(&fold(&who.email)).map_or(&[][..], Vec::as_slice);
        match of_email {
            [] => {}
            [one] => {
                sure.insert(*one);
            }
            // A shared address tells nothing where a handle does.
            _ if sure.len() == 1 => {}
            _ => return Err(Reason::SeveralMeant),
        }
        if sure.is_empty() && who.email.is_empty() && who.handles.is_empty() {
            return match self.by_name.get(&fold(&who.name)).map_or(&[][..], Vec::as_slice) {
                [] => Ok(None),
                [one] => Ok(Some(*one)),
                _ => Err(Reason::SeveralMeant),
            };
        }
        match sure.len() {
            0 | 1 => Ok(sure.into_iter().next()),
            _ => Err(Reason::TwoCustomers),
        }
    }

    /// Who is meant, with everything that is known of them.
    pub fn customer(&self, who: &Who) -> Result<Option<KnownCustomer>, Reason> {
        Ok(self.id(who)?.and_then(|id| self.customers.get(&id)).cloned())
    }
}

/// Customers with everything that their forms show.
pub async fn with_all(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    rows: Vec<customer::Model>,
) -> Result<HashMap<Uuid, KnownCustomer>> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let handles = handle::Entity::find()
        .filter(handle::Column::BusinessId.eq(business_id))
        .filter(handle::Column::CustomerId.is_in(ids.iter().copied()))
        .order_by_asc(handle::Column::Id)
        .all(connection)
        .await?;
    let further = customer_address::Entity::find()
        .filter(customer_address::Column::BusinessId.eq(business_id))
        .filter(customer_address::Column::CustomerId.is_in(ids.iter().copied()))
        .order_by_asc(customer_address::Column::CreatedAt)
        .order_by_asc(customer_address::Column::Id)
        .all(connection)
        .await?;
    let tags = customer_tag::Entity::find()
        .filter(customer_tag::Column::BusinessId.eq(business_id))
        .filter(customer_tag::Column::CustomerId.is_in(ids))
        .order_by_asc(customer_tag::Column::Id)
        .all(connection)
        .await?;
    let mut handles = group(handles, |row| row.customer_id);
    let mut further = group(further, |row| row.customer_id);
    let mut tags = group(tags, |row| row.customer_id);
    Ok(rows
        .into_iter()
        .map(|row| {
            let id = row.id;
            let known = KnownCustomer {
                handles: handles.remove(&id).unwrap_or_default(),
                further: further.remove(&id).unwrap_or_default(),
                tags: tags.remove(&id).unwrap_or_default().into_iter().map(|tag| tag.tag).collect(),
                row,
            };
            (id, known)
        })
        .collect())
}
