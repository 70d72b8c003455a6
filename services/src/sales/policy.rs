//! The rules by which claims are held: those of the business, and each sale's own copy.

use domain::{
    sales::policy::{Repeats, SellingPolicy, SellingPolicyForm},
    three_way,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, Set,
    sea_query::OnConflict,
};
use uuid::Uuid;

use super::{release, sale};
use crate::{
    Result, Services,
    accounts::Actor,
    entities::{sale as sales, selling_settings},
    error::stored,
};

/// The rules as they are stored.
pub(crate) struct Stored {
    pub hold_hours: Option<i64>,
    pub limit_per_buyer: Option<i64>,
    pub put_backs: Option<i64>,
    pub repeats: String,
}

impl From<SellingPolicy> for Stored {
    fn from(policy: SellingPolicy) -> Self {
        Stored {
            hold_hours: policy.hold_hours.map(i64::from),
            limit_per_buyer: policy.limit_per_buyer.map(i64::from),
            put_backs: policy.put_backs.map(i64::from),
            repeats: policy.repeats.as_str().into(),
        }
    }
}

impl Stored {
    fn policy(&self) -> Result<SellingPolicy> {
        let number =
            |number: Option<i64>| number.map(|number| stored(u32::try_from(number).ok())).transpose();
        Ok(SellingPolicy {
            hold_hours: number(self.hold_hours)?,
            limit_per_buyer: number(self.limit_per_buyer)?,
            put_backs: number(self.put_backs)?,
            repeats: stored(Repeats::parse(&self.repeats))?,
        })
    }
}

/// What a business says about selling; nothing if it never said anything.
pub(crate) async fn settings(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
) -> Result<Option<selling_settings::Model>> {
    Ok(selling_settings::Entity::find()
        .filter(selling_settings::Column::BusinessId.eq(business_id))
        .one(connection)
        .await?)
}

/// The rules with which a new sale begins.
pub(crate) async fn of_business(connection: &impl ConnectionTrait, business_id: Uuid) -> Result<Stored> {
    Ok(match settings(connection, business_id).await? {
        None => SellingPolicy::default().into(),
        Some(row) => Stored {
            hold_hours: row.hold_hours,
            limit_per_buyer: row.limit_per_buyer,
            put_backs: row.put_backs,
            repeats: row.repeats,
        },
    })
}

/// The rules of a sale.
pub(crate) fn of_sale(sale: &sales::Model) -> Result<SellingPolicy> {
    Stored {
        hold_hours: sale.hold_hours,
        limit_per_buyer: sale.limit_per_buyer,
        put_backs: sale.put_backs,
        repeats: sale.repeats.clone(),
    }
    .policy()
}

/// The rules with which new sales begin.
pub async fn view(services: &Services, actor: &Actor) -> Result<SellingPolicy> {
    of_business(services.database.read(), actor.business_id).await?.policy()
}

/// Saves the rules with which new sales begin. Sales that were opened keep theirs.
///
/// # Errors
/// Names the fields that are wrong or were changed by somebody else meanwhile.
pub async fn save(services: &Services, actor: &Actor, form: &SellingPolicyForm) -> Result<()> {
    use selling_settings::Column::{BusinessId, HoldHours, LimitPerBuyer, PutBacks, Repeats};
    actor.must_own()?;
    form.parse()?;
    let write = services.database.write(actor.business_id).await?;
    let present = of_business(&*write, actor.business_id).await?.policy()?.into();
    let policy = Stored::from(three_way::merged(form, &present)?.parse()?);
    selling_settings::Entity::insert(selling_settings::ActiveModel {
        business_id: Set(actor.business_id),
        hold_hours: Set(policy.hold_hours),
        limit_per_buyer: Set(policy.limit_per_buyer),
        put_backs: Set(policy.put_backs),
        repeats: Set(policy.repeats),
        words: Set(String::new()),
    })
    .on_conflict(
        OnConflict::column(BusinessId)
            .update_columns([HoldHours, LimitPerBuyer, PutBacks, Repeats])
            .to_owned(),
    )
    .exec_without_returning(&*write)
    .await?;
    write.commit().await?;
    Ok(())
}

/// The rules of a sale.
pub async fn view_of_sale(services: &Services, actor: &Actor, sale_id: Uuid) -> Result<SellingPolicy> {
    of_sale(&sale::find(services.database.read(), actor, sale_id).await?)
}

/// Saves the rules of a sale. Claims that stand are not judged anew, but a hold time counts for them too.
///
/// # Errors
/// Names the fields that are wrong or were changed by somebody else meanwhile.
pub async fn save_of_sale(
    services: &Services,
    actor: &Actor,
    sale_id: Uuid,
    form: &SellingPolicyForm,
) -> Result<()> {
    actor.must_sell()?;
    form.parse()?;
    let write = services.database.write(actor.business_id).await?;
    let sale = sale::find(&*write, actor, sale_id).await?;
    let policy = Stored::from(three_way::merged(form, &of_sale(&sale)?.into())?.parse()?);
    let mut row = sale.into_active_model();
    row.hold_hours = Set(policy.hold_hours);
    row.limit_per_buyer = Set(policy.limit_per_buyer);
    row.put_backs = Set(policy.put_backs);
    row.repeats = Set(policy.repeats);
    row.update(&*write).await?;
    release::schedule(&write, actor.business_id, [sale_id]).await?;
    write.commit().await?;
    Ok(())
}
