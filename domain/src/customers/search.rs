//! By what a customer is found.

use crate::{
    lists::{MAX_SEARCH_WORDS, searched},
    text::search_fold,
};

/// What the search of customers looks through.
#[derive(Clone, Debug, Default)]
pub struct Searched<'a> {
    pub name: &'a str,
    pub email: &'a str,
    /// As typed.
    pub phone: &'a str,
    pub phone_e164: &'a str,
    pub handles: Vec<&'a str>,
    pub cities: Vec<&'a str>,
    pub tags: Vec<&'a str>,
}

impl Searched<'_> {
    /// The folded text that is stored beside the customer; each part once.
    pub fn text(&self) -> String {
        let digits: String = self.phone.chars().filter(char::is_ascii_digit).collect();
        let single = [self.name, self.email, self.phone, &digits, self.phone_e164];
        let mut parts: Vec<String> = Vec::new();
        let all =
            single.into_iter().chain(self.handles.iter().chain(&self.cities).chain(&self.tags).copied());
        for part in all.map(search_fold) {
            if !part.is_empty() && !parts.contains(&part) {
                parts.push(part);
            }
        }
        parts.join(" ")
    }
}

/// The words of a search, each of which the stored text must hold. What is only digits and the marks of a phone number is
/// one word of digits, however it is written. Of a search that is longer than anybody types only the beginning is looked for.
pub fn words(typed: &str) -> Vec<String> {
    let folded = search_fold(searched(typed));
    let digits: String = folded.chars().filter(char::is_ascii_digit).collect();
    let is_phone = digits.len() >= 5
        && folded.chars().all(|character| character.is_ascii_digit() || " +()-./".contains(character));
    if is_phone {
        return vec![digits];
    }
    folded
        .split(' ')
        .map(|word| word.trim_start_matches('@').to_owned())
        .filter(|word| !word.is_empty())
        .take(MAX_SEARCH_WORDS)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customer_is_found_however_the_number_is_written() {
        let text = Searched {
            name: "Ana Ruiz",
            email: "ANA@buyers.example",
            phone: "(512) 555-0100",
            phone_e164: "+15125550100",
            handles: vec!["Ana Ruiz", "ana.r"],
            cities: vec!["São Paulo"],
            tags: vec!["VIP"],
        }
        .text();
        for typed in [
            "ana ruiz",
            "@ana.r",
            "512-555-0100",
            "+1 512 555 0100",
            "5550100",
            "são",
            "vip",
            "ＡＮＡ@buyers",
        ] {
            assert!(words(typed).iter().all(|word| text.contains(word.as_str())), "{typed} in {text}");
        }
        assert_eq!(text.matches("ana ruiz").count(), 1, "the handle that is the name is not repeated");
    }
}
