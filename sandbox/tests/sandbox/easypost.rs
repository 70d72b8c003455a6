use hmac::{Hmac, KeyInit, Mac};
use image::GenericImageView;
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::bench::{Bench, Receiver, id, json_of, shipment_body};

#[tokio::test]
async fn rates_are_asked_one_is_bought_and_its_label_is_a_picture() {
    let bench = Bench::start().await;
    let created = bench.easypost(Method::POST, "/shipments").json(&shipment_body()).send().await.unwrap();
    assert_eq!(created.status(), 201);
    let shipment: Value = created.json().await.unwrap();
    let rates = shipment["rates"].as_array().unwrap();
    let named: Vec<_> =
        rates.iter().map(|rate| (&rate["carrier"], &rate["service"], &rate["rate"])).collect();
    let usps = json!("USPS");
    assert_eq!(
        named,
        [
            (&usps, &json!("GroundAdvantage"), &json!("5.08")),
            (&usps, &json!("Priority"), &json!("9.06")),
            (&usps, &json!("Express"), &json!("31.37")),
        ]
    );
    assert_eq!((&shipment["postage_label"], &shipment["tracking_code"]), (&Value::Null, &Value::Null));

    let bought = bench.buy(&shipment, 1).await;
    assert_eq!(bought.status(), 200);
    let bought: Value = bought.json().await.unwrap();
    let tracking_code = bought["tracking_code"].as_str().unwrap();
    assert_eq!(tracking_code.len(), 22);
    assert_eq!(bought["selected_rate"]["id"], shipment["rates"][1]["id"]);
    assert_eq!(bought["tracker"]["tracking_code"], tracking_code);
    assert_eq!(bought["fees"][1]["amount"], "9.06000");
    let again = json_of(bench.easypost(Method::GET, &format!("/shipments/{}", id(&shipment)))).await;
    assert_eq!(again, bought);

    let label_url = bought["postage_label"]["label_url"].as_str().unwrap();
    let label = bench.client.get(label_url).send().await.unwrap();
    assert_eq!(label.headers()["content-type"], "image/png");
    let bytes = label.bytes().await.unwrap();
    let reader = png::Decoder::new(std::io::Cursor::new(&bytes)).read_info().unwrap();
    let dimensions = reader.info().pixel_dims.unwrap();
    assert_eq!((dimensions.xppu, dimensions.unit), (11_811, png::Unit::Meter), "300 dots an inch");
    let picture = image::load_from_memory(&bytes).unwrap();
    assert_eq!(picture.dimensions(), (1200, 1800));
    assert_eq!(read_barcode(&picture.to_luma8()), tracking_code);
    assert!(bench.page("/easypost/shipments").await.contains(tracking_code));
}

/// Reads the digits back from one row of the picture, as a scanner would: widths of bars and spaces, six to a
/// symbol, looked up in the standard's table, with the check symbol reckoned anew.
fn read_barcode(picture: &image::GrayImage) -> String {
    const MODULE: u32 = 6;
    let row: Vec<bool> = (0..picture.width()).map(|x| picture.get_pixel(x, 1400).0[0] < 128).collect();
    let first = row.iter().position(|black| *black).unwrap();
    let last = row.iter().rposition(|black| *black).unwrap();
    let runs: Vec<u32> = row[first..=last]
        .chunk_by(|left, right| left == right)
        .map(|run| u32::try_from(run.len()).unwrap() / MODULE)
        .collect();
    let symbols: Vec<String> =
        runs.chunks(6).map(|widths| widths.iter().map(u32::to_string).collect()).collect();
    // Start C, eleven pairs, a check symbol, and the stop, whose closing bar makes a chunk of its own.
    assert_eq!(symbols.len(), 15);
    assert_eq!(symbols[0], "211232");
    assert_eq!(format!("{}{}", symbols[13], symbols[14]), "2331112");
    let values: Vec<usize> = symbols[1..13]
        .iter()
        .map(|widths| WIDTHS.split(' ').position(|known| known == widths).unwrap())
        .collect();
    let sum: usize = 105 + values[..11].iter().zip(1..).map(|(value, place)| value * place).sum::<usize>();
    assert_eq!(values[11], sum % 103);
    values[..11].iter().map(|value| format!("{value:02}")).collect()
}

/// The symbols 0 to 102.
const WIDTHS: &str = "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 \
    122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 \
    322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 \
    113123 113321 133121 313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 \
    221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 \
    413111 241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 \
    111341 131141 114113 114311 411113 411311 113141 114131 311141 411131";

#[tokio::test]
async fn postage_is_bought_once_and_given_back_once() {
    let bench = Bench::start().await;
    let shipment = bench.shipment().await;
    let refund = async || {
        let path = format!("/shipments/{}/refund", id(&shipment));
        bench.easypost(Method::POST, &path).send().await.unwrap()
    };
    assert_eq!(refund().await.status(), 422, "nothing was bought yet");
    assert_eq!(
        bench.buy(&json!({ "id": shipment["id"], "rates": [{ "id": "rate_of_nobody" }] }), 0).await.status(),
        422
    );

    assert_eq!(bench.buy(&shipment, 0).await.status(), 200);
    let twice = bench.buy(&shipment, 1).await;
    assert_eq!(twice.status(), 422);
    assert_eq!(twice.json::<Value>().await.unwrap()["error"]["code"], "SHIPMENT.POSTAGE.EXISTS");

    let given_back = refund().await;
    assert_eq!(given_back.status(), 200);
    assert_eq!(given_back.json::<Value>().await.unwrap()["refund_status"], "submitted");
    assert_eq!(refund().await.status(), 422);
}

#[tokio::test]
async fn rating_again_makes_the_old_rates_invalid() {
    let bench = Bench::start().await;
    let shipment = bench.shipment().await;
    let path = format!("/shipments/{}/rerate", id(&shipment));
    let rated = json_of(bench.easypost(Method::POST, &path)).await;
    assert_eq!(rated["rates"][0]["rate"], shipment["rates"][0]["rate"]);
    assert_eq!(bench.buy(&shipment, 0).await.status(), 422);
    assert_eq!(bench.buy(&rated, 0).await.status(), 200);
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let bench = Bench::start().await;
    let url = format!("{}/shipments", bench.sandbox.easypost_url());
    for key in ["EZAKproduction", "sk_test_example"] {
        let refused = bench.client.post(&url).bearer_auth(key).json(&shipment_body()).send().await.unwrap();
        assert_eq!(refused.status(), 401);
        assert_eq!(refused.json::<Value>().await.unwrap()["error"]["errors"], json!([]));
    }
    let bearer =
        bench.client.post(&url).bearer_auth("EZTKother").json(&shipment_body()).send().await.unwrap();
    assert_eq!(bearer.status(), 201);
    let of_another: Value = bearer.json().await.unwrap();
    let path = format!("/shipments/{}", id(&of_another));
    assert_eq!(bench.easypost(Method::GET, &path).send().await.unwrap().status(), 404);

    let mut body = shipment_body();
    body["shipment"]["to_address"]["zip"] = Value::Null;
    let refused = bench.easypost(Method::POST, "/shipments").json(&body).send().await.unwrap();
    assert_eq!(refused.status(), 422);
    assert_eq!(refused.json::<Value>().await.unwrap()["error"]["errors"][0]["field"], "to_address.zip");
    let refused = bench.easypost(Method::POST, "/shipments").body("not json").send().await.unwrap();
    assert_eq!(refused.status(), 400);

    body = shipment_body();
    body["shipment"]["parcel"]["weight"] = json!(1200);
    let heavy = json_of(bench.easypost(Method::POST, "/shipments").json(&body)).await;
    assert_eq!(heavy["rates"], json!([]));
    assert_eq!(heavy["messages"][0]["type"], "rate_error");
}

#[tokio::test]
async fn buying_tells_the_webhook_of_a_tracker() {
    let bench = Bench::start().await;
    let receiver = Receiver::start(0).await;
    let webhook = json!({ "webhook": { "url": receiver.url(), "webhook_secret": "s\u{e9}cret" } });
    assert_eq!(json_of(bench.easypost(Method::POST, "/webhooks").json(&webhook)).await["object"], "Webhook");
    let shipment = bench.shipment().await;
    bench.buy(&shipment, 0).await;

    let received = receiver.wait_for(1).await.remove(0);
    let event: Value = serde_json::from_str(&received.body).unwrap();
    assert_eq!(event["description"], "tracker.created");
    assert_eq!(event["result"]["shipment_id"], shipment["id"]);
    // The accent apart from its letter: that is what NFKD makes of the secret.
    let mut mac = Hmac::<Sha256>::new_from_slice("se\u{301}cret".as_bytes()).unwrap();
    mac.update(received.body.as_bytes());
    let expected = format!("hmac-sha256-hex={}", hex::encode(mac.finalize().into_bytes()));
    assert_eq!(received.headers["x-hmac-signature"], expected.as_str());
}
