use domain::{
    address::PostalAddress,
    money::{Currency, Money},
    shipping::Parcel,
};
use sandbox::Sandbox;
use secrecy::SecretString;
use serde_json::json;
use server::adapters::{EasyPost, http};
use services::ports::{
    CarrierPort, PortError,
    carrier::{Party, Quote, RateRequest},
};
use url::Url;

use super::{calls, drop_after_commit, order, sandbox, status};

fn key() -> SecretString {
    SecretString::from("EZTKinvented")
}

fn adapter(sandbox: &Sandbox) -> EasyPost {
    EasyPost::new(http::client().unwrap(), Url::parse(&sandbox.easypost_url()).unwrap())
}

fn party(name: &str) -> Party {
    let address = PostalAddress {
        line1: "1 Invented Street".into(),
        line2: String::new(),
        city: "Austin".into(),
        region: "TX".into(),
        postal_code: "78701".into(),
        country: "US".into(),
    };
    Party { name: name.into(), email: String::new(), phone: "512 555 0100".into(), address }
}

/// Two hundred grams in a box of 20 × 15 × 8 cm.
fn request() -> RateRequest {
    RateRequest {
        from: party("Moon & Co"),
        to: party("Zoë Example"),
        parcel: Parcel { weight: 200_000, length: 200, width: 150, height: 80 },
        reference: "shipment 1".into(),
    }
}

async fn quoted(easypost: &EasyPost) -> Quote {
    let quote = easypost.quote(&key(), &request()).await.unwrap();
    assert!(!quote.rates.is_empty());
    quote
}

#[tokio::test]
async fn from_a_quote_to_a_printed_label() {
    let sandbox = sandbox().await;
    let easypost = adapter(&sandbox);
    let quote = quoted(&easypost).await;
    assert_eq!(easypost.look_up(&key(), &quote.shipment_reference).await, Ok(None));

    let rate = &quote.rates[0];
    assert!(rate.price.minor > 0 && rate.price.currency == Currency::USD, "{rate:?}");
    let bought = easypost.buy(&key(), &quote.shipment_reference, &rate.reference).await.unwrap();
    assert_eq!(bought.price, Some(rate.price));
    assert!(!bought.tracking_number.is_empty());
    assert_eq!(easypost.look_up(&key(), &quote.shipment_reference).await, Ok(Some(bought.clone())));
    let again = easypost.buy(&key(), &quote.shipment_reference, &quote.rates[1].reference).await;
    assert_eq!(again, Ok(bought.clone()), "the label that is there, not a second one");

    let pdf = easypost.fetch_label(&key(), &bought.label_url).await.unwrap();
    assert!(pdf.starts_with(b"%PDF-"));
    let media_box = b"/MediaBox[0 0 288 432]";
    assert_eq!(pdf.windows(media_box.len()).filter(|window| window == media_box).count(), 1);
}

#[tokio::test]
async fn a_purchase_whose_answer_was_lost_is_found_again() {
    let sandbox = sandbox().await;
    let easypost = adapter(&sandbox);
    let quote = quoted(&easypost).await;
    order(&sandbox, "easypost", "buy", drop_after_commit(), 1).await;
    let lost = easypost.buy(&key(), &quote.shipment_reference, &quote.rates[0].reference).await;
    assert!(matches!(&lost, Err(error @ PortError::Unavailable(_)) if error.is_passing()), "{lost:?}");
    assert_eq!(calls(&sandbox, "easypost", "buy").await, 1, "a purchase is never sent twice by itself");
    let found = easypost.look_up(&key(), &quote.shipment_reference).await.unwrap().unwrap();
    assert_eq!(found.price, Some(quote.rates[0].price));
}

#[tokio::test]
async fn a_look_up_that_fails_never_says_that_nothing_was_bought() {
    let sandbox = sandbox().await;
    let easypost = adapter(&sandbox);
    let quote = quoted(&easypost).await;
    easypost.buy(&key(), &quote.shipment_reference, &quote.rates[0].reference).await.unwrap();
    for fault in
        [status(400), status(401), status(403), status(404), status(429), json!({ "kind": "nonsense" })]
    {
        order(&sandbox, "easypost", "get_shipment", fault.clone(), 1).await;
        let looked = easypost.look_up(&key(), &quote.shipment_reference).await;
        assert!(looked.is_err(), "{fault}: {looked:?}");
    }
    // An answer of 500 is asked again twice.
    order(&sandbox, "easypost", "get_shipment", status(500), 3).await;
    let looked = easypost.look_up(&key(), &quote.shipment_reference).await;
    assert!(matches!(looked, Err(PortError::Unavailable(_))), "{looked:?}");
    assert!(easypost.look_up(&key(), &quote.shipment_reference).await.unwrap().is_some());
}

#[tokio::test]
async fn what_was_sold_before_is_no_refusal_though_it_cannot_be_seen() {
    let sandbox = sandbox().await;
    let easypost = adapter(&sandbox);
    let quote = quoted(&easypost).await;
    order(&sandbox, "easypost", "buy", drop_after_commit(), 1).await;
    let rate = &quote.rates[0].reference;
    assert!(easypost.buy(&key(), &quote.shipment_reference, rate).await.is_err());
    for fault in [status(401), status(404)] {
        order(&sandbox, "easypost", "get_shipment", fault.clone(), 1).await;
        let again = easypost.buy(&key(), &quote.shipment_reference, rate).await;
        assert!(matches!(again, Err(PortError::Unavailable(_))), "{fault}: {again:?}");
    }
}

#[tokio::test]
async fn a_replaced_key_is_refused_and_the_next_one_finds_what_was_bought() {
    let sandbox = sandbox().await;
    let easypost = adapter(&sandbox);
    let quote = quoted(&easypost).await;
    let rate = &quote.rates[0].reference;
    easypost.buy(&key(), &quote.shipment_reference, rate).await.unwrap();
    let keys = json!({ "old": "EZTKinvented", "new": "EZTKinventednext" });
    let replaced = reqwest::Client::new()
        .post(format!("{}/easypost/keys", sandbox.url()))
        .json(&keys)
        .send()
        .await
        .unwrap();
    assert_eq!(replaced.status().as_u16(), 204);
    let refused = |outcome: Result<(), PortError>| {
        assert!(matches!(outcome, Err(PortError::Unauthorised(_))), "{outcome:?}");
    };
    refused(easypost.look_up(&key(), &quote.shipment_reference).await.map(drop));
    refused(easypost.quote(&key(), &request()).await.map(drop));
    refused(easypost.buy(&key(), &quote.shipment_reference, rate).await.map(drop));
    let next = SecretString::from("EZTKinventednext");
    assert!(easypost.look_up(&next, &quote.shipment_reference).await.unwrap().is_some());
    let other = SecretString::from("EZTKofanotheraccount");
    let foreign = easypost.look_up(&other, &quote.shipment_reference).await;
    assert!(matches!(foreign, Err(PortError::Gone(_))), "another account does not know it: {foreign:?}");
}

#[tokio::test]
async fn the_picture_of_a_label_whose_address_has_run_out_is_gone() {
    let sandbox = sandbox().await;
    let easypost = adapter(&sandbox);
    let quote = quoted(&easypost).await;
    let bought = easypost.buy(&key(), &quote.shipment_reference, &quote.rates[0].reference).await.unwrap();
    order(&sandbox, "easypost", "label", status(403), 1).await;
    let gone = easypost.fetch_label(&key(), &bought.label_url).await;
    assert!(matches!(gone, Err(PortError::Gone(_))), "{gone:?}");
    let anew = easypost.look_up(&key(), &quote.shipment_reference).await.unwrap().unwrap();
    assert!(easypost.fetch_label(&key(), &anew.label_url).await.is_ok());
}

#[tokio::test]
async fn nonsense_after_a_purchase_is_passing_and_the_label_is_there() {
    let sandbox = sandbox().await;
    let easypost = adapter(&sandbox);
    let quote = quoted(&easypost).await;
    order(&sandbox, "easypost", "buy", json!({ "kind": "nonsense" }), 1).await;
    let nonsense = easypost.buy(&key(), &quote.shipment_reference, &quote.rates[0].reference).await;
    assert!(matches!(&nonsense, Err(error @ PortError::Nonsense(_)) if error.is_passing()), "{nonsense:?}");
    assert!(easypost.look_up(&key(), &quote.shipment_reference).await.unwrap().is_some());
}

#[tokio::test]
async fn every_refusal_has_its_kind() {
    let sandbox = sandbox().await;
    let easypost = adapter(&sandbox);
    let quote = quoted(&easypost).await;
    let key = key();
    let buy = || easypost.buy(&key, &quote.shipment_reference, &quote.rates[0].reference);
    order(&sandbox, "easypost", "buy", status(402), 1).await;
    let unpaid = buy().await;
    assert!(matches!(unpaid, Err(PortError::PaymentRequired(_))), "{unpaid:?}");
    order(&sandbox, "easypost", "buy", status(429), 1).await;
    let busy = buy().await;
    assert!(matches!(busy, Err(PortError::Unavailable(_))), "{busy:?}");
    let foreign_rate = easypost.buy(&key, &quote.shipment_reference, "rate_none").await;
    assert!(matches!(foreign_rate, Err(PortError::Refused(_))), "{foreign_rate:?}");
    let unknown = easypost.look_up(&key, "shp_none").await;
    assert!(matches!(unknown, Err(PortError::Gone(_))), "{unknown:?}");

    let mut nowhere = request();
    nowhere.to.address = PostalAddress::default();
    let refused = easypost.quote(&key, &nowhere).await;
    assert!(matches!(&refused, Err(PortError::Refused(text)) if text.contains("to_address")), "{refused:?}");
    assert!(!format!("{refused:?}").contains("Zoë"), "no buyer in an error");

    order(&sandbox, "easypost", "create_shipment", status(503), 1).await;
    let down = easypost.quote(&key, &request()).await;
    assert!(matches!(down, Err(PortError::Unavailable(_))), "{down:?}");
    order(&sandbox, "easypost", "get_shipment", status(503), 1).await;
    assert_eq!(
        easypost.look_up(&key, &quote.shipment_reference).await,
        Ok(None),
        "a question is asked again"
    );
}

#[tokio::test]
async fn labels_are_fetched_only_where_labels_are() {
    let sandbox = sandbox().await;
    let easypost = adapter(&sandbox);
    for url in ["http://127.0.0.1:1/label.png", "file:///etc/hostname", "label.png"] {
        let refused = easypost.fetch_label(&key(), url).await;
        assert!(matches!(refused, Err(PortError::Refused(_))), "{url}: {refused:?}");
    }
    let page = easypost.fetch_label(&key(), &format!("{}/", sandbox.url())).await;
    assert!(matches!(page, Err(PortError::Nonsense(_))), "a page is no label: {page:?}");
    let gone = easypost.fetch_label(&key(), &format!("{}/easypost/labels/none.png", sandbox.url())).await;
    assert!(matches!(gone, Err(PortError::Gone(_))), "{gone:?}");
}

#[tokio::test]
async fn keys_are_checked() {
    let sandbox = sandbox().await;
    let easypost = adapter(&sandbox);
    assert_eq!(easypost.check_key(&key()).await, Ok(()));
    let wrong = easypost.check_key(&SecretString::from("wrong")).await;
    assert!(matches!(wrong, Err(PortError::Unauthorised(_))), "{wrong:?}");
    assert_eq!(
        easypost.check_key(&SecretString::from("EZAKinvented")).await,
        Err(PortError::LiveKeyElsewhere)
    );
}

#[tokio::test]
async fn prices_are_those_that_were_sent() {
    let sandbox = sandbox().await;
    let easypost = adapter(&sandbox);
    let answer: serde_json::Value = reqwest::Client::new()
        .get(format!("{}/shipments/{}", sandbox.easypost_url(), quoted(&easypost).await.shipment_reference))
        .bearer_auth("EZTKinvented")
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let quote = quoted(&easypost).await;
    for (rate, sent) in quote.rates.iter().zip(answer["rates"].as_array().unwrap()) {
        let cents = sent["rate"].as_str().unwrap().replace('.', "").parse().unwrap();
        assert_eq!(rate.price, Money::new(cents, Currency::USD));
    }
    assert_eq!(answer["parcel"]["weight"].to_string(), "7.1", "200 g are 7.05 oz");
    assert_eq!(answer["parcel"]["length"].to_string(), "7.9", "20 cm are 7.87 in");
}
