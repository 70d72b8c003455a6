//! Which variants, and how many of each, the words after an item ask for.

use smallvec::{SmallVec, smallvec};

use super::lexicon::Lexicon;

/// What a comment says about an item, in the order in which it says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// A word of a variant's name.
    Part(u32),
    /// The code of one variant.
    Variant(u32),
    /// One of every variant, which are so many if it says so.
    Every(Option<u32>),
    Quantity(u32),
}

/// Variants and how many of each; nearly always one.
pub type Chosen = SmallVec<[(u32, u32); 2]>;

/// Why the details of an item do not say what is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unclear {
    /// The item has several variants and none, or more than one, fits.
    Variant,
    /// More numbers than variants, or in no clear order.
    Quantity,
}

/// The variants and quantities that `details` ask of `item`.
///
/// All words of one variant may stand in any order around its quantity (`2 blue small`). Where no single variant has all
/// of them, they are taken as several variants, each followed, or each preceded, by its quantity (`red 1 blue 2`).
pub fn choose(lexicon: &Lexicon, item: u32, details: &[Detail]) -> Result<Chosen, Unclear> {
    let variants = lexicon.variant_parts(item);
    let mut parts: SmallVec<[u32; 8]> = SmallVec::new();
    let mut quantities: SmallVec<[u32; 8]> = SmallVec::new();
    let mut every = None;
    let mut coded: SmallVec<[u32; 2]> = SmallVec::new();
    for detail in details {
        match detail {
            Detail::Variant(variant) if coded.contains(variant) => {}
            Detail::Variant(variant) => coded.push(*variant),
            Detail::Part(part) if parts.contains(part) => {}
            Detail::Part(part) => parts.push(*part),
            Detail::Every(count) => every = Some(*count),
            Detail::Quantity(quantity) => quantities.push(*quantity),
        }
    }
    if !coded.is_empty() {
        return match every {
            None => by_code(variants, &coded, &parts, &quantities),
            Some(_) => Err(Unclear::Variant),
        };
    }
    if let Some(count) = every {
        // `blue, all sizes` asks for every variant that is blue.
        let quantity = match quantities.as_slice() {
            [] => 1,
            [quantity] => *quantity,
            _ => return Err(Unclear::Quantity),
        };
        let chosen: Chosen = fitting(variants, &parts).map(|variant| (variant as u32, quantity)).collect();
        if chosen.is_empty() {
            return each(variants, details, quantity);
        }
        let counted = count.is_none_or(|count| chosen.len() == count as usize);
        return if counted { Ok(chosen) } else { Err(Unclear::Variant) };
    }
    if fitting(variants, &parts).next().is_some() {
        let variant = exactly_one(variants, &parts).ok_or(Unclear::Variant)?;
        return match quantities.as_slice() {
            [] => Ok(smallvec![(variant, 1)]),
            [quantity] => Ok(smallvec![(variant, *quantity)]),
            _ => Err(Unclear::Quantity),
        };
    }
    several(variants, details)
}

/// Variants whose names hold all the parts.
fn fitting<'parts>(
    variants: &'parts [Vec<u32>],
    parts: &'parts [u32],
) -> impl Iterator<Item = usize> + 'parts {
    let fits = |variant: &&Vec<u32>| parts.iter().all(|part| variant.contains(part));
    variants.iter().enumerate().filter(move |(_, variant)| fits(variant)).map(|(index, _)| index)
}

/// The only variant that fits, or the one whose name is just these parts (`blue` where there is a `blue long` too).
fn exactly_one(variants: &[Vec<u32>], parts: &[u32]) -> Option<u32> {
    let mut candidates = fitting(variants, parts);
    let first = candidates.next()?;
    if candidates.next().is_none() {
        return Some(first as u32);
    }
    let mut whole = fitting(variants, parts)
        .filter(|index| variants.get(*index).is_some_and(|all| all.len() == parts.len()));
    let only = whole.next()?;
    (whole.next().is_none() && !parts.is_empty()).then_some(only as u32)
}

/// The variants whose codes are named, where nothing else that is said speaks of another variant.
fn by_code(
    variants: &[Vec<u32>],
    coded: &[u32],
    parts: &[u32],
    quantities: &[u32],
) -> Result<Chosen, Unclear> {
    match (coded, quantities) {
        ([variant], [] | [_]) => {
            let own = variants.get(*variant as usize).ok_or(Unclear::Variant)?;
            let fits = parts.iter().all(|part| own.contains(part));
            let quantity = quantities.first().copied().unwrap_or(1);
            if fits { Ok(smallvec![(*variant, quantity)]) } else { Err(Unclear::Variant) }
        }
        (several, []) if parts.is_empty() => Ok(several.iter().map(|variant| (*variant, 1)).collect()),
        _ => Err(Unclear::Quantity),
    }
}

/// So many of each variant that is named: `red, blue: one of each`.
fn each(variants: &[Vec<u32>], details: &[Detail], quantity: u32) -> Result<Chosen, Unclear> {
    let named: SmallVec<[Detail; 8]> =
        details.iter().filter(|detail| matches!(detail, Detail::Part(_))).copied().collect();
    let mut chosen = several(variants, &named)?;
    chosen.iter_mut().for_each(|(_, pieces)| *pieces = quantity);
    Ok(chosen)
}

fn several(variants: &[Vec<u32>], details: &[Detail]) -> Result<Chosen, Unclear> {
    let leading = matches!(details.first(), Some(Detail::Quantity(_)));
    let mut chosen = Chosen::new();
    let mut groups: Vec<(Vec<u32>, Option<u32>)> = Vec::new();
    for detail in details {
        match (detail, groups.last_mut()) {
            (Detail::Part(part), Some((parts, quantity))) if leading || quantity.is_none() => {
                let mut joined = parts.clone();
                joined.push(*part);
                if fitting(variants, &joined).next().is_some() {
                    *parts = joined;
                } else {
                    groups.push((vec![*part], None));
                }
            }
            (Detail::Part(part), _) => groups.push((vec![*part], None)),
            (Detail::Every(_) | Detail::Variant(_), _) => return Err(Unclear::Variant),
            (Detail::Quantity(quantity), Some((_, slot @ None))) if !leading => *slot = Some(*quantity),
            (Detail::Quantity(quantity), _) if leading => groups.push((Vec::new(), Some(*quantity))),
            (Detail::Quantity(_), _) => return Err(Unclear::Quantity),
        }
    }
    let counted = groups.iter().filter(|(_, quantity)| quantity.is_some()).count();
    if counted != 0 && counted != groups.len() {
        return Err(Unclear::Quantity);
    }
    for (parts, quantity) in groups {
        let variant = exactly_one(variants, &parts).ok_or(Unclear::Variant)?;
        chosen.push((variant, quantity.unwrap_or(1)));
    }
    Ok(chosen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sales::words::WordChanges;
    use crate::sales::{Catalog, CatalogItem, CatalogVariant};
    use uuid::Uuid;

    fn lexicon(variants: &[&str]) -> Lexicon {
        let variant = |name: &&str| CatalogVariant {
            id: Uuid::nil(),
            code: String::new(),
            name: (*name).into(),
            left: 1,
            price: 0,
        };
        let item = CatalogItem {
            code: "A1".into(),
            title: String::new(),
            aliases: vec![],
            variants: variants.iter().map(variant).collect(),
        };
        Lexicon::new(&[], &WordChanges::default(), &Catalog::new(vec![item]))
    }

    /// Words are parts, numbers are quantities.
    #[track_caller]
    fn check(variants: &[&str], words: &str, expected: Result<&[(u32, u32)], Unclear>) {
        let lexicon = lexicon(variants);
        let details: Vec<Detail> = words
            .split_whitespace()
            .map(|word| match word.parse() {
                Ok(number) => Detail::Quantity(number),
                Err(_) => Detail::Part(lexicon.find(word).part.unwrap()),
            })
            .collect();
        assert_eq!(choose(&lexicon, 0, &details), expected.map(SmallVec::from_slice), "{words:?}");
    }

    #[test]
    fn one_variant_in_any_order() {
        let variants = ["blue small", "blue large", "red small"];
        check(&variants, "2 small blue", Ok(&[(0, 2)]));
        check(&variants, "large", Ok(&[(1, 1)]));
        check(&variants, "blue 3 large", Ok(&[(1, 3)]));
        check(&variants, "blue", Err(Unclear::Variant));
        check(&variants, "", Err(Unclear::Variant));
        check(&variants, "red 1 2", Err(Unclear::Quantity));
        check(&[""], "4", Ok(&[(0, 4)]));
        check(&["blue", "blue long"], "blue", Ok(&[(0, 1)]));
    }

    #[test]
    fn every_variant_that_fits_or_each_that_is_named() {
        let lexicon = lexicon(&["red", "blue", "green"]);
        let part = |word: &str| Detail::Part(lexicon.find(word).part.unwrap());
        let check = |details: &[Detail], expected: Result<&[(u32, u32)], Unclear>| {
            assert_eq!(choose(&lexicon, 0, details), expected.map(SmallVec::from_slice), "{details:?}");
        };
        check(&[Detail::Every(None)], Ok(&[(0, 1), (1, 1), (2, 1)]));
        check(&[Detail::Every(None), Detail::Quantity(2)], Ok(&[(0, 2), (1, 2), (2, 2)]));
        check(&[part("red"), part("blue"), Detail::Every(None), Detail::Quantity(3)], Ok(&[(0, 3), (1, 3)]));
        check(&[Detail::Every(Some(3))], Ok(&[(0, 1), (1, 1), (2, 1)]));
        check(&[Detail::Every(Some(2))], Err(Unclear::Variant));
    }

    #[test]
    fn the_code_of_a_variant_means_just_it() {
        let lexicon = lexicon(&["blue", "blue long"]);
        let part = |word: &str| Detail::Part(lexicon.find(word).part.unwrap());
        let check = |details: &[Detail], expected: Result<&[(u32, u32)], Unclear>| {
            assert_eq!(choose(&lexicon, 0, details), expected.map(SmallVec::from_slice), "{details:?}");
        };
        check(&[Detail::Variant(1)], Ok(&[(1, 1)]));
        check(&[Detail::Quantity(2), Detail::Variant(0)], Ok(&[(0, 2)]));
        check(&[Detail::Variant(1), part("long")], Ok(&[(1, 1)]));
        check(&[Detail::Variant(0), part("long")], Err(Unclear::Variant));
        check(&[Detail::Variant(0), Detail::Variant(1)], Ok(&[(0, 1), (1, 1)]));
        check(&[Detail::Variant(0), Detail::Variant(1), Detail::Quantity(2)], Err(Unclear::Quantity));
        check(&[Detail::Variant(0), Detail::Every(None)], Err(Unclear::Variant));
    }

    #[test]
    fn several_variants_with_their_quantities() {
        let variants = ["red", "blue", "green"];
        check(&variants, "red 1 blue 2", Ok(&[(0, 1), (1, 2)]));
        check(&variants, "1 red 2 blue", Ok(&[(0, 1), (1, 2)]));
        check(&variants, "red blue", Ok(&[(0, 1), (1, 1)]));
        check(&variants, "red blue 2", Err(Unclear::Quantity));
        check(&variants, "red 2 blue", Err(Unclear::Quantity));
        check(&["red small", "blue small"], "red blue small", Ok(&[(0, 1), (1, 1)]));
    }
}
