//! Passwords that somebody would guess in a few tries: those that everybody takes, and those that say what stands beside
//! them in the form.

use domain::{
    accounts::Registration,
    problem::{FieldCode, Problem},
};
use zxcvbn::{Score, zxcvbn};

use crate::Result;

/// The least that is taken: more than a million guesses, of which fifty in a quarter of an hour are let through.
const LEAST: Score = Score::Two;

/// What whoever guesses would try first: what stands in the form beside the password.
pub(super) struct Guesses(Vec<String>);

impl Guesses {
    /// The guesses for a registration.
    pub fn of(registration: &Registration) -> Self {
        let address = registration.email.as_str();
        let local_part = address.split('@').next().unwrap_or_default();
        let known =
            [registration.business_name.as_str(), &registration.name, address, local_part, "sell trac"];
        Guesses(known.into_iter().flat_map(words).collect())
    }

    /// Refuses a password that is easy to guess for whoever knows the business. It takes some milliseconds of a core.
    ///
    /// # Errors
    /// [`FieldCode::EasyToGuess`] beside `password`.
    pub fn check(&self, password: &str) -> Result<(), Problem> {
        let known: Vec<&str> = self.0.iter().map(String::as_str).collect();
        match zxcvbn(password, &known).score() >= LEAST {
            true => Ok(()),
            false => Err(Problem::field("password", FieldCode::EasyToGuess)),
        }
    }
}

/// A name as a whole, without its spaces, and word by word.
fn words(name: &str) -> Vec<String> {
    let of_letters = |character: char| !character.is_alphanumeric();
    let words: Vec<String> =
        name.split(of_letters).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    let together = words.concat();
    [name.to_lowercase(), together].into_iter().chain(words).collect()
}

#[cfg(test)]
mod tests {
    use domain::{accounts::RegistrationForm, address::PostalAddress};

    use super::*;

    fn is_taken(password: &str) -> bool {
        let form = RegistrationForm {
            name: "Olive Owner".into(),
            business_name: "Moonlit Silver".into(),
            email: "olive.shop@moonlit.example".into(),
            password: password.into(),
            address: PostalAddress {
                line1: "1 Market Street".into(),
                city: "Austin".into(),
                region: "TX".into(),
                postal_code: "78701".into(),
                country: "US".into(),
                ..Default::default()
            },
            currency: "USD".into(),
            weight_unit: "oz".into(),
            time_zone: String::new(),
        };
        Guesses::of(&form.parse().unwrap()).check(password).is_ok()
    }

    #[test]
    fn what_everybody_takes_and_what_stands_in_the_form_is_refused() {
        for password in [
            "1234567890",
            "password12",
            "qwertyuiop",
            "aaaaaaaaaaaa",
            "iloveyou123",
            "Moonlit Silver",
            "moonlitsilver",
            "moonlitsilver1",
            "MoonlitSilver!",
            "olive.shop",
            "oliveshop1",
            "selltrac12",
            "selltracselltrac",
            "SellTrac2026",
        ] {
            assert!(!is_taken(password), "{password}");
        }
    }

    #[test]
    fn a_short_sentence_is_taken() {
        for password in [
            "a quiet long password",
            "moonlit silver demo",
            "three geese near the pond",
            "ดวงจันทร์สีเงินเหนือบ้าน",
        ] {
            assert!(is_taken(password), "{password}");
        }
    }
}
