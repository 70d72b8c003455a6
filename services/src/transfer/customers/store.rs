//! Writing customers in bulk: a few statements for hundreds of them.

use domain::{
    address::PostalAddress,
    customers::{AddressInput, CustomerForm, CustomerInput, search::Searched},
    text::fold,
    transfer::customers::Who,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, Iterable, QueryFilter, Set,
    sea_query::OnConflict,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::CustomerWork;
use crate::{
    Error, Result,
    customers::{address, addresses, customer::new_row, handles, search},
    database::Write,
    entities::{customer, customer_address, customer_tag, handle},
    new_id,
    transfer::plan::{Done, Planned, Reader, Work, to_journal},
};

/// Rows written with one statement: a customer has many columns.
const ROWS_AT_ONCE: usize = 300;

/// How a customer was before an import.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerJournal {
    /// The moment that the import wrote: whoever changes the customer later writes another.
    pub at: i64,
    /// Nothing for a new customer.
    pub form: Option<CustomerForm>,
    pub blocked_at: Option<i64>,
}

/// Writes what was planned.
pub async fn carry_out(
    reader: &Reader<'_>,
    write: &Write,
    planned: Vec<Planned>,
    now: i64,
) -> Result<Vec<Done>> {
    let works: Vec<&CustomerWork> = planned
        .iter()
        .filter_map(|one| match &one.work {
            Work::Customer(work) => Some(&**work),
            _ => None,
        })
        .collect();
    let mut ids = write_customers(write, reader.importer.actor.business_id, &works, now).await?.into_iter();
    planned
        .into_iter()
        .map(|one| {
            let Planned { line, label, kind, problems, subject_id, work, .. } = one;
            let mut done = Done { line, label, kind, problems, subject_id, journal: String::new() };
            if let Work::Customer(work) = work {
                done.subject_id = Some(ids.next().ok_or(Error::Fault("a customer was not written"))?);
                let blocked_at = work.known.and_then(|known| known.row.blocked_at);
                done.journal = to_journal(&CustomerJournal { at: now, form: work.before, blocked_at })?;
            }
            Ok(done)
        })
        .collect()
}

/// Writes customers who are new or known, and gives their ids in the same order.
pub async fn write_customers(
    write: &Write,
    business_id: Uuid,
    works: &[&CustomerWork],
    now: i64,
) -> Result<Vec<Uuid>> {
    let mut ids = Vec::with_capacity(works.len());
    let (mut new, mut known, mut changed) = (Vec::new(), Vec::new(), Vec::new());
    let (mut names, mut further, mut tags) = (Vec::new(), Vec::new(), Vec::new());
    for work in works {
        let id = work.known.as_ref().map_or_else(new_id, |known| known.row.id);
        ids.push(id);
        let row = match &work.known {
            Some(known) => {
                changed.push(id);
                known.row.clone().into_active_model().reset_all()
            }
            None => new_row(id, business_id, work.input.name.clone(), now),
        };
        let (home, others) = places(work);
        let row = filled_in(row, work, &home, now);
        further.extend(others.into_iter().map(|(id_of_row, label, place, since)| {
            addresses::row(id_of_row, business_id, id, label, place, since)
        }));
        let stored = work.known.as_ref().map_or(&[][..], |known| &known.handles);
        names.extend(work.input.handles.iter().filter(|handle| !handle.folded.is_empty()).map(|one| {
            let before = stored.iter().find(|row| Some(row.id) == one.id);
            handles::row(business_id, id, one, before)
        }));
        tags.extend(work.input.tags.iter().map(|tag| customer_tag::ActiveModel {
            id: Set(new_id()),
            business_id: Set(business_id),
            customer_id: Set(id),
            tag: Set(tag.clone()),
            tag_folded: Set(fold(tag)),
        }));
        if work.known.is_some() { &mut known } else { &mut new }.push(row);
    }
    insert(write, new, known).await?;
    forget_parts(write, business_id, &changed).await?;
    for some in names.chunks(ROWS_AT_ONCE) {
        handle::Entity::insert_many(some.to_vec()).exec_without_returning(&**write).await?;
    }
    for some in further.chunks(ROWS_AT_ONCE) {
        addresses::insert(write, some.to_vec()).await?;
    }
    for some in tags.chunks(ROWS_AT_ONCE) {
        customer_tag::Entity::insert_many(some.to_vec()).exec_without_returning(&**write).await?;
    }
    search::refresh(write, business_id, &changed).await?;
    crate::shipping::forget_quotes_of_customers(write, business_id, &changed, now).await?;
    Ok(ids)
}

/// An address with its id and label.
type Home = (Option<Uuid>, String, PostalAddress);
/// An address with its label, the id of its row and since when it is known.
type Place = (Uuid, String, PostalAddress, i64);

/// The address that parcels go to, and the others. All keep their ids.
fn places(work: &CustomerWork) -> (Home, Vec<Place>) {
    let first_id = work.known.as_ref().map(|known| addresses::id_of_first(&known.row));
    let stored: Vec<&AddressInput> =
        work.input.addresses.iter().filter(|one| !one.address.is_empty()).collect();
    // A form names the one that parcels went to until now first.
    let chosen = stored.iter().position(|one| one.is_default).unwrap_or_default();
    let home = stored.get(chosen).map_or_else(
        || match &work.known {
            Some(known) => (first_id, known.row.address_label.clone(), address(&known.row)),
            None => (None, String::new(), PostalAddress::default()),
        },
        // The first of a new customer has the customer's id.
        |one| (one.id.or(first_id.map(|_| new_id())), one.label.clone(), one.address.clone()),
    );
    let since = |id: Uuid| {
        let further = work.known.as_ref().map_or(&[][..], |known| &known.further);
        further.iter().find(|row| row.id == id).map(|row| row.created_at)
    };
    let others = stored
        .iter()
        .enumerate()
        .filter(|(index, _)| *index != chosen)
        .map(|(index, one)| {
            let id = one.id.unwrap_or_else(new_id);
            let order = i64::try_from(index).unwrap_or_default();
            (id, one.label.clone(), one.address.clone(), since(id).unwrap_or(order))
        })
        .collect();
    (home, others)
}

fn filled_in(
    mut row: customer::ActiveModel,
    work: &CustomerWork,
    home: &Home,
    now: i64,
) -> customer::ActiveModel {
    let CustomerInput { name, email, phone, language, note, tags, tax_exempt, tax_id, handles, .. } =
        &work.input;
    let (address_id, label, place) = home;
    let known = work.known.as_ref().map(|known| &known.row);
    let searched = Searched {
        name,
        email,
        phone,
        phone_e164: &work.phone_e164,
        handles: handles.iter().map(|handle| handle.handle.as_str()).collect(),
        cities: work.input.addresses.iter().map(|one| one.address.city.as_str()).collect(),
        tags: tags.iter().map(String::as_str).collect(),
    };
    row.search = Set(searched.text());
    row.name = Set(name.clone());
    row.name_folded = Set(fold(name));
    row.email = Set(email.clone());
    row.email_folded = Set(fold(email));
    row.phone = Set(phone.clone());
    row.phone_e164 = Set(work.phone_e164.clone());
    row.language = Set(language.clone());
    row.note = Set(note.clone());
    row.tax_exempt_at = Set(tax_exempt.then(|| known.and_then(|row| row.tax_exempt_at).unwrap_or(now)));
    row.tax_id = Set(tax_id.clone());
    row.address_id = Set(*address_id);
    row.address_label = Set(label.clone());
    row.line1 = Set(place.line1.clone());
    row.line2 = Set(place.line2.clone());
    row.city = Set(place.city.clone());
    row.city_folded = Set(fold(&place.city));
    row.region = Set(place.region.clone());
    row.postal_code = Set(place.postal_code.clone());
    row.postal_folded = Set(fold(&place.postal_code).replace([' ', '-'], ""));
    row.country = Set(place.country.clone());
    if work.blocks {
        row.blocked_at = Set(Some(now));
    }
    row.updated_at = Set(now);
    row
}

async fn insert(
    write: &Write,
    new: Vec<customer::ActiveModel>,
    known: Vec<customer::ActiveModel>,
) -> Result<()> {
    use customer::Column;
    for some in new.chunks(ROWS_AT_ONCE) {
        customer::Entity::insert_many(some.to_vec()).exec_without_returning(&**write).await?;
    }
    for some in known.chunks(ROWS_AT_ONCE) {
        let changed = Column::iter()
            .filter(|column| !matches!(column, Column::Id | Column::BusinessId | Column::CreatedAt));
        customer::Entity::insert_many(some.to_vec())
            .on_conflict(OnConflict::column(Column::Id).update_columns(changed).to_owned())
            .exec_without_returning(&**write)
            .await?;
    }
    Ok(())
}

/// Removes handles, further addresses and tags of customers; those that stay are written again with their ids.
pub(super) async fn forget_parts(write: &Write, business_id: Uuid, ids: &[Uuid]) -> Result<()> {
    for some in ids.chunks(ROWS_AT_ONCE) {
        handle::Entity::delete_many()
            .filter(handle::Column::BusinessId.eq(business_id))
            .filter(handle::Column::CustomerId.is_in(some.iter().copied()))
            .exec(&**write)
            .await?;
        customer_address::Entity::delete_many()
            .filter(customer_address::Column::BusinessId.eq(business_id))
            .filter(customer_address::Column::CustomerId.is_in(some.iter().copied()))
            .exec(&**write)
            .await?;
        customer_tag::Entity::delete_many()
            .filter(customer_tag::Column::BusinessId.eq(business_id))
            .filter(customer_tag::Column::CustomerId.is_in(some.iter().copied()))
            .exec(&**write)
            .await?;
    }
    Ok(())
}

/// The form of a customer of whom only a past sale tells: name, handles and e-mail address.
pub fn form_of(who: &Who) -> CustomerForm {
    let handle = |(platform, handle): &(domain::sales::Platform, String)| domain::customers::HandleForm {
        platform: platform.as_str().into(),
        handle: handle.clone(),
        ..Default::default()
    };
    CustomerForm {
        name: who.name.clone(),
        email: who.email.clone(),
        handles: who.handles.iter().map(handle).collect(),
        ..CustomerForm::default()
    }
}

/// Makes customers of whom past sales tell and who are not there yet.
pub async fn new_customers(write: &Write, business_id: Uuid, whos: &[&Who], now: i64) -> Result<Vec<Uuid>> {
    let works: Vec<CustomerWork> = whos
        .iter()
        .map(|who| {
            let input = form_of(who).parse()?;
            Ok(CustomerWork { known: None, before: None, input, phone_e164: String::new(), blocks: false })
        })
        .collect::<Result<_>>()?;
    write_customers(write, business_id, &works.iter().collect::<Vec<_>>(), now).await
}
