//! Code 128 (ISO/IEC 15417): text to bars.

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

const START_B: usize = 104;
const START_C: usize = 105;
const STOP: usize = 106;

/// The bars of a text: `true` for a black module, from the first bar to the last, without the quiet zone.
///
/// An even number of digits is written two to a symbol (code set C), other text one to a symbol (code set B).
/// `None` for text that is empty or not printable ASCII.
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
fn symbols(text: &str) -> Option<Vec<usize>> {
    if text.is_empty() || !text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return None;
    }
    let in_pairs = text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut symbols = vec![if in_pairs { START_C } else { START_B }];
    if in_pairs {
        let digit = |byte: u8| usize::from(byte - b'0');
        symbols.extend(
            text.as_bytes()
                .chunks_exact(2)
                .map(|pair| pair.iter().fold(0, |sum, byte| sum * 10 + digit(*byte))),
        );
    } else {
        symbols.extend(text.bytes().map(|byte| usize::from(byte - b' ')));
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

    use super::{PATTERNS, START_B, START_C, STOP, modules, symbols};

    #[test]
    fn every_symbol_is_eleven_modules_with_an_even_number_black() {
        for pattern in &PATTERNS[..STOP] {
            let widths: Vec<u8> = pattern.bytes().map(|width| width - b'0').collect();
            assert_eq!(widths.iter().sum::<u8>(), 11, "{pattern}");
            assert_eq!(widths.iter().step_by(2).sum::<u8>() % 2, 0, "{pattern}");
        }
        assert_eq!(PATTERNS.iter().collect::<BTreeSet<_>>().len(), PATTERNS.len());
    }

    /// 3281 modulo 103, reckoned by hand from the values of the letters.
    #[test]
    fn the_check_symbol_of_a_known_word_is_88() {
        assert_eq!(symbols("Wikipedia").unwrap(), [START_B, 55, 73, 75, 73, 80, 69, 68, 73, 65, 88, STOP]);
    }

    #[test]
    fn digits_go_in_pairs() {
        // 105 + 1·1 + 2·23 + 3·45 = 287, and 287 modulo 103 is 81.
        assert_eq!(symbols("012345").unwrap(), [START_C, 1, 23, 45, 81, STOP]);
        assert_eq!(modules("012345").unwrap().len(), 5 * 11 + 13);
    }

    #[test]
    fn what_cannot_be_written_is_refused() {
        assert_eq!(modules(""), None);
        assert_eq!(modules("é"), None);
        assert_eq!(modules("a\tb"), None);
    }
}
