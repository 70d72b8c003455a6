//! Reads Stripe's bracketed forms and refuses what Stripe would refuse.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::refusal::Refusal;

/// A session lives at least this long; five seconds are forgiven to clocks and slow requests.
const SHORTEST_LIFE_SECONDS: i64 = 30 * 60 - 5;
/// A session lives at most this long, which is also what it lives if nothing is asked for.
const LONGEST_LIFE_SECONDS: i64 = 24 * 60 * 60;
/// The same five seconds at the other end.
const FORGIVEN_SECONDS: i64 = 5;
const MOST_LINE_ITEMS: usize = 100;
/// Stripe takes amounts of up to eight digits.
const LARGEST_AMOUNT: i64 = 99_999_999;
/// The least that Stripe takes in some currencies, in smallest units.
const SMALLEST_AMOUNTS: [(&str, i64); 10] = [
    ("aud", 50),
    ("cad", 50),
    ("chf", 50),
    ("czk", 1500),
    ("eur", 50),
    ("gbp", 30),
    ("jpy", 50),
    ("mxn", 1000),
    ("sek", 300),
    ("usd", 50),
];

/// Deep enough for `line_items[0][price_data][product_data][metadata][name]`.
const DEEPEST_BRACKETS: usize = 8;

/// Reads a form or a query string. A parameter that is not known is refused, as Stripe does.
pub fn parse<T: DeserializeOwned>(form: &str) -> Result<T, Refusal> {
    // Clients may or may not percent-encode the brackets; this mode takes both.
    serde_qs::Config::new(DEEPEST_BRACKETS, false)
        .deserialize_str(form)
        .map_err(|error| Refusal::invalid(format!("Received unknown or malformed parameters: {error}")))
}

/// The form of `POST /v1/checkout/sessions`, with every value still as text.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SessionForm {
    mode: Option<String>,
    line_items: Vec<LineItemForm>,
    success_url: Option<String>,
    cancel_url: Option<String>,
    client_reference_id: Option<String>,
    customer_email: Option<String>,
    metadata: BTreeMap<String, String>,
    payment_intent_data: IntentForm,
    expires_at: Option<String>,
    locale: Option<String>,
    submit_type: Option<String>,
    payment_method_types: Vec<String>,
    pub expand: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct LineItemForm {
    quantity: Option<String>,
    price_data: Option<PriceForm>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct PriceForm {
    currency: Option<String>,
    unit_amount: Option<String>,
    product_data: ProductForm,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ProductForm {
    name: Option<String>,
    description: Option<String>,
    images: Vec<String>,
    metadata: BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct IntentForm {
    metadata: BTreeMap<String, String>,
    description: Option<String>,
    receipt_email: Option<String>,
    statement_descriptor: Option<String>,
    statement_descriptor_suffix: Option<String>,
}

/// A form that was found good.
#[derive(Debug, PartialEq, Eq)]
pub struct NewSession {
    pub item_names: Vec<String>,
    pub amount_total: i64,
    pub currency: String,
    pub success_url: String,
    pub cancel_url: Option<String>,
    pub client_reference_id: Option<String>,
    pub customer_email: Option<String>,
    pub metadata: BTreeMap<String, String>,
    pub intent_metadata: BTreeMap<String, String>,
    pub expires_at: i64,
}

impl SessionForm {
    /// Checks the form; `now` is in seconds since 1970.
    pub fn check(self, now: i64) -> Result<NewSession, Refusal> {
        match self.mode.as_deref() {
            None => return Err(Refusal::missing("mode")),
            Some("payment") => {}
            Some(_) => {
                return Err(Refusal::invalid("The sandbox knows only the mode 'payment'.").about("mode"));
            }
        }
        let success_url = self.success_url.ok_or_else(|| Refusal::missing("success_url"))?;
        check_url(&success_url, "success_url")?;
        if let Some(cancel_url) = &self.cancel_url {
            check_url(cancel_url, "cancel_url")?;
        }
        if self.client_reference_id.as_ref().is_some_and(|reference| reference.len() > 200) {
            return Err(Refusal::invalid("At most 200 characters.").about("client_reference_id"));
        }
        if self.customer_email.as_ref().is_some_and(|email| !is_email(email)) {
            return Err(Refusal::invalid("Invalid email address.")
                .with_code("email_invalid")
                .about("customer_email"));
        }
        check_metadata(&self.metadata, "metadata")?;
        check_metadata(&self.payment_intent_data.metadata, "payment_intent_data[metadata]")?;
        let expires_at = check_expiry(self.expires_at.as_deref(), now)?;
        let Basket { item_names, amount_total, currency } = check_line_items(self.line_items)?;

        Ok(NewSession {
            item_names,
            amount_total,
            currency,
            success_url,
            cancel_url: self.cancel_url,
            client_reference_id: self.client_reference_id,
            customer_email: self.customer_email,
            metadata: self.metadata,
            intent_metadata: self.payment_intent_data.metadata,
            expires_at,
        })
    }
}

/// Whether Stripe takes an address, as far as it is known: plain letters, no dots that begin, end or follow one another, and
/// a whole domain.
fn is_email(email: &str) -> bool {
    let Some((name, domain)) = email.rsplit_once('@') else { return false };
    let is_dotted = |part: &str| part.split('.').all(|atom| !atom.is_empty());
    let ends_well = domain.rsplit_once('.').is_some_and(|(_, last)| last.len() >= 2);
    email.is_ascii()
        && !email.contains(char::is_whitespace)
        && is_dotted(name)
        && is_dotted(domain)
        && ends_well
}

struct Basket {
    item_names: Vec<String>,
    amount_total: i64,
    currency: String,
}

fn check_line_items(items: Vec<LineItemForm>) -> Result<Basket, Refusal> {
    if items.is_empty() {
        return Err(Refusal::missing("line_items"));
    }
    if items.len() > MOST_LINE_ITEMS {
        return Err(Refusal::invalid("At most 100 line items.").about("line_items"));
    }
    let mut basket = Basket { item_names: Vec::new(), amount_total: 0, currency: String::new() };
    for (index, item) in items.into_iter().enumerate() {
        let at = |field: &str| format!("line_items[{index}]{field}");
        let quantity = check_number(item.quantity.as_deref(), &at("[quantity]"), 1)?;
        let price = item.price_data.ok_or_else(|| Refusal::missing(&at("[price_data]")))?;
        let unit_amount = check_number(price.unit_amount.as_deref(), &at("[price_data][unit_amount]"), 0)?;

        let param = at("[price_data][currency]");
        let currency = price.currency.ok_or_else(|| Refusal::missing(&param))?.to_ascii_lowercase();
        if currency.len() != 3 || !currency.bytes().all(|letter| letter.is_ascii_lowercase()) {
            return Err(Refusal::invalid(format!("Invalid currency: {currency}")).about(&param));
        }
        if index > 0 && currency != basket.currency {
            return Err(Refusal::invalid("All line items must have the same currency.").about(&param));
        }
        basket.currency = currency;

        let param = at("[price_data][product_data][name]");
        let name = price.product_data.name.filter(|name| !name.is_empty());
        basket.item_names.push(name.ok_or_else(|| Refusal::missing(&param))?);

        let too_large = || Refusal::invalid("The amount is too large.").with_code("amount_too_large");
        basket.amount_total = unit_amount
            .checked_mul(quantity)
            .and_then(|amount| amount.checked_add(basket.amount_total))
            .filter(|total| *total <= LARGEST_AMOUNT)
            .ok_or_else(too_large)?;
    }
    let smallest = SMALLEST_AMOUNTS.iter().find(|(currency, _)| *currency == basket.currency);
    if smallest.is_some_and(|(_, smallest)| basket.amount_total < *smallest) {
        return Err(Refusal::invalid(
            "The total amount due must add up to at least the minimum charge amount.",
        )
        .with_code("amount_too_small"));
    }
    Ok(basket)
}

fn check_number(text: Option<&str>, param: &str, least: i64) -> Result<i64, Refusal> {
    let text = text.ok_or_else(|| Refusal::missing(param))?;
    match text.parse::<i64>() {
        Ok(number) if number >= least => Ok(number),
        Ok(_) => Err(Refusal::invalid(format!("This value must be at least {least}.")).about(param)),
        Err(_) => Err(Refusal::invalid(format!("Invalid integer: {text}"))
            .with_code("parameter_invalid_integer")
            .about(param)),
    }
}

fn check_expiry(text: Option<&str>, now: i64) -> Result<i64, Refusal> {
    let Some(text) = text else { return Ok(now + LONGEST_LIFE_SECONDS) };
    let expires_at = check_number(Some(text), "expires_at", 0)?;
    let life = expires_at - now;
    if (SHORTEST_LIFE_SECONDS..=LONGEST_LIFE_SECONDS + FORGIVEN_SECONDS).contains(&life) {
        return Ok(expires_at);
    }
    let message = "The `expires_at` timestamp must be 30 minutes to 24 hours after the session is created.";
    Err(Refusal::invalid(message).about("expires_at"))
}

/// Stripe wants a whole address with its scheme. Only the two of the web are let through, for the sandbox's
/// pages make links of them.
pub fn check_url(url: &str, param: &str) -> Result<(), Refusal> {
    // The placeholder for the session's id is not a character of a URL.
    let plain = url.replace("{CHECKOUT_SESSION_ID}", "id");
    match reqwest::Url::parse(&plain) {
        Ok(parsed) if ["http", "https"].contains(&parsed.scheme()) => Ok(()),
        _ => Err(Refusal::invalid("Not a valid URL").with_code("url_invalid").about(param)),
    }
}

/// At most 50 pairs, names up to 40 characters, values up to 500.
fn check_metadata(metadata: &BTreeMap<String, String>, param: &str) -> Result<(), Refusal> {
    let fits = |(name, value): (&String, &String)| name.chars().count() <= 40 && value.chars().count() <= 500;
    if metadata.len() <= 50 && metadata.iter().all(fits) {
        return Ok(());
    }
    Err(Refusal::invalid("Metadata can have up to 50 keys, of 40 characters, with values of 500.")
        .about(param))
}

/// The query of every list: `limit` (1 to 100, 10 if left out), `starting_after`, `created[gte]` and filters.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ListQuery {
    limit: Option<String>,
    pub starting_after: Option<String>,
    created: CreatedFilter,
    pub payment_intent: Option<String>,
    pub status: Option<String>,
    #[serde(rename = "type")]
    pub one_type: Option<String>,
    pub types: Vec<String>,
    pub expand: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct CreatedFilter {
    gte: Option<String>,
}

impl ListQuery {
    /// How many are wanted.
    pub fn limit(&self) -> Result<usize, Refusal> {
        let Some(limit) = &self.limit else { return Ok(10) };
        match check_number(Some(limit), "limit", 1)? {
            limit @ 1..=100 => Ok(usize::try_from(limit).unwrap_or(100)),
            _ => Err(Refusal::invalid("This value must be less than or equal to 100.").about("limit")),
        }
    }

    /// The earliest time of creation wanted; 0 if all are.
    pub fn created_since(&self) -> Result<i64, Refusal> {
        self.created.gte.as_deref().map_or(Ok(0), |text| check_number(Some(text), "created[gte]", 0))
    }
}

#[cfg(test)]
mod tests {
    use super::{ListQuery, SessionForm, parse};

    const NOW: i64 = 1_700_000_000;

    const GOOD: &str = "mode=payment&line_items[0][quantity]=2&line_items[0][price_data][currency]=USD\
        &line_items[0][price_data][unit_amount]=1234&line_items[0][price_data][product_data][name]=Invoice+INV-1\
        &success_url=https%3A%2F%2Fshop.example%2Fpay%3Fs%3D%7BCHECKOUT_SESSION_ID%7D&metadata[invoice_id]=7";

    fn refusal_of(form: &str) -> String {
        format!("{:?}", parse::<SessionForm>(form).and_then(|form| form.check(NOW)).unwrap_err())
    }

    #[test]
    fn plain_and_encoded_brackets_are_the_same() {
        let plain = parse::<SessionForm>(GOOD).unwrap().check(NOW).unwrap();
        let encoded = GOOD.replace('[', "%5B").replace(']', "%5D");
        assert_eq!(parse::<SessionForm>(&encoded).unwrap().check(NOW).unwrap(), plain);
        assert_eq!(plain.amount_total, 2468);
        assert_eq!(plain.currency, "usd");
        assert_eq!(plain.item_names, ["Invoice INV-1"]);
        assert_eq!(plain.success_url, "https://shop.example/pay?s={CHECKOUT_SESSION_ID}");
        assert_eq!(plain.metadata["invoice_id"], "7");
        assert_eq!(plain.expires_at, NOW + 86_400);
    }

    #[test]
    fn brackets_in_a_value_stay_in_the_value() {
        let form = GOOD.replace("Invoice+INV-1", "Ring%20%5Bgold%5D%20%26%20box");
        assert_eq!(
            parse::<SessionForm>(&form).unwrap().check(NOW).unwrap().item_names,
            ["Ring [gold] & box"]
        );
    }

    #[test]
    fn refusals_name_the_parameter() {
        assert!(refusal_of("").contains("param: Some(\"mode\")"));
        assert!(refusal_of(&GOOD.replace("=1234", "=12.34")).contains("parameter_invalid_integer"));
        assert!(refusal_of(&GOOD.replace("quantity]=2", "quantity]=0")).contains("line_items[0][quantity]"));
        assert!(refusal_of(&GOOD.replace("USD", "dollars")).contains("[currency]"));
        assert!(refusal_of(&GOOD.replace("https%3A", "javascript%3A")).contains("url_invalid"));
        assert!(refusal_of(&GOOD.replace("=1234", "=24")).contains("amount_too_small"));
        assert!(refusal_of(&format!("{GOOD}&ui_mode=hosted")).contains("ui_mode"));
        assert!(refusal_of(&format!("{GOOD}&expires_at={}", NOW + 60)).contains("expires_at"));
    }

    #[test]
    fn addresses_that_stripe_does_not_take_are_refused_by_name() {
        let with = |email: &str| format!("{GOOD}&customer_email={email}");
        for odd in [
            "ana..ruiz@gmail.com",
            "ana.@gmail.com",
            ".ana@gmail.com",
            "jos%C3%A9@correo.example",
            "ana@localhost",
            "ana",
        ] {
            assert!(refusal_of(&with(odd)).contains("email_invalid"), "{odd}");
        }
        assert!(parse::<SessionForm>(&with("ana.ruiz@gmail.com")).unwrap().check(NOW).is_ok());
    }

    #[test]
    fn lists_take_one_to_a_hundred() {
        let limit = |query: &str| parse::<ListQuery>(query).unwrap().limit();
        assert_eq!(limit(""), Ok(10));
        assert_eq!(limit("limit=100"), Ok(100));
        assert!(limit("limit=0").is_err());
        assert!(limit("limit=101").is_err());
        let query = parse::<ListQuery>("created%5Bgte%5D=5&types[]=a&types[]=b").unwrap();
        assert_eq!(query.created_since(), Ok(5));
        assert_eq!(query.types, ["a", "b"]);
    }
}
