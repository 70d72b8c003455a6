//! What a carrier is asked about a parcel, and the fingerprint by which an answer is known to still hold.
//!
//! A parcel, both addresses and the account can change while a carrier is asked, and between its answer and the purchase.
//! So whoever stores or uses an answer makes the question anew, within the write, and compares fingerprints.

use domain::shipping::{Parcel, Recipient, ShipBlocker, needs_customs};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{account, packaging};
use crate::{
    Error, Result,
    accounts::business,
    customers,
    entities::{
        business as businesses, carrier_account, customer, invoice_line, packaging as packagings, shipment,
    },
    error::OrNotFound,
    invoices::invoice,
    ports::carrier::{Party, RateRequest},
};

/// What a parcel measures in its packaging.
pub(crate) fn parcel(shipment: &shipment::Model, packaging: &packagings::Model) -> Parcel {
    Parcel {
        weight: shipment.contents_weight.saturating_add(packaging.weight),
        length: packaging.length,
        width: packaging.width,
        height: packaging.height,
    }
}

/// What a question to a carrier is made of.
pub(crate) struct Ingredients<'a> {
    pub business: &'a businesses::Model,
    pub customer: &'a customer::Model,
    pub shipment: &'a shipment::Model,
    /// Nothing while none is chosen.
    pub packaging: Option<&'a packagings::Model>,
    /// Nothing while none is connected.
    pub account: Option<&'a carrier_account::Model>,
    /// Whether something in the parcel has no weight, and nobody weighed it all by hand.
    pub lacks_weight: bool,
    /// The number of the invoice, without its prefix.
    pub invoice: i64,
}

/// A question that can be put to a carrier.
pub(crate) struct Question<'a> {
    pub account: &'a carrier_account::Model,
    pub request: RateRequest,
    /// The fingerprint of the request and the account: equal only where all of it is.
    pub hash: String,
}

impl<'a> Ingredients<'a> {
    /// What keeps the parcel from being posted, the first thing first.
    pub fn blocker(&self) -> Option<ShipBlocker> {
        self.ready().err()
    }

    fn ready(&self) -> Result<(&'a packagings::Model, &'a carrier_account::Model), ShipBlocker> {
        let (from, to) = (business::address(self.business), customers::address(self.customer));
        if !to.is_complete() {
            return Err(ShipBlocker::Address);
        }
        if !from.is_complete() {
            return Err(ShipBlocker::OwnAddress);
        }
        if needs_customs(&from.country, &to.country) {
            return Err(ShipBlocker::Customs);
        }
        if self.lacks_weight {
            return Err(ShipBlocker::Weight);
        }
        let packaging = self.packaging.ok_or(ShipBlocker::Packaging)?;
        let account = self.account.ok_or(ShipBlocker::Carrier)?;
        Ok((packaging, account))
    }

    /// The question, or what keeps it from being asked.
    pub fn question(&self) -> Result<Result<Question<'a>, ShipBlocker>> {
        let (packaging, account) = match self.ready() {
            Ok(ready) => ready,
            Err(blocker) => return Ok(Err(blocker)),
        };
        let request = RateRequest {
            from: Party {
                name: self.business.name.clone(),
                email: self.business.email.clone(),
                phone: String::new(),
                address: business::address(self.business),
            },
            to: Party {
                name: self.customer.name.clone(),
                email: self.customer.email.clone(),
                phone: self.customer.phone.clone(),
                address: customers::address(self.customer),
            },
            parcel: parcel(self.shipment, packaging),
            reference: domain::invoices::number(self.invoice),
        };
        let hash = fingerprint(account.id, &request)?;
        Ok(Ok(Question { account, request, hash }))
    }

    /// Whether the rates that the shipment has were asked for just this.
    pub fn rates_hold(&self) -> Result<bool> {
        let Some(known) = &self.shipment.quote_hash else { return Ok(false) };
        Ok(self.question()?.is_ok_and(|question| question.hash == *known))
    }
}

impl Question<'_> {
    /// Whom a label would be made out to.
    pub fn recipient(&self) -> Recipient {
        Recipient { name: self.request.to.name.clone(), address: self.request.to.address.clone() }
    }
}

/// SHA-256 of everything that is asked, in hexadecimal digits.
fn fingerprint(account_id: Uuid, request: &RateRequest) -> Result<String> {
    #[derive(Serialize)]
    struct Asked<'a> {
        account_id: Uuid,
        request: &'a RateRequest,
    }
    let asked = serde_json::to_vec(&Asked { account_id, request })
        .map_err(|_| Error::Fault("a request to a carrier cannot be written"))?;
    Ok(hex::encode(Sha256::digest(asked)))
}

/// The rows that a question about one parcel is made of.
pub(crate) struct Rows {
    pub business: businesses::Model,
    pub customer: customer::Model,
    pub shipment: shipment::Model,
    pub packaging: Option<packagings::Model>,
    pub account: Option<carrier_account::Model>,
    pub lacks_weight: bool,
    pub invoice: i64,
}

impl Rows {
    /// Reads them as they are now. Within a write they stay so until it ends.
    pub async fn read(
        connection: &impl ConnectionTrait,
        business_id: Uuid,
        shipment: shipment::Model,
    ) -> Result<Self> {
        let business = businesses::Entity::find_by_id(business_id).one(connection).await?.or_not_found()?;
        let invoice = invoice::find(connection, business_id, shipment.invoice_id).await?;
        let packaging = match shipment.packaging_id {
            Some(id) => Some(packaging::find(connection, business_id, id).await?),
            None => None,
        };
        Ok(Rows {
            business,
            customer: customers::customer::find(connection, business_id, shipment.customer_id).await?,
            packaging,
            account: account::connected(connection, business_id).await?,
            lacks_weight: !invoices_without_weight(connection, business_id, [&shipment]).await?.is_empty(),
            invoice: invoice.sequence,
            shipment,
        })
    }

    pub fn ingredients(&self) -> Ingredients<'_> {
        Ingredients {
            business: &self.business,
            customer: &self.customer,
            shipment: &self.shipment,
            packaging: self.packaging.as_ref(),
            account: self.account.as_ref(),
            lacks_weight: self.lacks_weight,
            invoice: self.invoice,
        }
    }
}

/// The invoices of those shipments that have a line without a weight and were not weighed by hand.
pub(crate) async fn invoices_without_weight<'a>(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    shipments: impl IntoIterator<Item = &'a shipment::Model>,
) -> Result<Vec<Uuid>> {
    let not_weighed = shipments
        .into_iter()
        .filter(|shipment| shipment.contents_weighed_at.is_none())
        .map(|shipment| shipment.invoice_id);
    Ok(invoice_line::Entity::find()
        .select_only()
        .column(invoice_line::Column::InvoiceId)
        .distinct()
        .filter(invoice_line::Column::BusinessId.eq(business_id))
        .filter(invoice_line::Column::InvoiceId.is_in(not_weighed))
        .filter(invoice_line::Column::Weight.lte(0))
        .into_tuple()
        .all(connection)
        .await?)
}

#[cfg(test)]
mod tests {
    use domain::address::PostalAddress;

    use super::*;

    #[test]
    fn whatever_is_asked_differently_has_another_fingerprint() {
        let party = |name: &str| Party {
            name: name.into(),
            email: String::new(),
            phone: String::new(),
            address: PostalAddress::default(),
        };
        let asked = RateRequest {
            from: party("Moonlit Silver"),
            to: party("Ana Ruiz"),
            parcel: Parcel { weight: 1, length: 2, width: 3, height: 4 },
            reference: "INV-0001".into(),
        };
        let known = fingerprint(Uuid::nil(), &asked).unwrap();
        assert_eq!(fingerprint(Uuid::nil(), &asked.clone()).unwrap(), known);
        let changes: [fn(&mut RateRequest); 8] = [
            |asked| asked.from.name.push('x'),
            |asked| asked.from.address.line1.push('x'),
            |asked| asked.to.name.push('x'),
            |asked| asked.to.email.push('x'),
            |asked| asked.to.phone.push('x'),
            |asked| asked.to.address.postal_code.push('x'),
            |asked| asked.parcel.weight += 1,
            |asked| asked.reference.push('x'),
        ];
        for change in changes {
            let mut other = asked.clone();
            change(&mut other);
            assert_ne!(fingerprint(Uuid::nil(), &other).unwrap(), known, "{other:?}");
        }
        assert_ne!(fingerprint(Uuid::from_u128(1), &asked).unwrap(), known, "another account");
    }
}
