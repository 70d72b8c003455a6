//! What a seller answers to a comment, as a text to copy: nothing is sent to a platform by itself.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How many choices a question names before it stops.
const SHOWN_CHOICES: usize = 8;

/// Some pieces of a variant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pieces {
    pub code: String,
    pub title: String,
    /// Empty for the only variant of an item.
    pub variant: String,
    pub quantity: i64,
}

impl Pieces {
    /// `2 × A12 Moon ring 7`; one piece goes without a number.
    pub fn in_words(&self) -> String {
        let names = [self.code.as_str(), self.title.as_str(), self.variant.as_str()];
        let name = names.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(" ");
        if self.quantity == 1 { name } else { format!("{} × {name}", self.quantity) }
    }

    fn is_same_thing(&self, other: &Pieces) -> bool {
        (&self.code, &self.variant) == (&other.code, &other.variant)
    }
}

/// What a buyer is asked or told about a comment that was not carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ask {
    /// The item is plain, but which of its variants?
    Choice { item: String, choices: Vec<String> },
    /// The item is plain, but is it claimed, and how many?
    HowMany { item: String },
    /// Nothing is plain.
    Anything,
    /// More of it was asked for than one buyer gets.
    Limit { item: String },
    /// It cannot be put back any more.
    Kept { item: String },
    /// It is looked into who came first.
    Contest { item: String },
}

/// What came of a comment, or of all comments of one buyer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    pub got: Vec<Pieces>,
    pub waiting: Vec<Pieces>,
    pub let_go: Vec<Pieces>,
    /// Held once, and given back when the time was over.
    pub released: Vec<Pieces>,
    pub asks: Vec<Ask>,
}

impl Outcome {
    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        *self == Outcome::default()
    }

    /// Adds what came of another comment of the same buyer.
    pub fn join(&mut self, other: Outcome) {
        for (mine, others) in [
            (&mut self.got, other.got),
            (&mut self.waiting, other.waiting),
            (&mut self.let_go, other.let_go),
            (&mut self.released, other.released),
        ] {
            for pieces in others {
                add(mine, pieces);
            }
        }
        for ask in other.asks {
            if !self.asks.contains(&ask) {
                self.asks.push(ask);
            }
        }
    }

    /// `@ana got it! 2 × A12 Moon ring 7`. Nothing where there is nothing to say.
    pub fn reply(&self, buyer: &str) -> Option<String> {
        let mut sentences: Vec<String> = Vec::new();
        for (pieces, beginning) in [
            (&self.got, "got it! "),
            (&self.waiting, "you are next in line for "),
            (&self.let_go, "no problem, you let go of "),
            (&self.released, "your time is over for "),
        ] {
            if !pieces.is_empty() {
                let named: Vec<String> = pieces.iter().map(Pieces::in_words).collect();
                sentences.push(format!("{beginning}{}", named.join(", ")));
            }
        }
        sentences.extend(self.asks.iter().map(Ask::in_words));
        let mut reply = format!("@{}", buyer.trim_start_matches('@'));
        for (index, sentence) in sentences.iter().enumerate() {
            match index {
                0 => reply.push_str(&format!(" {sentence}")),
                _ if reply.ends_with('?') => reply.push_str(&format!(" {}", capitalised(sentence))),
                _ => reply.push_str(&format!(". {}", capitalised(sentence))),
            }
        }
        (!sentences.is_empty()).then_some(reply)
    }
}

/// Adds pieces to a list in which each variant stands once.
pub fn add(list: &mut Vec<Pieces>, pieces: Pieces) {
    match list.iter_mut().find(|known| known.is_same_thing(&pieces)) {
        Some(known) => known.quantity += pieces.quantity,
        None => list.push(pieces),
    }
}

impl Ask {
    fn in_words(&self) -> String {
        match self {
            Ask::Choice { item, choices } if choices.len() <= SHOWN_CHOICES => {
                format!("which {item} would you like: {}?", or(choices))
            }
            Ask::Choice { item, .. } => format!("which {item} would you like?"),
            Ask::HowMany { item } => format!("how many {item} would you like?"),
            Ask::Anything => "could you write the code and how many you would like?".into(),
            Ask::Limit { item } => format!("sorry, I cannot give more of {item} to one buyer"),
            Ask::Kept { item } => format!("sorry, {item} cannot be put back any more"),
            Ask::Contest { item } => format!("I am checking who came first for {item}"),
        }
    }
}

/// `6, 7 or 8`.
fn or(choices: &[String]) -> String {
    match choices.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

fn capitalised(sentence: &str) -> String {
    let mut characters = sentence.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

/// A comment with the reply to it, or what was claimed by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyLine {
    /// Nothing for what was claimed by hand.
    pub comment_id: Option<Uuid>,
    /// Who gets the reply: the comment's author, or whoever was given what the comment claimed.
    pub author: String,
    /// What was written, with its author where that is somebody else. Empty for what was claimed by hand.
    pub text: String,
    pub reply: String,
}

/// The replies of a sale.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replies {
    /// The newest first: one for the author of each comment that has a reply, for each buyer who was given something of it,
    /// and for each for whom something was claimed by hand.
    pub lines: Vec<ReplyLine>,
    /// Whether there are older comments than those that were looked through.
    pub more: bool,
    /// One for each buyer of the latest paste, in the order in which they first wrote.
    pub latest: Vec<String>,
}

impl Replies {
    /// The replies to all buyers of the latest paste, one a line.
    pub fn latest_text(&self) -> String {
        self.latest.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(quantity: i64, code: &str, variant: &str) -> Pieces {
        let title = if code == "A12" { "Moon ring" } else { "" };
        Pieces { code: code.into(), title: title.into(), variant: variant.into(), quantity }
    }

    #[test]
    fn a_reply_says_what_was_got_what_waits_and_what_is_missing() {
        let got = Outcome { got: vec![pieces(2, "A12", "7")], ..Default::default() };
        assert_eq!(got.reply("ana").unwrap(), "@ana got it! 2 × A12 Moon ring 7");
        let all = Outcome {
            got: vec![pieces(1, "A12", "6")],
            waiting: vec![pieces(3, "B27", "")],
            asks: vec![Ask::Choice { item: "C3".into(), choices: vec!["red".into(), "blue".into()] }],
            ..Default::default()
        };
        assert_eq!(
            all.reply("@ana").unwrap(),
            "@ana got it! A12 Moon ring 6. You are next in line for 3 × B27. Which C3 would you like: red or blue?"
        );
        assert_eq!(Outcome::default().reply("ana"), None);
    }

    #[test]
    fn a_choice_of_many_is_not_listed() {
        let choices = (0..9).map(|size| size.to_string()).collect();
        let ask = Outcome { asks: vec![Ask::Choice { item: "A12".into(), choices }], ..Default::default() };
        assert_eq!(ask.reply("ana").unwrap(), "@ana which A12 would you like?");
    }

    #[test]
    fn one_buyer_gets_one_reply_to_all_their_comments() {
        let mut all = Outcome { got: vec![pieces(1, "A12", "7")], ..Default::default() };
        all.join(Outcome { got: vec![pieces(1, "A12", "7"), pieces(1, "B27", "")], ..Default::default() });
        all.join(Outcome { asks: vec![Ask::Anything], ..Default::default() });
        all.join(Outcome { asks: vec![Ask::Anything], ..Default::default() });
        assert_eq!(
            all.reply("ana").unwrap(),
            "@ana got it! 2 × A12 Moon ring 7, B27. Could you write the code and how many you would like?"
        );
    }
}
