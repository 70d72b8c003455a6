//! `selltrac check`: whether every figure of the stock is what its movements and claims say.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use services::inventory::stock::check::{Checked, check};

use super::{CommandError, environment};
use crate::{config::Config, start};

/// Prints a line for each business and one for each disagreement. Nothing is changed, and servers may go on working.
///
/// # Errors
/// The database cannot be read, or something disagrees.
pub fn run(file: Option<PathBuf>) -> Result<(), CommandError> {
    let config = Config::load(file.as_deref(), &environment)?;
    start::runtime()?.block_on(async {
        let database = start::database(&config).await?;
        let mut found = Found::default();
        let mut told = Ok(());
        check(&database, |checked| {
            found.add(&checked);
            let written = write!(io::stdout().lock(), "{}", in_words(&checked));
            // The check goes on where nobody reads it: its exit code says the rest.
            if told.is_ok() {
                told = written;
            }
        })
        .await?;
        database.close().await.map_err(start::StartError::from)?;
        told?;
        found.verdict()
    })
}

/// Sums over all businesses.
#[derive(Default)]
struct Found {
    disagreements: usize,
    businesses: usize,
}

impl Found {
    fn add(&mut self, checked: &Checked) {
        self.disagreements += checked.disagreements.len();
        self.businesses += usize::from(!checked.disagreements.is_empty());
    }

    fn verdict(&self) -> Result<(), CommandError> {
        match self.disagreements {
            0 => Ok(()),
            disagreements => Err(CommandError::Unsound { disagreements, businesses: self.businesses }),
        }
    }
}

/// `Moonlit Silver (01…): 12 variants, sound`, and a line for each disagreement.
fn in_words(checked: &Checked) -> String {
    let Checked { business_id, name, variants, disagreements } = checked;
    let verdict = match disagreements.len() {
        0 => "sound".to_owned(),
        1 => "1 disagreement".to_owned(),
        several => format!("{several} disagreements"),
    };
    let mut lines = format!("{name} ({business_id}): {variants} variants, {verdict}\n");
    for disagreement in disagreements {
        lines.push_str(&format!("  {disagreement}\n"));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_business_is_told_in_a_line_and_one_for_each_disagreement() {
        let mut checked = Checked {
            business_id: uuid::Uuid::nil(),
            name: "Moonlit Silver".into(),
            variants: 12,
            disagreements: vec![],
        };
        let mut found = Found::default();
        found.add(&checked);
        assert_eq!(
            in_words(&checked),
            "Moonlit Silver (00000000-0000-0000-0000-000000000000): 12 variants, sound\n"
        );
        assert!(found.verdict().is_ok());
        checked.disagreements.push("A12 7: 5 held, but the movements come to 4".into());
        found.add(&checked);
        assert!(
            in_words(&checked)
                .ends_with("12 variants, 1 disagreement\n  A12 7: 5 held, but the movements come to 4\n")
        );
        assert_eq!(
            found.verdict().unwrap_err().to_string(),
            "the stock is not sound: 1 disagreement in 1 business; nothing was changed"
        );
    }
}
