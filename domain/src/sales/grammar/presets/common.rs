//! The words that hold in every community.

use super::{Minus, Words};

/// Words for the sizes of clothes, and the form in which they are compared.
pub const SIZES: [(&str, &str); 13] = [
    ("small", "s"),
    ("sm", "s"),
    ("medium", "m"),
    ("med", "m"),
    ("large", "l"),
    ("lg", "l"),
    ("xlarge", "xl"),
    ("xsmall", "xs"),
    ("xxl", "2xl"),
    ("xxxl", "3xl"),
    ("xxlarge", "2xl"),
    ("colour", "color"),
    ("grey", "gray"),
];

/// What holds everywhere, because sellers everywhere mix English in.
#[rustfmt::skip]
pub const COMMON: Words = Words {
    claim: &[
        "sold", "sold to me", "mine", "claim", "claiming", "dibs", "i'll take", "ill take", "i will take", "i'll buy",
        "ill buy",
    ],
    weak_claim: &[
        "buy", "buying", "take", "i want", "want", "me", "i'd like", "i would like", "would like", "order", "i'm in for", "im in for",
        "count me in for", "put me down for", "put me in for",
    ],
    cancel: &[
        "cancel", "cancelled", "canceled", "cancel my", "pass", "i pass", "pass on", "remove",
        "no longer want", "nvm", "never mind", "nevermind", "changed my mind", "change my mind", "changed my mind on",
    ],
    next: &[
        "next", "sold next", "next sold", "next in line", "next in line for", "waitlist for", "backup for", "mine next", "next mine", "next claim", "claim next", "waitlist", "backup", "back up",
        "if it falls through",
    ],
    question: &[
        "how much", "how many", "how", "price", "avail", "available", "still available", "what", "what's",
        "whats", "which",
        "where", "when", "why", "who", "any more", "more left", "left", "measurements", "hm", "in stock",
        "restock",
    ],
    question_opener: &[
        "is", "are", "do", "does", "did", "can", "could", "will", "would", "any", "has", "have", "may",
        "got",
    ],
    doubt: &[
        "just sold", "sold my", "sold our", "sold his", "sold her", "i sold", "we sold", "he sold",
        "she sold", "they sold",
        "you sold", "sold out", "sold to", "sold by", "is sold", "was sold", "already sold", "been sold",
        "got sold",
        "being sold", "be sold", "not sold", "claim your", "claim my", "claimed", "buy my", "mine was",
        "mine is",
        "mine came", "mine arrived", "like mine", "as mine", "not mine", "friend of mine", "not", "no",
        "don't", "dont",
        "didn't", "didnt", "isn't", "isnt", "won't", "can't", "cant", "if", "unless", "maybe", "might",
        "thinking",
        "wait", "hold", "instead", "wish", "wanted", "lost", "missed", "nobody", "anyone", "someone",
        "yesterday",
        "was", "were", "last", "first", "forgot", "or", "than", "except", "without", "but not", "meant",
        "sorry",
        "mistake", "wrong", "refund", "show", "tell", "see", "like", "too late", "never", "ever", "hope", "everyone", "them", "both", "all", "each", "another", "other", "change",
        "swap", "switch",
        "exchange", "undo", "add", "plus", "trade", "my order", "arrived", "received", "delivered", "jk", "just kidding",
        "kidding", "joking", "oops", "can i have", "can i get", "can i take", "could i have", "could i get", "may i have",
        "may i get", "would love", "but", "yet", "already", "next to", "next time", "next week", "next month", "next sale", "next show",
        "1st", "2nd", "3rd", "second", "third", "👎", "🚫", "❌", "🙅", "⛔",
    ],
    pending: &[
        "sold pending question", "sold pending", "mine pending", "claim pending", "pending question",
        "pending",
    ],
    praise: &[
        "i like", "love", "love it", "love this", "beautiful", "pretty", "gorgeous", "nice", "cute", "lovely", "wow",
        "amazing",
        "stunning", "perfect", "awesome", "great", "good", "cool", "so pretty", "obsessed", "fire",
    ],
    filler: &[
        "hi everyone", "hello everyone", "hey everyone", "hi all", "hello all", "good morning everyone",
        "please", "pretty please", "with a cherry on top", "pls", "plz", "plss", "then", "thanks", "thank you", "thank", "you", "thx", "ty", "hi", "hello",
        "hey", "sis",
        "ma'am", "maam", "mam", "madam", "sir", "dear", "the", "a", "an", "one", "that", "this", "of",
        "in", "it", "ok", "okay",
        "yes", "yay", "yeah", "yep", "lol", "haha", "omg", "so", "also", "too", "i", "i'm", "item", "code",
        "with", "my", "to",
        "for", "for me", "and", "us", "color", "colour", "xoxo", "there", "everybody", "all of you",
        "note", "update", "ps", "fyi", "edit", "reminder", "babe", "hun", "girl", "mama", "on", "at", "is",
    ],
    single: &["one"],
    talk: &[
        "is", "it", "this", "that", "you", "i", "i'm", "on", "at", "my", "to", "for", "with", "us", "so",
        "of", "there",
    ],
    subject: &["i", "you", "we", "he", "she", "they"],
    every_variant: &[
        "one of each", "1 of each", "one of every", "one each", "all colors", "all colours", "every color",
        "every colour", "each color", "each colour", "all sizes", "every size",
    ],
    before_quantity: &["x", "×", "*", "+", "qty", "quantity", "✕", "✖"],
    after_quantity: &["x", "×", "pc", "pcs", "piece", "pieces", "pair", "pairs", "sets"],
    before_size: &["size", "sz", "us", "eu", "uk"],
    before_phone: &["phone", "cell", "call", "text", "me", "at", "number", "tel", "mobile", "whatsapp", "viber"],
    wanting: &[
        "if", "can i have", "can i get", "can i take", "could i have", "could i get", "may i have", "may i get",
        "would love", "add", "hold",
    ],
    contrast: &["but"],
    owned: &["my", "our"],
    hands_on: &["to"],
    currency: &["usd", "dollars", "dollar", "bucks", "php", "pesos", "peso", "rm", "thb", "vnd", "ntd", "nt", "mxn", "eur"],
    time_unit: &["am", "pm", "days", "day", "weeks", "week", "hours", "hour", "minutes", "mins", "years", "months"],
    before_price: &["for", "at"],
    fits_cancel: &["sorry", "mistake", "wrong", "was", "instead", "can't", "cant", "don't", "dont", "missed"],
    together: &["both", "all", "each"],
    later_question: &["when", "where", "how", "how much"],
    later_topic: &["ship", "shipping", "pay", "payment", "pickup", "pick up", "deliver", "delivery", "invoice"],
    tiers: &[],
    every_of: &[
        ("both colors", 2), ("both colours", 2), ("all two colors", 2), ("both sizes", 2), ("all three colors", 3),
        ("all three colours", 3), ("all 3 colors", 3), ("all 3 colours", 3), ("all three sizes", 3), ("all 3 sizes", 3),
        ("all four colors", 4), ("all 4 colors", 4), ("all four sizes", 4), ("all 4 sizes", 4), ("all 5 colors", 5),
    ],
    size_unit: &["cm", "in", "inch", "inches"],
    numbers: &[("two", 2), ("three", 3), ("four", 4), ("five", 5), ("six", 6)],
    measure: &[
        "cm", "mm", "kg", "g", "oz", "lb", "lbs", "inch", "inches", "in", "ct", "k", "ml",
    ],
    bare_number_is_quantity: false,
    numbers_are_codes: false,
    loose_codes: false,
    minus: Minus::Nothing,
};
