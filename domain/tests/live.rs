//! Reading while typing gives what reading at once gives, whatever is typed and however it is sliced.

use std::sync::Arc;

use domain::sales::{
    Catalog, CatalogItem, CatalogVariant, LayoutChoice, LiveReading, ReadSettings, Reader, Refused,
};
use proptest::prelude::*;
use uuid::Uuid;

/// Pieces of pastes that begin, end and join blocks of lines.
const PIECES: [&str; 24] = [
    "Ana Ruiz\n",
    "Top fan\n",
    "sold A12 x2\n",
    "3h\n",
    "Like\n",
    "Reply\n",
    "5\n",
    "@ben: mine A12\n",
    "Kim Lee: A12\n",
    "A12\n",
    "\n",
    "hello",
    " ",
    "14/08/2023, 09:15 - Ana: mine A12\n",
    "2:30 PM\n",
    "@cora\n",
    "View more replies\n",
    "sold A12LikeSee translation\n",
    "[Ana](https://x.example/@ana)\n",
    "Author\n",
    "Newest\n",
    "name,comment\n",
    "Ana;A12\n",
    "\u{2028}",
];

fn reader(layout: LayoutChoice) -> Arc<Reader> {
    let variant =
        CatalogVariant { id: Uuid::nil(), code: String::new(), name: String::new(), left: 3, price: 100 };
    let item =
        CatalogItem { code: "A12".into(), title: String::new(), aliases: vec![], variants: vec![variant] };
    let settings = ReadSettings { layout, ..ReadSettings::default() };
    Arc::new(Reader::new(Catalog::new(vec![item]), &settings))
}

/// A change of a text: where, how many bytes go, and what comes.
fn edit() -> impl Strategy<Value = (usize, usize, String)> {
    let pieces = prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..8);
    (any::<prop::sample::Index>(), 0..40_usize, pieces)
        .prop_map(|(place, gone, pieces)| (place.index(10_000), gone, pieces.concat()))
}

fn boundary(text: &str, mut place: usize) -> usize {
    place = place.min(text.len());
    while !text.is_char_boundary(place) {
        place -= 1;
    }
    place
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_paste_that_grows_is_read_as_if_at_once(
        edits in prop::collection::vec(edit(), 1..12),
        slice in 1..5_usize,
        patience in 0..4_usize,
        layout in prop::sample::select(LayoutChoice::ALL),
    ) {
        let reader = reader(layout);
        let mut live = LiveReading::new(Arc::clone(&reader));
        let mut text = String::new();
        for (place, gone, new) in edits {
            let start = boundary(&text, place % (text.len() + 1));
            let end = boundary(&text, start + gone).max(start);
            text.replace_range(start..end, &new);
            live.set_text(&text).unwrap();
            // The next change may come before all is read.
            for _ in 0..patience {
                live.read_on(slice).unwrap();
            }
        }
        while !live.read_on(slice).unwrap() {}
        prop_assert_eq!(live.reading(), &reader.read(&text).unwrap());
    }
}

#[test]
fn what_is_refused_leaves_nothing_behind() {
    let mut live = LiveReading::new(reader(LayoutChoice::Auto));
    live.set_text("@ana: sold A12").unwrap();
    assert_eq!(live.read_on(10), Ok(true));
    assert_eq!(live.set_text("sold A12\0"), Err(Refused::Binary));
    assert!(live.reading().comments.is_empty() && live.text().is_empty());
    live.set_text(&"@ana: sold A12\n".repeat(100_001)).unwrap();
    assert_eq!(live.read_on(usize::MAX), Err(Refused::TooManyComments));
    assert!(live.reading().comments.is_empty());
}
