//! What the benchmarks read: the catalog of a large shop, and what its buyers write, in the layouts of two platforms.

use domain::sales::{CatalogItem, CatalogVariant};
use uuid::Uuid;

const ITEMS: usize = 2_000;
/// 2,000 items with 5,000 keywords: a code, one alias, and for every second item another.
pub fn items() -> Vec<CatalogItem> {
    items_of(ITEMS)
}

/// So many such items.
pub fn items_of(count: usize) -> Vec<CatalogItem> {
    const STONES: [&str; 8] =
        ["amethyst", "moonstone", "citrine", "labradorite", "rose quartz", "jade", "onyx", "opal"];
    const FORMS: [&str; 8] =
        ["ring", "tower", "sphere", "pendant", "heart", "bracelet", "palm stone", "studs"];
    let variant = |name: &str| CatalogVariant {
        id: Uuid::nil(),
        code: String::new(),
        name: name.into(),
        left: 5,
        price: 2_400,
    };
    (0..count)
        .map(|index| {
            let letter = char::from(b'A' + (index / 100 % 26) as u8);
            let (stone, form) = (STONES[index % 8], FORMS[index / 8 % 8]);
            let mut aliases = vec![format!("{stone} {form} {}", index / 64)];
            if index % 2 == 0 {
                aliases.push(format!("{stone}{index}"));
            }
            CatalogItem {
                code: format!("{letter}{}", 100 + index % 100 + index / 2_600 * 100),
                title: format!("{stone} {form}"),
                aliases,
                variants: if index % 4 == 0 {
                    vec![variant("Small"), variant("Large")]
                } else {
                    vec![variant("")]
                },
            }
        })
        .collect()
}

/// What buyers write, one after the other: claims of every form, cancels, questions, praise and talk.
pub fn texts(items: &[CatalogItem], count: usize) -> Vec<(String, String)> {
    const NAMES: [&str; 8] =
        ["Ana Ruiz", "Kim Lee", "Otto Pine", "Nora Quill", "Dee Marsh", "Lan Vo", "Mia Stone", "Ben Okoro"];
    (0..count)
        .map(|index| {
            let item = &items[index * 7 % items.len()];
            let (code, size) = (&item.code, if item.variants.len() > 1 { " small" } else { "" });
            let text = match index % 10 {
                0 => format!("sold {code}{size} x2"),
                1 => format!("mine {}{size}", code.to_lowercase()),
                2 => format!("{code}{size}"),
                3 => format!("claim {}{size} please", item.aliases[0]),
                4 => format!("how much is {code}?"),
                5 => "so pretty, love this one!".to_owned(),
                6 => format!("Sold {code}{size}"),
                7 => format!("cancel {code}{size}"),
                8 => "good evening everybody from Texas".to_owned(),
                _ => format!("sold {code}{size} for my mom"),
            };
            (format!("{} {}", NAMES[index % 8], index % 997), text)
        })
        .collect()
}

/// A list as people type it, one comment a line.
pub fn typed(texts: &[(String, String)]) -> String {
    texts.iter().map(|(name, text)| format!("@{}: {text}\n", name.replace(' ', "_"))).collect()
}

/// Lines as they are copied from Facebook: name, text, age, buttons.
pub fn facebook(texts: &[(String, String)]) -> String {
    texts.iter().map(|(name, text)| format!("{name}\n{text}\n3h\nLike\nReply\n")).collect()
}
