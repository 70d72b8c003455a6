//! What a seller owes a buyer: rows with reasons, and their sum.

use domain::{
    customers::credit::{CreditForm, CreditInput},
    money::Money,
    problem::{Code, FieldCode, Problem},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Set};
use uuid::Uuid;

use super::customer::find;
use crate::{Result, Services, accounts::Actor, entities::customer_credit, inventory::list::sum_of, new_id};

/// What is left of a customer's credit.
pub(crate) async fn balance(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    customer_id: Uuid,
) -> Result<Money> {
    let sum: Option<i64> = customer_credit::Entity::find()
        .select_only()
        .expr_as(sum_of(customer_credit::Column::Amount), "amount")
        .filter(customer_credit::Column::BusinessId.eq(actor.business_id))
        .filter(customer_credit::Column::CustomerId.eq(customer_id))
        .into_tuple()
        .one(connection)
        .await?;
    Ok(Money::new(sum.unwrap_or_default(), actor.currency))
}

/// Gives or uses credit. A form that is sent twice does so once.
///
/// # Errors
/// More cannot be used than there is. [`Code::WrongState`] if something else was noted with the key of the form.
pub async fn change(services: &Services, actor: &Actor, customer_id: Uuid, form: &CreditForm) -> Result<()> {
    actor.must_sell()?;
    let CreditInput { amount, reason, key } = form.parse(actor.currency)?;
    let write = services.database.write(actor.business_id).await?;
    let customer = find(&*write, actor.business_id, customer_id).await?;
    if customer.merged_into.is_some() {
        return Err(Code::WrongState.into());
    }
    if let Some(key) = key
        && let Some(known) = customer_credit::Entity::find()
            .filter(customer_credit::Column::BusinessId.eq(actor.business_id))
            .filter(customer_credit::Column::FormKey.eq(key))
            .one(&*write)
            .await?
    {
        let asked = (customer_id, amount.minor, reason);
        let is_same = asked == (known.customer_id, known.amount, known.reason);
        return if is_same { Ok(()) } else { Err(Code::WrongState.into()) };
    }
    if balance(&*write, actor, customer_id).await?.plus(amount)?.minor < 0 {
        return Err(Problem::field("amount", FieldCode::NotEnough).into());
    }
    let row = customer_credit::ActiveModel {
        id: Set(new_id()),
        business_id: Set(actor.business_id),
        customer_id: Set(customer_id),
        amount: Set(amount.minor),
        reason: Set(reason),
        member_id: Set(actor.member_id),
        created_at: Set(services.now()),
        form_key: Set(key),
    };
    customer_credit::Entity::insert(row).exec_without_returning(&*write).await?;
    write.commit().await?;
    Ok(())
}
