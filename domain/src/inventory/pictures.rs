//! Pictures of items: how they are asked for, bounded and named.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    problem::{FieldCode, FieldProblem, Problem},
    text,
};

/// The most pictures that one item has.
pub const MAX_PICTURES: usize = 12;
/// The largest file that is read as a picture, in megabytes of 1024 × 1024 bytes.
pub const MAX_FILE_MEGABYTES: u32 = 25;
/// The most pixels that a picture has on one side before it is made smaller.
pub const MAX_SIDE: u32 = 16_000;
/// The most millions of pixels of a picture: what the cameras of phones make, and no more than memory is given to.
pub const MAX_MEGAPIXELS: u32 = 50;
/// The most characters of the words that stand in for a picture.
pub const MAX_ALT: u32 = 200;

/// A size in which every picture is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PictureSize {
    /// At most 1600 pixels on its longer side.
    Full,
    /// A square of 320 pixels, from the middle of the picture.
    Card,
    /// A square of 96 pixels, from the middle of the picture.
    Thumb,
}

impl PictureSize {
    /// Every size, the largest first.
    pub const ALL: [PictureSize; 3] = [PictureSize::Full, PictureSize::Card, PictureSize::Thumb];

    /// Its pixels: of the longer side, or of both.
    pub fn pixels(self) -> u32 {
        match self {
            PictureSize::Full => 1600,
            PictureSize::Card => 320,
            PictureSize::Thumb => 96,
        }
    }
}

/// The name of a picture's file: its token, which nobody can guess, and its size.
pub fn file_name(token: &str, size: PictureSize) -> String {
    format!("{token}-{}.jpg", size.pixels())
}

/// The token and the size in the name of a file.
pub fn parse_file_name(name: &str) -> Option<(&str, PictureSize)> {
    let (token, pixels) = name.strip_suffix(".jpg")?.rsplit_once('-')?;
    let size = PictureSize::ALL.into_iter().find(|size| size.pixels().to_string() == pixels)?;
    let is_token = (20..=64).contains(&token.len())
        && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    is_token.then_some((token, size))
}

/// Where a picture is fetched.
pub fn address(token: &str, size: PictureSize) -> String {
    format!("/pictures/{}", file_name(token, size))
}

/// A picture of an item, in its place; the first is the item's main one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureView {
    pub id: Uuid,
    /// Names its files; see [`address`].
    pub token: String,
    /// Words for those who do not see it; may be empty.
    pub alt: String,
    /// Pixels of the full size.
    pub width: u32,
    pub height: u32,
}

/// The pictures of an item as its page shows them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemPictures {
    /// The main one first.
    pub shown: Vec<PictureView>,
    /// Those that were removed and can be put back, the last one first.
    pub removed: Vec<Uuid>,
}

/// What became of some files that were sent as pictures.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uploaded {
    /// How many are pictures of the item now.
    pub added: u32,
    /// The files that are not, by name, and why.
    pub refused: Vec<FieldProblem>,
}

impl Uploaded {
    /// The refused files as a form's problem, if there are any.
    pub fn problem(&self) -> Option<Problem> {
        let fields = self.refused.clone();
        (!fields.is_empty()).then_some(Problem { code: crate::problem::Code::Invalid, fields })
    }
}

/// What is stored of the words that stand in for a picture.
pub fn alt(typed: &str) -> Result<String, FieldCode> {
    text::optional(typed, MAX_ALT)
}

/// The name of a sent file as it is told to a person: its last part, tidy and not too long.
pub fn shown_name(file: &str) -> String {
    let last = file.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = text::tidy(last).chars().take(60).collect();
    if name.is_empty() { "The file".into() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "Jx0-_abcdefghijklmnopqrstuvwxyz0123456789AB";

    #[test]
    fn a_file_is_named_and_found_again() {
        for size in PictureSize::ALL {
            assert_eq!(parse_file_name(&file_name(TOKEN, size)), Some((TOKEN, size)));
        }
        assert_eq!(address(TOKEN, PictureSize::Thumb), format!("/pictures/{TOKEN}-96.jpg"));
    }

    #[test]
    fn other_names_are_no_pictures() {
        for name in ["", ".jpg", "-96.jpg", "short-96.jpg", "../../etc/passwd-96.jpg"] {
            assert_eq!(parse_file_name(name), None, "{name}");
        }
        for name in [format!("{TOKEN}-97.jpg"), format!("{TOKEN}-96.png"), format!("../{TOKEN}-96.jpg")] {
            assert_eq!(parse_file_name(&name), None, "{name}");
        }
    }

    #[test]
    fn names_of_sent_files_are_shown_without_their_folders() {
        assert_eq!(shown_name("C:\\Users\\olive\\ring.jpg"), "ring.jpg");
        assert_eq!(shown_name("../../ring\u{202E}gpj.exe"), "ringgpj.exe");
        assert_eq!(shown_name(" / "), "The file");
        assert_eq!(shown_name(&"r".repeat(100)).len(), 60);
    }
}
