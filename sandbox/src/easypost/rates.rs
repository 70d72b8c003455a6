//! The price list: what a parcel costs by each service, from its weight alone.

use serde::{Deserialize, Serialize};

/// Postage for one parcel by one service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    pub id: String,
    pub service: String,
    pub price_cents: i64,
    pub retail_cents: i64,
    pub delivery_days: u8,
}

/// A service: its name, what it costs for any parcel, what every begun ounce adds, and its days on the way.
struct Service {
    name: &'static str,
    base_cents: i64,
    ounce_cents: i64,
    delivery_days: u8,
}

const DOMESTIC: [Service; 3] = [
    Service { name: "GroundAdvantage", base_cents: 452, ounce_cents: 14, delivery_days: 4 },
    Service { name: "Priority", base_cents: 798, ounce_cents: 27, delivery_days: 2 },
    Service { name: "Express", base_cents: 2865, ounce_cents: 68, delivery_days: 1 },
];

const INTERNATIONAL: [Service; 3] = [
    Service {
        name: "FirstClassPackageInternationalService",
        base_cents: 1485,
        ounce_cents: 62,
        delivery_days: 14,
    },
    Service { name: "PriorityMailInternational", base_cents: 4210, ounce_cents: 90, delivery_days: 8 },
    Service { name: "ExpressMailInternational", base_cents: 6350, ounce_cents: 120, delivery_days: 4 },
];

/// USPS carries up to 70 pounds.
pub const HEAVIEST_OUNCES: f64 = 1120.0;

/// The rates of a parcel, cheapest first; none for one too heavy. `new_id` names each of them.
pub fn rates(weight_ounces: f64, international: bool, mut new_id: impl FnMut() -> String) -> Vec<Rate> {
    if weight_ounces > HEAVIEST_OUNCES {
        return Vec::new();
    }
    let services = if international { &INTERNATIONAL } else { &DOMESTIC };
    let ounces = begun_ounces(weight_ounces);
    let rate = |service: &Service| {
        let price_cents = service.base_cents + service.ounce_cents * ounces;
        Rate {
            id: new_id(),
            service: service.name.to_owned(),
            price_cents,
            // At the counter the same costs three tenths more.
            retail_cents: price_cents * 13 / 10,
            delivery_days: service.delivery_days,
        }
    };
    services.iter().map(rate).collect()
}

/// Whole ounces, a begun one counted whole. The weight is at most [`HEAVIEST_OUNCES`], so nothing is cut off.
#[expect(clippy::cast_possible_truncation, reason = "a weight of at most 1120 ounces fits")]
fn begun_ounces(weight_ounces: f64) -> i64 {
    weight_ounces.ceil() as i64
}

#[cfg(test)]
mod tests {
    use super::rates;

    fn prices(weight_ounces: f64) -> Vec<(String, i64)> {
        rates(weight_ounces, false, String::new)
            .into_iter()
            .map(|rate| (rate.service, rate.price_cents))
            .collect()
    }

    #[test]
    fn prices_follow_the_begun_ounce() {
        assert_eq!(prices(3.2), prices(4.0));
        assert_eq!(
            prices(4.0),
            [("GroundAdvantage".to_owned(), 508), ("Priority".to_owned(), 906), ("Express".to_owned(), 3137)]
        );
        assert!(prices(4.1)[0].1 > prices(4.0)[0].1);
    }

    #[test]
    fn nobody_carries_more_than_seventy_pounds() {
        assert_eq!(prices(1120.0).len(), 3);
        assert!(prices(1120.1).is_empty());
    }
}
