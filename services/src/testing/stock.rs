//! Looking at claims and stock in a test, and whether they agree.

#![expect(clippy::expect_used, reason = "what cannot be read has failed the test")]

use std::collections::HashMap;

use domain::sales::{ClaimState, policy::SellingPolicyForm};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::World;
use crate::{
    accounts::Actor,
    entities::{claim, customer, item, variant},
    inventory::stock::check::check,
    sales::policy,
};

impl World {
    /// The variant of an item, by code and name.
    pub async fn variant(&self, actor: &Actor, code: &str, name: &str) -> Uuid {
        let read = self.services.database.read();
        let item = item::Entity::find()
            .filter(item::Column::BusinessId.eq(actor.business_id))
            .filter(item::Column::Code.eq(code))
            .one(read)
            .await
            .expect("items are read")
            .expect("the item is there");
        let variant = variant::Entity::find()
            .filter(variant::Column::BusinessId.eq(actor.business_id))
            .filter(variant::Column::ItemId.eq(item.id))
            .filter(variant::Column::Name.eq(name))
            .one(read)
            .await
            .expect("variants are read");
        variant.expect("the variant is there").id
    }

    /// The claims of a sale, who came first stands first: `Ana Ruiz 2 held`.
    pub async fn claims(&self, actor: &Actor, sale: Uuid) -> Vec<String> {
        let read = self.services.database.read();
        let names: HashMap<Uuid, String> = customer::Entity::find()
            .filter(customer::Column::BusinessId.eq(actor.business_id))
            .all(read)
            .await
            .expect("customers are read")
            .into_iter()
            .map(|customer| (customer.id, customer.name))
            .collect();
        let claims = self.claim_rows(actor, sale).await;
        let name = |claim: &claim::Model| names.get(&claim.customer_id).cloned().unwrap_or_default();
        claims.iter().map(|claim| format!("{} {} {}", name(claim), claim.quantity, claim.state)).collect()
    }

    /// The claims of a sale as they are stored, who came first stands first.
    pub async fn claim_rows(&self, actor: &Actor, sale: Uuid) -> Vec<claim::Model> {
        claim::Entity::find()
            .filter(claim::Column::BusinessId.eq(actor.business_id))
            .filter(claim::Column::SaleId.eq(sale))
            .order_by_asc(claim::Column::Place)
            .order_by_asc(claim::Column::Id)
            .all(self.services.database.read())
            .await
            .expect("claims are read")
    }

    /// Sets the rules of a sale: hours, pieces for one buyer, put-backs (each may be empty), and what repeats mean.
    pub async fn rules(&self, actor: &Actor, sale: Uuid, rules: [&str; 4]) {
        let [hold_hours, limit_per_buyer, put_backs, repeats] = rules.map(str::to_owned);
        let filled = String::new();
        let form = SellingPolicyForm { hold_hours, limit_per_buyer, put_backs, repeats, filled };
        policy::save_of_sale(&self.services, actor, sale, &form).await.expect("the rules are saved");
    }

    /// The figures of a variant: on hand, held, waiting, sold, shipped.
    pub async fn figures(&self, variant: Uuid) -> [i64; 5] {
        let row = variant::Entity::find_by_id(variant).one(self.services.database.read()).await;
        let row = row.expect("variants are read").expect("the variant is there");
        [row.on_hand, row.held, row.waitlisted, row.sold, row.shipped]
    }

    /// Fails unless every variant's figures are the sum of its movements, and what is held and waited for is what claims
    /// say.
    pub async fn stock_is_sound(&self) {
        let mut disagreements = Vec::new();
        check(&self.services.database, |checked| disagreements.extend(checked.disagreements))
            .await
            .expect("the stock is read");
        assert_eq!(disagreements, Vec::<String>::new());
        let read = self.services.database.read();
        for claim in claim::Entity::find().all(read).await.expect("claims are read") {
            if [ClaimState::Held.as_str(), ClaimState::Invoiced.as_str()].contains(&claim.state.as_str()) {
                assert!(claim.held_at.is_some(), "what is held knows since when");
            }
        }
    }
}
