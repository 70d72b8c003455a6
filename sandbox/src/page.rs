//! The shell of every page: plain HTML, no JavaScript, the system's own type, light or dark as the reader has
//! it.

use std::fmt;

use axum::http::header;
use axum::response::{Html, IntoResponse, Response};

const STYLE: &str = "\
:root{color-scheme:light dark;--paper:light-dark(oklch(98.5% .004 90),oklch(18% .008 90));\
--surface:light-dark(oklch(100% 0 0),oklch(22% .008 90));--line:light-dark(oklch(90% .006 90),oklch(31% .008 90));\
--ink:light-dark(oklch(20% .01 90),oklch(95% .01 90));--second:light-dark(oklch(45% .01 90),oklch(75% .01 90));\
--spruce:light-dark(oklch(45% .09 172),oklch(72% .11 172));--on-spruce:light-dark(#fff,oklch(20% .01 90));\
--rose:light-dark(oklch(52% .18 20),oklch(72% .14 20))}\
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif;\
font-variant-numeric:tabular-nums}\
main{max-width:44rem;margin:0 auto;padding:2rem 1rem 4rem}header{border-bottom:1px solid var(--line);padding:.75rem 1rem;\
color:var(--second);font-size:.875rem}header a{color:inherit}\
h1{font-size:1.375rem;line-height:1.25;margin:0 0 1rem}h2{font-size:1rem;margin:2rem 0 .5rem}a{color:var(--spruce)}\
table{width:100%;border-collapse:collapse}th,td{text-align:left;padding:.5rem .75rem .5rem 0;border-bottom:1px solid var(--line);\
overflow-wrap:anywhere;vertical-align:top}th{color:var(--second);font-weight:500;font-size:.875rem}\
.number{text-align:right}.amount{font-size:2.5rem;font-weight:600;line-height:1.1;margin:.25rem 0 1.5rem}\
.second{color:var(--second)}.wrong{color:var(--rose)}.well{color:var(--spruce)}\
form{display:inline}button{font:inherit;font-weight:600;min-height:2.75rem;padding:.5rem 1.25rem;border-radius:8px;\
border:1px solid var(--line);background:var(--surface);color:var(--ink);cursor:pointer}\
button.primary{background:var(--spruce);border-color:var(--spruce);color:var(--on-spruce)}\
:focus-visible{outline:2px solid var(--spruce);outline-offset:2px}\
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--surface);border:1px solid var(--line);border-radius:8px;\
padding:1rem;font:inherit}iframe{width:100%;height:36rem;border:1px solid var(--line);border-radius:8px;background:#fff;\
color-scheme:light}.row{display:flex;flex-wrap:wrap;gap:.75rem;align-items:center}";

/// Nothing is loaded and nothing runs. Where a form may lead is left open, for a payment leads back to the
/// shop.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-src 'self'; base-uri 'self'";

/// A whole page. `title` is plain text; `content` is HTML whose parts were escaped by [`Escaped`].
pub fn page(title: &str, content: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{title} · sandbox</title>\
         <style>{STYLE}</style></head><body><header><a href=\"/\">SellTrac sandbox</a> · nothing here is real</header>\
         <main>{content}</main></body></html>",
        title = Escaped(title),
    );
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, Html(html)).into_response()
}

/// Writes text so that HTML shows it and never reads it, in content as well as in a quoted attribute.
#[derive(Debug, Clone, Copy)]
pub struct Escaped<'a>(pub &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some(position) = rest.find(['&', '<', '>', '"', '\'']) {
            let (plain, special) = rest.split_at(position);
            formatter.write_str(plain)?;
            formatter.write_str(match special.as_bytes().first() {
                Some(b'&') => "&amp;",
                Some(b'<') => "&lt;",
                Some(b'>') => "&gt;",
                Some(b'"') => "&quot;",
                _ => "&#39;",
            })?;
            rest = special.get(1..).unwrap_or_default();
        }
        formatter.write_str(rest)
    }
}

/// A sum in smallest units as a person reads it: `$48.20`, `¥1200`, `48.20 CHF`.
pub fn money(amount: i64, currency: &str) -> String {
    const WITHOUT_DECIMALS: [&str; 2] = ["jpy", "krw"];
    let number = if WITHOUT_DECIMALS.contains(&currency) { amount.to_string() } else { decimal(amount) };
    match currency {
        "usd" => format!("${number}"),
        "eur" => format!("€{number}"),
        "gbp" => format!("£{number}"),
        "jpy" => format!("¥{number}"),
        _ => format!("{number} {}", currency.to_uppercase()),
    }
}

/// Hundredths as a decimal string: 820 is `8.20`. Only for sums that are not negative.
pub fn decimal(hundredths: i64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::{Escaped, money};

    #[test]
    fn markup_is_shown_and_not_read() {
        let escaped = Escaped("<a href=\"x\" title='y'>Zoë & co</a>").to_string();
        assert_eq!(escaped, "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;Zoë &amp; co&lt;/a&gt;");
    }

    #[test]
    fn money_as_a_person_reads_it() {
        assert_eq!(money(4820, "usd"), "$48.20");
        assert_eq!(money(5, "eur"), "€0.05");
        assert_eq!(money(1200, "jpy"), "¥1200");
        assert_eq!(money(4820, "chf"), "48.20 CHF");
    }
}
