//! A comment's fingerprint: what stays the same when the same stream is copied again.

use rustc_hash::FxHashMap;

use super::reading::{Comment, CommentOrder, Reading};
use crate::text::fold;

const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

/// FNV-1a with 128 bits. It is no secret and need not resist an attacker, who could as well write the same words; among
/// a billion comments of one sale two different ones meet by chance with odds of about one to 10²⁰.
fn hash(seed: u128, bytes: &[u8]) -> u128 {
    bytes.iter().fold(seed, |hash, byte| (hash ^ u128::from(*byte)).wrapping_mul(PRIME))
}

/// The fingerprint of every comment of a reading, in the order of the paste: 32 hexadecimal digits of author, text, and
/// the how-manieth comment this is with the same author and text.
///
/// Where the paste links to an author's profile, buyers of one name are told apart by it.
///
/// They are counted from the oldest, so that a later and longer copy gives the comments it shares with an earlier one
/// the same numbers. Ages, counts of reactions and buttons are not part of author and text and change nothing.
pub fn fingerprints(paste: &str, reading: &Reading, order: CommentOrder) -> Vec<String> {
    let mut seen: FxHashMap<u128, u64> = FxHashMap::default();
    let mut fingerprints = vec![String::new(); reading.comments.len()];
    for index in reading.first_come_order(order) {
        let (Some(comment), Some(fingerprint)) = (reading.comments.get(index), fingerprints.get_mut(index))
        else {
            continue;
        };
        let pair = pair(paste, comment);
        let count = seen.entry(pair).or_default();
        *fingerprint = format!("{:032x}", hash(pair, &count.to_le_bytes()));
        *count += 1;
    }
    fingerprints
}

fn pair(paste: &str, comment: &Comment) -> u128 {
    let name = hash(OFFSET, fold(comment.author.of(paste)).as_bytes());
    let author = match comment.profile(paste) {
        Some(profile) => hash(hash(name, &[0xfe]), fold(profile).as_bytes()),
        None => name,
    };
    // No folded text holds this byte, so that a word cannot move from the name to the text unseen.
    hash(hash(author, &[0xff]), fold(comment.text.of(paste)).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::super::{Catalog, ReadSettings, Reader};
    use super::*;

    fn of(paste: &str) -> Vec<String> {
        let reading = Reader::new(Catalog::default(), &ReadSettings::default()).read(paste).unwrap();
        fingerprints(paste, &reading, CommentOrder::OldestFirst)
    }

    #[test]
    fn buyers_of_one_name_are_told_apart_by_their_profiles() {
        let line = |profile: &str| {
            format!("[Ana Ruiz](https://www.tiktok.example/{profile})\nsold A12\n2h agoReply\n")
        };
        let (first, second) = (line("@ana12"), line("@ana_of_the_sea?lang=en"));
        let both = of(&format!("{first}{second}"));
        assert_eq!(both.len(), 2);
        assert_ne!(both[0], both[1]);
        // Whoever comes first, and whether the other is there at all.
        assert_eq!(of(&format!("{second}{first}")), [both[1].clone(), both[0].clone()]);
        assert_eq!(of(&second), [both[1].clone()]);
        let numbered = |id: &str| line(&format!("profile.php?id={id}&comment_id=77"));
        assert_ne!(of(&numbered("1001")), of(&numbered("1002")));
        assert_eq!(of(&numbered("1001")), of(&numbered("1001").replace("77", "78")));
    }

    #[test]
    fn a_profile_that_says_no_more_than_the_name_changes_nothing() {
        let rich = of("[ana_r](https://instagram.example/ana_r/)\nsold A12\n2h1 likeReply\n");
        let plain = of("ana_r\nsold A12\n5h\n12 likes\nReply\n");
        assert_eq!(rich, plain);
    }

    #[test]
    fn ages_reactions_buttons_and_edits_change_nothing() {
        let first = of("Ana Ruiz\nTop fan\nsold A12\n3h\nLike\nReply\n");
        for copy in [
            "Ana Ruiz\nsold A12\n4d\nLike\nReply\n12\n",
            "Top fan\nAna Ruiz\nsold A12\n1w\nLike\nReply\nEdited\n",
            "Ana Ruiz\nSOLD  A12\n3h\nMe gusta\nResponder\n",
            "Ana Ruiz: sold A12",
        ] {
            assert_eq!(of(copy), first, "{copy}");
        }
        assert_ne!(of("Ana Ruiz\nsold A12 x2\n3h\nLike\nReply\n"), first);
        assert_ne!(of("Ana Ruizz\nsold A12\n3h\nLike\nReply\n"), first);
    }
}
