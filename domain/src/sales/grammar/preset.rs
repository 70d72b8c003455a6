//! The communities whose ways of claiming are known.

use serde::{Deserialize, Serialize};

/// A community whose buyers claim in the same words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// United States and other English-speaking sellers.
    #[default]
    Us,
    /// Philippines.
    Ph,
    /// Thailand.
    Th,
    /// Vietnam.
    Vn,
    /// Taiwan.
    Tw,
    /// Malaysia.
    My,
    /// Spanish-speaking sellers.
    Es,
    /// Crystals, where a code's number is its price (`27B`) and one letter claims.
    Crystals,
    /// Jewellery by weight, where numbers are item numbers, weights and fineness.
    Jewellery,
}

impl Preset {
    /// Every preset, for a list of choices.
    pub const ALL: [Preset; 9] = [
        Preset::Us,
        Preset::Crystals,
        Preset::Jewellery,
        Preset::Ph,
        Preset::Th,
        Preset::Vn,
        Preset::Tw,
        Preset::My,
        Preset::Es,
    ];

    /// The word for it in forms, files and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Preset::Us => "us",
            Preset::Ph => "ph",
            Preset::Th => "th",
            Preset::Vn => "vn",
            Preset::Tw => "tw",
            Preset::My => "my",
            Preset::Es => "es",
            Preset::Crystals => "crystals",
            Preset::Jewellery => "jewellery",
        }
    }

    /// The preset that a word means.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.as_str() == word)
    }

    /// What a person reads in a list of choices.
    pub fn label(self) -> &'static str {
        match self {
            Preset::Us => "English (sold, mine, claim)",
            Preset::Ph => "Philippines (mine, steal, grab)",
            Preset::Th => "Thailand (CF, เอา, รับ)",
            Preset::Vn => "Vietnam (chốt, lấy, đặt)",
            Preset::Tw => "Taiwan (+1)",
            Preset::My => "Malaysia (PM, +1, A-032)",
            Preset::Es => "Spanish (mío, lo quiero)",
            Preset::Crystals => "Crystals (c 27B, cl, me, put back)",
            Preset::Jewellery => "Jewellery by weight (claim 13, pass 13)",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_are_known_by_their_words() {
        for preset in Preset::ALL {
            assert_eq!(Preset::parse(preset.as_str()), Some(preset));
            assert_eq!(serde_json::to_value(preset).unwrap(), preset.as_str());
        }
        assert_eq!(Preset::parse("xx"), None);
    }
}
