//! Making one customer of two: looked at first, done in one write, undone by [`super::unmerge`].
//!
//! The customer who goes keeps their own row, addresses and tags, and points at the one who stays; claims, invoices,
//! parcels, handles and credit move. Which rows moved is kept, so that they find their way back.

use domain::{
    address::PostalAddress,
    customers::{
        MAX_ADDRESSES, MAX_TAGS, NOTE_CHARACTERS,
        duplicates::Twin,
        merge::{Keep, MergeForm, MergeInput, MergePreview, Side, kept, notes},
    },
    problem::{Code, FieldCode, Problem},
    stored_enum,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, Set,
    prelude::Expr,
    sea_query::{ExprTrait, IntoColumnRef, IntoTableRef, Query},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{address, addresses, credit, customer::find, further_address, handles, search, tags};
use crate::{
    Error, Result, Services,
    accounts::Actor,
    database::Write,
    entities::{
        claim, customer, customer_address, customer_credit, customer_merge, customer_merge_row, handle,
        invoice, past_sale, shipment,
    },
    new_id, shipping,
};

stored_enum! {
    /// What a row is that a merge moved or made.
    MovedKind {
        Claim = "claim", "Claim";
        Invoice = "invoice", "Invoice";
        Handle = "handle", "Handle";
        Credit = "credit", "Credit";
        PastSale = "past-sale", "Past sale";
        /// Made: a copy of an address of the one who went.
        Address = "address", "Address";
        /// Made: a copy of a tag of the one who went.
        Tag = "tag", "Tag";
    }
}

/// The fields of the customer who stays, before and after.
#[derive(Serialize, Deserialize)]
pub(super) struct Changes {
    pub before: Kept,
    pub after: Kept,
}

/// What a merge may change about the customer who stays.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    pub name: String,
    pub email: String,
    /// As typed, and as it is dialled.
    pub phone: (String, String),
    pub language: String,
    pub note: String,
    /// Since when exempt, and the tax number.
    pub tax: (Option<i64>, String),
    /// Label and address that parcels go to.
    pub home: (String, PostalAddress),
    pub blocked_at: Option<i64>,
}

impl Kept {
    pub(super) fn of(row: &customer::Model) -> Self {
        Kept {
            name: row.name.clone(),
            email: row.email.clone(),
            phone: (row.phone.clone(), row.phone_e164.clone()),
            language: row.language.clone(),
            note: row.note.clone(),
            tax: (row.tax_exempt_at, row.tax_id.clone()),
            home: (row.address_label.clone(), address(row)),
            blocked_at: row.blocked_at,
        }
    }

    /// Writes the fields into a row.
    pub(super) fn put_into(self, row: &mut customer::ActiveModel) {
        row.name = Set(self.name);
        row.email = Set(self.email);
        (row.phone, row.phone_e164) = (Set(self.phone.0), Set(self.phone.1));
        row.language = Set(self.language);
        row.note = Set(self.note);
        (row.tax_exempt_at, row.tax_id) = (Set(self.tax.0), Set(self.tax.1));
        let (label, home) = self.home;
        row.address_label = Set(label);
        row.line1 = Set(home.line1);
        row.line2 = Set(home.line2);
        row.city = Set(home.city);
        row.region = Set(home.region);
        row.postal_code = Set(home.postal_code);
        row.country = Set(home.country);
        row.blocked_at = Set(self.blocked_at);
    }

    /// What the customer who stays is after the merge.
    fn merged(into: &customer::Model, from: &customer::Model, input: &MergeInput) -> Self {
        let mut after = Kept::of(into);
        let others = Kept::of(from);
        after.name = kept(input.name, &after.name, &others.name).to_owned();
        after.email = kept(input.email, &after.email, &others.email).to_owned();
        if after.phone.0.is_empty() || (input.phone == Keep::Others && !others.phone.0.is_empty()) {
            after.phone = others.phone;
        }
        after.language = kept(Keep::Theirs, &after.language, &others.language).to_owned();
        after.note = notes(&after.note, &others.note);
        if after.tax.0.is_none() && others.tax.0.is_some() {
            after.tax = others.tax;
        }
        if after.home.1.is_empty() {
            after.home = others.home;
        }
        after.blocked_at = after.blocked_at.or(others.blocked_at);
        after
    }
}

/// The customers of a merge: who stays and who goes. Neither may be merged already.
async fn pair(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    into: Uuid,
    from: Uuid,
) -> Result<(customer::Model, customer::Model)> {
    if into == from {
        return Err(Problem::field("from", FieldCode::NotAChoice).into());
    }
    let (into, from) =
        (find(connection, business_id, into).await?, find(connection, business_id, from).await?);
    if into.merged_into.is_some() || from.merged_into.is_some() {
        return Err(Code::WrongState.into());
    }
    Ok((into, from))
}

/// What merging `from` into `into` would do.
pub async fn preview(services: &Services, actor: &Actor, into: Uuid, from: Uuid) -> Result<MergePreview> {
    let read = services.database.read();
    let (into, from) = pair(read, actor.business_id, into, from).await?;
    let moving = handles::of(read, actor.business_id, from.id).await?;
    let of_into = addresses::further(read, actor.business_id, into.id).await?;
    let of_from = addresses::further(read, actor.business_id, from.id).await?;
    let copied = to_copy(&into, &of_into, &from, &of_from);
    let after = Kept::merged(
        &into,
        &from,
        &MergeInput {
            from: from.id,
            name: Keep::Theirs,
            email: Keep::Theirs,
            phone: Keep::Theirs,
            key: None,
        },
    );
    let claims = claim::Entity::find()
        .filter(claim::Column::BusinessId.eq(actor.business_id))
        .filter(claim::Column::CustomerId.eq(from.id));
    let invoices = invoice::Entity::find()
        .filter(invoice::Column::BusinessId.eq(actor.business_id))
        .filter(invoice::Column::CustomerId.eq(from.id));
    let parcels = shipment::Entity::find()
        .filter(shipment::Column::BusinessId.eq(actor.business_id))
        .filter(shipment::Column::CustomerId.eq(from.id));
    let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let mut address_lines: Vec<String> = copied.iter().map(|(_, address)| address.line()).collect();
    if address(&into).is_empty() && !address(&from).is_empty() {
        address_lines.insert(0, address(&from).line());
    }
    Ok(MergePreview {
        claims: count(claims.count(read).await?),
        invoices: count(invoices.count(read).await?),
        parcels: count(parcels.count(read).await?),
        handles: moving.iter().map(|row| row.handle.clone()).collect(),
        addresses: address_lines,
        tags: new_tags(read, &into, &from).await?,
        credit: credit::balance(read, actor, from.id).await?,
        has_note: !from.note.is_empty(),
        ships_to: after.home.1.line(),
        becomes_blocked: into.blocked_at.is_none() && from.blocked_at.is_some(),
        becomes_tax_exempt: into.tax_exempt_at.is_none() && from.tax_exempt_at.is_some(),
        notes_too_long: after.note.chars().count() > NOTE_CHARACTERS as usize,
        into: side(read, &into).await?,
        from: side(read, &from).await?,
        key: new_id(),
    })
}

async fn side(connection: &impl ConnectionTrait, customer: &customer::Model) -> Result<Side> {
    let handles = handles::of(connection, customer.business_id, customer.id).await?;
    Ok(Side { twin: twin(customer, &handles), email: customer.email.clone(), phone: customer.phone.clone() })
}

/// A customer as told apart by a person.
pub(super) fn twin(customer: &customer::Model, handles: &[handle::Model]) -> Twin {
    let home = address(customer);
    let place = match home.is_empty() {
        true => String::new(),
        false => format!("{}, {}", home.city, domain::address::country_name(&home.country)),
    };
    let names = handles.iter().map(|row| {
        let platform = domain::sales::Platform::parse(&row.platform).map_or("", |platform| platform.label());
        format!("{} on {platform}", row.handle)
    });
    let facts = [customer.email.clone(), customer.phone.clone(), place].into_iter().chain(names);
    Twin {
        id: customer.id,
        name: customer.name.clone(),
        facts: facts.filter(|fact| !fact.is_empty()).collect(),
    }
}

/// Tags that only the one who goes has, as far as there is room for them.
async fn new_tags(
    connection: &impl ConnectionTrait,
    into: &customer::Model,
    from: &customer::Model,
) -> Result<Vec<String>> {
    let theirs = tags::of(connection, into.business_id, into.id).await?;
    let others = tags::of(connection, from.business_id, from.id).await?;
    let room = MAX_TAGS.saturating_sub(theirs.len());
    let is_new = |tag: &crate::entities::customer_tag::Model| {
        theirs.iter().all(|known| known.tag_folded != tag.tag_folded)
    };
    Ok(others.into_iter().filter(is_new).take(room).map(|tag| tag.tag).collect())
}

/// Addresses that only the one who goes has, as far as there is room for them: label and address. Where the one who stays
/// has none that parcels go to, that of the other becomes it and is not among them.
fn to_copy(
    into: &customer::Model,
    of_into: &[customer_address::Model],
    from: &customer::Model,
    of_from: &[customer_address::Model],
) -> Vec<(String, PostalAddress)> {
    let home = address(into);
    let mut known: Vec<PostalAddress> = of_into.iter().map(further_address).collect();
    known.push(if home.is_empty() { address(from) } else { home });
    let room = MAX_ADDRESSES.saturating_sub(known.len());
    let others = std::iter::once((from.address_label.clone(), address(from)))
        .chain(of_from.iter().map(|row| (row.label.clone(), further_address(row))));
    others.filter(|(_, address)| !address.is_empty() && !known.contains(address)).take(room).collect()
}

/// Merges a customer into another and gives the merge, by which it can be undone. A form that is sent twice merges once.
///
/// # Errors
/// The notes of both are together too long to be kept, or one of the two was merged meanwhile.
pub async fn merge(services: &Services, actor: &Actor, into: Uuid, form: &MergeForm) -> Result<Uuid> {
    actor.must_sell()?;
    let input = form.parse()?;
    let now = services.now();
    let write = services.database.write(actor.business_id).await?;
    if let Some(done) = done_already(&write, actor, into, &input).await? {
        return Ok(done);
    }
    let (into, from) = pair(&*write, actor.business_id, into, input.from).await?;
    let (before, after) = (Kept::of(&into), Kept::merged(&into, &from, &input));
    if after.note.chars().count() > NOTE_CHARACTERS as usize {
        return Err(Problem::field("note", FieldCode::TooLong(NOTE_CHARACTERS)).into());
    }
    let changes = serde_json::to_string(&Changes { before, after: after.clone() })
        .map_err(|_| Error::Fault("changes cannot be written as JSON"))?;
    let id = new_id();
    let row = customer_merge::ActiveModel {
        id: Set(id),
        business_id: Set(actor.business_id),
        from_id: Set(from.id),
        into_id: Set(into.id),
        member_id: Set(actor.member_id),
        form_key: Set(input.key),
        changes: Set(changes),
        created_at: Set(now),
        undone_at: Set(None),
    };
    customer_merge::Entity::insert(row).exec_without_returning(&*write).await?;
    let moving = Moving { write: &write, business_id: actor.business_id, id, from: from.id, into: into.id };
    moving.rows().await?;
    moving.copies(&into, &from, now).await?;

    let (into_id, from_id) = (into.id, from.id);
    let mut row = into.into_active_model();
    after.put_into(&mut row);
    row.updated_at = Set(now);
    row.update(&*write).await?;
    let mut row = from.into_active_model();
    row.merged_into = Set(Some(into_id));
    row.updated_at = Set(now);
    row.update(&*write).await?;
    // Whoever was merged into the one who goes now points at the one who stays, so that there is only one step.
    point(&write, actor.business_id, from_id, into_id).await?;
    search::refresh(&write, actor.business_id, &[into_id]).await?;
    shipping::forget_quotes(&write, actor.business_id, into_id, now).await?;
    write.commit().await?;
    Ok(id)
}

/// The merge that this form has made already.
///
/// # Errors
/// [`Code::WrongState`] if two others were merged with the key of the form, or what was merged with it was undone since.
async fn done_already(write: &Write, actor: &Actor, into: Uuid, input: &MergeInput) -> Result<Option<Uuid>> {
    let merges = customer_merge::Entity::find()
        .filter(customer_merge::Column::BusinessId.eq(actor.business_id))
        .order_by_desc(customer_merge::Column::Id);
    let known = match input.key {
        Some(key) => merges.filter(customer_merge::Column::FormKey.eq(key)).one(&**write).await?,
        None => {
            let same = merges
                .filter(customer_merge::Column::FromId.eq(input.from))
                .filter(customer_merge::Column::IntoId.eq(into))
                .filter(customer_merge::Column::UndoneAt.is_null());
            same.one(&**write).await?
        }
    };
    match known {
        Some(merge) if (merge.from_id, merge.into_id) != (input.from, into) || merge.undone_at.is_some() => {
            Err(Code::WrongState.into())
        }
        known => Ok(known.map(|merge| merge.id)),
    }
}

async fn point(write: &Write, business_id: Uuid, from: Uuid, into: Uuid) -> Result<()> {
    customer::Entity::update_many()
        .col_expr(customer::Column::MergedInto, Expr::value(into))
        .filter(customer::Column::BusinessId.eq(business_id))
        .filter(customer::Column::MergedInto.eq(from))
        .exec(&**write)
        .await?;
    Ok(())
}

/// A merge while its rows move.
struct Moving<'a> {
    write: &'a Write,
    business_id: Uuid,
    id: Uuid,
    from: Uuid,
    into: Uuid,
}

impl Moving<'_> {
    /// Moves what belongs to the one who goes, however much it is, with one statement a table.
    async fn rows(&self) -> Result<()> {
        use claim::Column as Claim;
        use customer_credit::Column as Credit;
        use handle::Column as Handle;
        use invoice::Column as Invoice;
        use past_sale::Column as PastSale;
        let columns = (Claim::Id, Claim::BusinessId, Claim::CustomerId);
        self.table(MovedKind::Claim, claim::Entity, columns).await?;
        let columns = (Invoice::Id, Invoice::BusinessId, Invoice::CustomerId);
        self.table(MovedKind::Invoice, invoice::Entity, columns).await?;
        let columns = (Handle::Id, Handle::BusinessId, Handle::CustomerId);
        self.table(MovedKind::Handle, handle::Entity, columns).await?;
        let columns = (Credit::Id, Credit::BusinessId, Credit::CustomerId);
        self.table(MovedKind::Credit, customer_credit::Entity, columns).await?;
        let columns = (PastSale::Id, PastSale::BusinessId, PastSale::CustomerId);
        self.table(MovedKind::PastSale, past_sale::Entity, columns).await?;
        // A parcel goes where its invoice goes, now and when this is undone.
        shipment::Entity::update_many()
            .col_expr(shipment::Column::CustomerId, Expr::value(self.into))
            .filter(shipment::Column::BusinessId.eq(self.business_id))
            .filter(shipment::Column::CustomerId.eq(self.from))
            .exec(&**self.write)
            .await?;
        Ok(())
    }

    /// Notes the rows of a table and moves them. `columns` are its key, business and customer.
    async fn table<E, C>(&self, kind: MovedKind, entity: E, columns: (C, C, C)) -> Result<()>
    where
        E: EntityTrait + IntoTableRef,
        C: ColumnTrait + IntoColumnRef,
    {
        use customer_merge_row::Column::{BusinessId, Kind, MergeId, RowId};
        let (id, business_id, customer_id) = columns;
        let rows = Query::select()
            .expr(Expr::value(self.id))
            .column(id)
            .expr(Expr::value(self.business_id))
            .expr(Expr::value(kind.as_str()))
            .from(entity)
            .and_where(Expr::col(business_id).eq(self.business_id))
            .and_where(Expr::col(customer_id).eq(self.from))
            .to_owned();
        let noted = Query::insert()
            .into_table(customer_merge_row::Entity)
            .columns([MergeId, RowId, BusinessId, Kind])
            .select_from(rows)
            .map_err(|_| Error::Fault("a merge notes as many columns as it has"))?
            .to_owned();
        self.write.execute(&noted).await?;
        E::update_many()
            .col_expr(customer_id, Expr::value(self.into))
            .filter(business_id.eq(self.business_id))
            .filter(customer_id.eq(self.from))
            .exec(&**self.write)
            .await?;
        Ok(())
    }

    /// Copies the addresses and tags that only the one who goes has.
    async fn copies(&self, into: &customer::Model, from: &customer::Model, now: i64) -> Result<()> {
        let of_into = addresses::further(&**self.write, self.business_id, into.id).await?;
        let of_from = addresses::further(&**self.write, self.business_id, from.id).await?;
        let copied: Vec<(Uuid, (String, PostalAddress))> =
            to_copy(into, &of_into, from, &of_from).into_iter().map(|copy| (new_id(), copy)).collect();
        let rows = copied
            .iter()
            .cloned()
            .map(|(id, (label, address))| addresses::row(id, self.business_id, into.id, label, address, now));
        addresses::insert(self.write, rows.collect()).await?;
        let new = new_tags(&**self.write, into, from).await?;
        let new: Vec<&str> = new.iter().map(String::as_str).collect();
        let tags = tags::add(self.write, self.business_id, into.id, &new).await?;
        let made = copied.into_iter().map(|(id, _)| (id, MovedKind::Address));
        let made: Vec<customer_merge_row::ActiveModel> = made
            .chain(tags.into_iter().map(|id| (id, MovedKind::Tag)))
            .map(|(row_id, kind)| customer_merge_row::ActiveModel {
                merge_id: Set(self.id),
                row_id: Set(row_id),
                business_id: Set(self.business_id),
                kind: Set(kind.as_str().into()),
            })
            .collect();
        if !made.is_empty() {
            customer_merge_row::Entity::insert_many(made).exec_without_returning(&**self.write).await?;
        }
        Ok(())
    }
}

/// The customers in whom some others have gone up; who was not merged is not among them.
pub(crate) async fn followed(
    write: &Write,
    business_id: Uuid,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<std::collections::HashMap<Uuid, Uuid>> {
    use sea_orm::QuerySelect;
    let merged: Vec<(Uuid, Option<Uuid>)> = customer::Entity::find()
        .select_only()
        .columns([customer::Column::Id, customer::Column::MergedInto])
        .filter(customer::Column::BusinessId.eq(business_id))
        .filter(customer::Column::Id.is_in(ids))
        .filter(customer::Column::MergedInto.is_not_null())
        .into_tuple()
        .all(&**write)
        .await?;
    Ok(merged.into_iter().filter_map(|(id, into)| Some((id, into?))).collect())
}
