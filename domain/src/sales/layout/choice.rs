//! Where a paste was copied, if the seller says so: then only what that place writes is taken for more than text.

use super::bytes::Bytes;
use super::columns::{self, Columns};
use super::heads;
use super::lines::{Line, LineKind};
use super::tails::Tail;

stored_enum! {
    /// The layouts in which the comments of a paste may stand.
    LayoutChoice {
        /// Found without being told, also where several are mixed.
        Auto = "auto", "Found by itself";
        Facebook = "facebook", "Facebook";
        Instagram = "instagram", "Instagram";
        Tiktok = "tiktok", "TikTok";
        Youtube = "youtube", "YouTube";
        Whatsapp = "whatsapp", "WhatsApp";
        /// One comment a line, the name in front of it.
        Typed = "typed", "A list, one comment a line";
        /// Rows of a spreadsheet under a row that names the columns.
        Table = "table", "A spreadsheet or CSV file";
    }
}

#[expect(clippy::derivable_impls, reason = "the macro knows no default")]
impl Default for LayoutChoice {
    fn default() -> Self {
        LayoutChoice::Auto
    }
}

impl LayoutChoice {
    /// Sees a line as this layout has it: what only others write is text here.
    pub(super) fn see(self, line: &mut Line<'_>) {
        if self != LayoutChoice::Auto && !self.knows(line.kind) {
            line.kind = LineKind::Text;
        }
    }

    fn knows(self, kind: LineKind) -> bool {
        match (self, kind) {
            (LayoutChoice::Auto, _) | (_, LineKind::Blank | LineKind::Text) => true,
            (LayoutChoice::Whatsapp, kind) => matches!(kind, LineKind::Message { .. } | LineKind::System),
            (LayoutChoice::Typed | LayoutChoice::Table, _)
            | (_, LineKind::Message { .. } | LineKind::System) => false,
            // A chat has no buttons, but a moment stands before each message.
            (LayoutChoice::Youtube, LineKind::Tail(Tail { action, .. })) => !action,
            (LayoutChoice::Youtube, LineKind::Closed { .. }) => false,
            (LayoutChoice::Facebook | LayoutChoice::Instagram, LineKind::Live { .. }) => false,
            _ => true,
        }
    }

    /// `ana: A12`, where people write such lines.
    pub(super) fn typed<'paste>(self, line: &Line<'paste>) -> Option<(&'paste str, &'paste str)> {
        match self {
            LayoutChoice::Facebook | LayoutChoice::Whatsapp | LayoutChoice::Table => None,
            _ if !line.bytes.any(Bytes::NAMES) => None,
            _ => heads::typed(line.text),
        }
    }

    /// After so many lines, a block ends at the latest.
    pub(super) fn block_lines(self) -> usize {
        match self {
            LayoutChoice::Typed | LayoutChoice::Table => 1,
            _ => super::MAX_BLOCK_LINES,
        }
    }

    /// Whether an empty line may stand within a message.
    pub(super) fn has_gaps(self) -> bool {
        self == LayoutChoice::Whatsapp
    }

    /// The columns that a line names. Where the seller says that this is a table, its columns are guessed if none are
    /// named, and hold for all its rows.
    pub(super) fn columns(self, line: &Line<'_>, before: Option<Columns>) -> Option<(Columns, bool)> {
        let named = || columns::head(line.text).map(|columns| (columns, true));
        if line.kind != LineKind::Text || !line.bytes.any(Bytes::CELL) {
            return None;
        }
        match self {
            LayoutChoice::Auto => named(),
            LayoutChoice::Table => named()
                .or_else(|| before.or_else(|| columns::guessed(line.text)).map(|columns| (columns, false))),
            _ => None,
        }
    }
}
