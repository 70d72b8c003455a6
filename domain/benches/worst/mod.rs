//! Texts that would take long if any step looked twice at what it has seen.

/// Bytes of each.
const BYTES: usize = 5 * 1024 * 1024 - 100;
/// As long as a comment may be that is read.
const LINE: usize = 9_990;

fn filled(piece: &str) -> String {
    piece.repeat(BYTES / piece.len())
}

/// Lines that are each as long as is read, from one author after the other.
fn long_lines(piece: &str) -> String {
    let line = format!("@ana: {}\n", piece.repeat(LINE / piece.len()));
    filled(&line)
}

/// Each with its name.
pub fn texts() -> Vec<(String, String)> {
    let mut texts: Vec<(String, String)> = [
        ("one line of one letter", "a"),
        ("only line breaks", "\n"),
        ("only returns and breaks", "\r\n"),
        ("lines of one letter", "a\n"),
        ("lines of one code", "A100\n"),
        ("names alone", "Ana Ruiz\n"),
        ("numbers alone", "5\n"),
        ("buttons alone", "Like\n"),
        ("badges", "Top fan\n"),
        ("badge below name and text", "Ana\nA100\n\nBen\nTop fan\n"),
        ("names and ages", "Ana\n2h\n3h\n"),
        ("clocks", "0:15\n"),
        ("handles", "@ana\n"),
        ("handles with gaps", "@ana\n\nA100\n\nx\nLike\n"),
        ("links", "[Ana](https://x.example/@ana)\n"),
        ("open links", "[Ana](https://x.example/"),
        ("open brackets", "["),
        ("open chat lines", "[10:15, "),
        ("one message of a chat", "14/08/2023, 09:15 - Ana: A100\nmore\n\nmore\n"),
        ("heads of tables", "name,comment\n"),
        ("heads and open quotes", "name,comment\n\"x\n"),
        ("heads and cells", "name,comment\n\",\"\n"),
        ("doubled quotes", "name,comment\n\"\"\"\"\"\"\n"),
        ("one open quote", "name,comment\n\"a,b\n"),
        ("separators", ",;|\t"),
        ("dots and dashes", "·\n-\n•\n"),
        ("ages on one line", "3h "),
        ("buttons on one line", "Like · "),
        ("threads", "View all 12 replies\n"),
        ("gifts", "ben sent a sent a sent a Rose × \n"),
        ("scattered letters", "t 0 6 8 5 4 9 ·\n"),
    ]
    .map(|(name, piece)| (name.to_owned(), filled(piece)))
    .into();
    texts.extend(
        [
            ("words", "sold A100 "),
            ("numbers", "1 "),
            ("glued letters and digits", "a1"),
            ("codes with separators", "A1-"),
            ("dots between digits", "1."),
            ("telephone numbers", "555-"),
            ("brackets of telephones", "(512) "),
            ("signs of quantity", "x2+3"),
            ("choices of one item", "small large "),
            ("letters held down", "solddddddd "),
            ("numbers of items", "#"),
            ("names that are answered", "@a "),
            ("at signs", "@@"),
            ("the beginning of a phrase", "how how "),
            ("Han", "藍粉黑白"),
            ("Thai", "รับเอา"),
            ("Thai that nobody knows", "ฮฺฮ"),
            ("marks upon marks", "e\u{301}\u{302}\u{303}"),
            ("marks upon one letter", "\u{301}"),
            ("ligatures that fold into many", "\u{FDFA}"),
            ("joined emoji", "👩\u{200D}"),
            ("flags", "🇹🇭"),
            ("conjuncts", "क\u{94D}"),
            ("dressed digits", "1\u{FE0F}\u{20E3}"),
            ("fancy letters", "𝐒𝐨𝐥𝐝 "),
            ("invisible letters", "a\u{200B}\u{202E}"),
            ("prices", "$1,2.3 "),
            ("apostrophes", "a'"),
        ]
        .map(|(name, piece)| (format!("long lines: {name}"), long_lines(piece))),
    );
    texts
}
