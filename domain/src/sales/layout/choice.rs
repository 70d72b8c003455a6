//! Where a paste was copied, if the seller says so.

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
