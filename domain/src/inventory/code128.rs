//! Code 128 (ISO/IEC 15417): a text as bars, as short as its digits allow.

/// The widths of every symbol, bar and space in turn, in modules; the last is the stop with its closing bar.
const PATTERNS: [&str; 107] = [
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212", "221213",
    "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221", "223211", "221132",
    "221231", "213212", "223112", "312131", "311222", "321122", "321221", "312212", "322112", "322211",
    "212123", "212321", "232121", "111323", "131123", "131321", "112313", "132113", "132311", "211313",
    "231113", "231311", "112133", "112331", "132131", "113123", "113321", "133121", "313121", "211331",
    "231131", "213113", "213311", "213131", "311123", "311321", "331121", "312113", "312311", "332111",
    "314111", "221411", "431111", "111224", "111422", "121124", "121421", "141122", "141221", "112214",
    "112412", "122114", "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111",
    "111242", "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311", "113141",
    "114131", "311141", "411131", "211412", "211214", "211232", "2331112",
];

/// Symbols that change from letters (code set B) to pairs of digits (code set C) and back, that begin with either, and
/// that end.
const TO_C: usize = 99;
const TO_B: usize = 100;
const START_B: usize = 104;
const START_C: usize = 105;
const STOP: usize = 106;

/// White on either side of the bars without which they are not read, in modules.
pub const QUIET_MODULES: usize = 10;

/// The bars of a text: `true` for a black module, from the first bar to the last, without the white around them.
///
/// Nothing for text that is empty or not printable ASCII.
pub fn modules(text: &str) -> Option<Vec<bool>> {
    let mut modules = Vec::new();
    for symbol in symbols(text)? {
        for (index, width) in PATTERNS.get(symbol)?.bytes().enumerate() {
            let is_bar = index % 2 == 0;
            modules.extend(std::iter::repeat_n(is_bar, usize::from(width - b'0')));
        }
    }
    Some(modules)
}

/// The numbers of the symbols: start, data, check symbol, stop.
///
/// Pairs of digits are worth a change of code set where four or more digits stand at an end of the text, or six within.
fn symbols(text: &str) -> Option<Vec<usize>> {
    let bytes = text.as_bytes();
    if bytes.is_empty() || !bytes.iter().all(|byte| (b' '..=b'~').contains(byte)) {
        return None;
    }
    let digits_from =
        |place: usize| bytes.iter().skip(place).take_while(|byte| byte.is_ascii_digit()).count();
    let mut in_pairs = digits_from(0) >= 4 || (digits_from(0) == 2 && bytes.len() == 2);
    let mut symbols = vec![if in_pairs { START_C } else { START_B }];
    let mut place = 0;
    while let Some(byte) = bytes.get(place) {
        let digits = digits_from(place);
        if in_pairs {
            match bytes.get(place..place + 2).filter(|_| digits >= 2) {
                Some(pair) => {
                    symbols.push(pair.iter().fold(0, |sum, digit| sum * 10 + usize::from(digit - b'0')));
                    place += 2;
                }
                None => {
                    symbols.push(TO_B);
                    in_pairs = false;
                }
            }
        } else if digits.is_multiple_of(2) && (digits >= 6 || (digits >= 4 && place + digits == bytes.len()))
        {
            symbols.push(TO_C);
            in_pairs = true;
        } else {
            symbols.push(usize::from(byte - b' '));
            place += 1;
        }
    }
    symbols.push(check_symbol(&symbols));
    symbols.push(STOP);
    Some(symbols)
}

/// The start symbol plus every data symbol times its place, modulo 103.
fn check_symbol(symbols: &[usize]) -> usize {
    let weighted = symbols.iter().enumerate().map(|(place, symbol)| symbol * place.max(1));
    weighted.sum::<usize>() % 103
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_symbol_is_eleven_modules_with_an_even_number_black() {
        for pattern in &PATTERNS[..STOP] {
            let widths: Vec<u8> = pattern.bytes().map(|width| width - b'0').collect();
            assert_eq!(widths.iter().sum::<u8>(), 11, "{pattern}");
            assert_eq!(widths.iter().step_by(2).sum::<u8>() % 2, 0, "{pattern}");
        }
        assert_eq!(PATTERNS.iter().collect::<BTreeSet<_>>().len(), PATTERNS.len());
    }

    /// Check symbols reckoned by hand from the places and values of the letters.
    #[test]
    fn known_texts_have_known_symbols() {
        for (text, expected) in [
            // 3281 modulo 103.
            ("Wikipedia", vec![START_B, 55, 73, 75, 73, 80, 69, 68, 73, 65, 88, STOP]),
            // 104 + 1·33 + 2·17 + 3·18 = 225, and 225 modulo 103 is 19.
            ("A12", vec![START_B, 33, 17, 18, 19, STOP]),
            // 105 + 1·1 + 2·23 + 3·45 = 287, and 287 modulo 103 is 81.
            ("012345", vec![START_C, 1, 23, 45, 81, STOP]),
            // 105 + 1·42 = 147, and 147 modulo 103 is 44.
            ("42", vec![START_C, 42, 44, STOP]),
            // 104 + 1·33 + 2·99 + 3·20 + 4·26 = 499, and 499 modulo 103 is 87.
            ("A2026", vec![START_B, 33, TO_C, 20, 26, 87, STOP]),
            // 105 + 1·40 + 2·6 + 3·100 + 4·17 = 525, and 525 modulo 103 is 10.
            ("40061", vec![START_C, 40, 6, TO_B, 17, 10, STOP]),
        ] {
            assert_eq!(symbols(text).as_deref(), Some(expected.as_slice()), "{text}");
        }
    }

    /// The modules of `A12`, drawn symbol by symbol from the standard's table.
    #[test]
    fn a_known_text_has_known_bars() {
        let drawn: String =
            modules("A12").unwrap().iter().map(|is_bar| if *is_bar { '1' } else { '0' }).collect();
        let start_b_a_1_2_check_stop =
            ["11010010000", "10100011000", "10011100110", "11001110010", "11001011100", "1100011101011"];
        assert_eq!(drawn, start_b_a_1_2_check_stop.concat());
    }

    #[test]
    fn what_cannot_be_written_is_refused() {
        assert_eq!(modules(""), None);
        assert_eq!(modules("é"), None);
        assert_eq!(modules("a\tb"), None);
    }

    /// Reads symbols as a scanner does.
    fn scanned(symbols: &[usize]) -> String {
        let mut in_pairs = symbols[0] == START_C;
        let mut text = String::new();
        for symbol in &symbols[1..symbols.len() - 2] {
            match (in_pairs, *symbol) {
                (true, TO_B) => in_pairs = false,
                (false, TO_C) => in_pairs = true,
                (true, pair) => text.push_str(&format!("{pair:02}")),
                (false, letter) => text.push(char::from(b' ' + u8::try_from(letter).unwrap())),
            }
        }
        text
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_again(text in "([ -~]|[0-9]{1,9}){1,20}") {
            let symbols = symbols(&text).unwrap();
            prop_assert_eq!(scanned(&symbols), text.as_str());
            prop_assert_eq!(symbols[symbols.len() - 2], check_symbol(&symbols[..symbols.len() - 2]));
            prop_assert!(symbols.len() <= text.len() + 3, "never longer than letter by letter");
        }
    }
}
