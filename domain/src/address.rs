//! Postal addresses: structured, with two-letter countries.

pub mod rules;

use serde::{Deserialize, Serialize};

use crate::{
    problem::{Check, FieldCode},
    text,
};

/// Where somebody lives or a business posts from. `country` is an ISO 3166-1 code of two letters; the rest is text as
/// its country writes it. An address that is not known is empty in every field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostalAddress {
    #[serde(default)]
    pub line1: String,
    #[serde(default)]
    pub line2: String,
    #[serde(default)]
    pub city: String,
    /// State, province or prefecture.
    #[serde(default)]
    pub region: String,
    #[serde(default)]
    pub postal_code: String,
    #[serde(default)]
    pub country: String,
}

/// Countries that sellers of SellTrac's communities live in or post to, for the list in forms: code and name.
pub const COUNTRIES: [(&str, &str); 40] = [
    ("AT", "Austria"),
    ("AU", "Australia"),
    ("BE", "Belgium"),
    ("BR", "Brazil"),
    ("CA", "Canada"),
    ("CH", "Switzerland"),
    ("CL", "Chile"),
    ("CN", "China"),
    ("CO", "Colombia"),
    ("CZ", "Czechia"),
    ("DE", "Germany"),
    ("DK", "Denmark"),
    ("ES", "Spain"),
    ("FI", "Finland"),
    ("FR", "France"),
    ("GB", "United Kingdom"),
    ("HK", "Hong Kong"),
    ("ID", "Indonesia"),
    ("IE", "Ireland"),
    ("IN", "India"),
    ("IT", "Italy"),
    ("JP", "Japan"),
    ("KR", "South Korea"),
    ("MX", "Mexico"),
    ("MY", "Malaysia"),
    ("NL", "Netherlands"),
    ("NO", "Norway"),
    ("NZ", "New Zealand"),
    ("PE", "Peru"),
    ("PH", "Philippines"),
    ("PL", "Poland"),
    ("PR", "Puerto Rico"),
    ("PT", "Portugal"),
    ("SE", "Sweden"),
    ("SG", "Singapore"),
    ("TH", "Thailand"),
    ("TW", "Taiwan"),
    ("US", "United States"),
    ("VN", "Vietnam"),
    ("ZA", "South Africa"),
];

/// The name of a country, or its code if it is not in the list.
pub fn country_name(code: &str) -> &str {
    COUNTRIES.iter().find(|(known, _)| *known == code).map_or(code, |(_, name)| name)
}

impl PostalAddress {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.line1.is_empty() && self.city.is_empty() && self.postal_code.is_empty()
    }

    /// Whether a parcel can be addressed with it.
    pub fn is_complete(&self) -> bool {
        let rules = rules::of(&self.country);
        !self.line1.is_empty()
            && !self.city.is_empty()
            && self.country.len() == 2
            && (!self.postal_code.is_empty() || !rules.needs_postal_code())
    }

    /// The address as typed in a form whose fields start with `prefix`, tidied and, where its country is known, as that
    /// writes it. Complete or, if `required` is false, altogether empty.
    pub fn parse(&self, prefix: &str, required: bool, check: &mut Check) -> PostalAddress {
        let mut take = |name: &str, typed: &str, limit: u32| {
            check.take(&format!("{prefix}{name}"), text::optional(typed, limit)).unwrap_or_default()
        };
        let mut address = PostalAddress {
            line1: take("line1", &self.line1, 120),
            line2: take("line2", &self.line2, 120),
            city: take("city", &self.city, 80),
            region: take("region", &self.region, 80),
            postal_code: take("postal_code", &self.postal_code, 20),
            country: take("country", &self.country, 2).to_ascii_uppercase(),
        };
        if address.is_empty() && !required {
            return PostalAddress::default();
        }
        let rules = rules::of(&address.country);
        if address.city.is_empty() {
            address.city = rules.only_city.to_owned();
        }
        let needed = [
            ("line1", &address.line1, true),
            ("city", &address.city, true),
            ("region", &address.region, rules.needs_region()),
            ("postal_code", &address.postal_code, rules.needs_postal_code()),
        ];
        for (name, value, is_needed) in needed {
            if is_needed && value.is_empty() {
                check.note(&format!("{prefix}{name}"), FieldCode::Missing);
            }
        }
        if let Some(code) =
            check.take(&format!("{prefix}postal_code"), rules.postal_code(&address.postal_code))
        {
            address.postal_code = code;
        }
        if !COUNTRIES.iter().any(|(code, _)| *code == address.country) {
            check.note(&format!("{prefix}country"), FieldCode::NotAChoice);
        }
        address
    }

    /// The address in one line, for lists.
    pub fn line(&self) -> String {
        self.lines().join(", ")
    }

    /// What the parts of an address in a form say, in one line.
    pub(crate) fn line_of(parts: &serde_json::Value) -> String {
        use serde::Deserialize;
        PostalAddress::deserialize(parts).map(|address| address.line()).unwrap_or_default()
    }

    /// The lines of an envelope, without the name.
    pub fn lines(&self) -> Vec<String> {
        let place = [&self.city, &self.region, &self.postal_code]
            .into_iter()
            .filter(|part| !part.is_empty())
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(" ");
        [self.line1.clone(), self.line2.clone(), place, country_name(&self.country).to_owned()]
            .into_iter()
            .filter(|line| !line.is_empty())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_filled_address_names_what_is_missing() {
        let typed = PostalAddress { city: "Austin".into(), country: "us".into(), ..Default::default() };
        let mut check = Check::new();
        typed.parse("address_", false, &mut check);
        let problem = check.problem().expect("the address is incomplete");
        let fields: Vec<&str> = problem.fields.iter().map(|field| field.field.as_str()).collect();
        assert_eq!(fields, ["address_line1", "address_region", "address_postal_code"]);
    }

    #[test]
    fn an_empty_address_is_fine_where_none_is_required() {
        let mut check = Check::new();
        let typed = PostalAddress { country: "US".into(), ..Default::default() };
        assert_eq!(typed.parse("", false, &mut check), PostalAddress::default());
        assert_eq!(check.problem(), None);
    }
    #[test]
    fn what_an_address_needs_depends_on_its_country() {
        let address =
            |line1: &str, city: &str, region: &str, postal_code: &str, country: &str| PostalAddress {
                line1: line1.into(),
                line2: String::new(),
                city: city.into(),
                region: region.into(),
                postal_code: postal_code.into(),
                country: country.into(),
            };
        let wrong = |typed: PostalAddress| -> Vec<String> {
            let mut check = Check::new();
            typed.parse("", true, &mut check);
            check
                .problem()
                .map(|problem| problem.fields.into_iter().map(|field| field.field).collect())
                .unwrap_or_default()
        };
        assert_eq!(wrong(address("1 Lane", "Austin", "", "78701", "US")), ["region"]);
        assert_eq!(wrong(address("1 Lane", "Austin", "TX", "7870", "US")), ["postal_code"]);
        assert_eq!(wrong(address("1 Queen's Road", "Central", "", "", "HK")), Vec::<String>::new());
        assert_eq!(wrong(address("1 Orchard Road", "", "", "238823", "SG")), Vec::<String>::new());
        assert_eq!(wrong(address("1 Rue", "Lyon", "", "69001", "FR")), Vec::<String>::new());
        assert_eq!(wrong(address("Jl. 1", "Bandung", "", "anything", "ID")), Vec::<String>::new());
        let mut check = Check::new();
        let singapore = address("1 Orchard Road", "", "", "238823", "sg").parse("", true, &mut check);
        assert_eq!((singapore.city.as_str(), singapore.is_complete()), ("Singapore", true));
    }
}
