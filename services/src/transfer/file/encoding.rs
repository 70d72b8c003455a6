//! Which encoding a file has: what its mark says, what its zeros betray, else UTF-8, and if it is not that, Windows-1252.

use std::io::{BufReader, Read, Result, Seek};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use encoding_rs_io::{DecodeReaderBytes, DecodeReaderBytesBuilder};

/// Bytes in which zeros are looked for.
const LOOKED_AT: u64 = 4096;
const PIECE_BYTES: usize = 64 * 1024;

/// Finds the encoding of a file, which is read through once and stands at its start again.
pub fn find<R: Read + Seek>(file: &mut R) -> Result<Option<&'static Encoding>> {
    let mut head = Vec::new();
    file.by_ref().take(LOOKED_AT).read_to_end(&mut head)?;
    file.rewind()?;
    if let Some((encoding, _)) = Encoding::for_bom(&head) {
        return Ok(Some(encoding));
    }
    if let Some(encoding) = without_mark(&head) {
        return Ok(Some(encoding));
    }
    let encoding = match utf_8_or_not(file)? {
        Text::Utf8 => Some(UTF_8),
        Text::Other => Some(WINDOWS_1252),
        Text::Binary => None,
    };
    file.rewind()?;
    Ok(encoding)
}

/// UTF-16 without a mark: letters of most scripts' commas, digits and line ends leave every second byte zero.
fn without_mark(head: &[u8]) -> Option<&'static Encoding> {
    let zeros = |offset: usize| head.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
    let pairs = head.len() / 2;
    let (first, second) = (zeros(0), zeros(1));
    if pairs < 2 || first + second == 0 {
        return None;
    }
    if second * 4 > pairs && first * 10 < second {
        Some(UTF_16LE)
    } else if first * 4 > pairs && second * 10 < first {
        Some(UTF_16BE)
    } else {
        None
    }
}

enum Text {
    Utf8,
    Other,
    Binary,
}

/// Reads the whole file in pieces. A zero byte or many other control characters tell that it is no text.
fn utf_8_or_not(file: &mut impl Read) -> Result<Text> {
    let mut piece = vec![0; PIECE_BYTES];
    let mut kept = 0;
    let mut is_utf_8 = true;
    let mut controls = 0_u64;
    let mut all = 0_u64;
    loop {
        let read = file.read(&mut piece[kept..])?;
        let filled = kept + read;
        let new = &piece[kept..filled];
        all += new.len() as u64;
        if new.contains(&0) {
            return Ok(Text::Binary);
        }
        controls += new
            .iter()
            .filter(|byte| **byte < 0x20 && !matches!(**byte, b'\t' | b'\n' | b'\r' | 0x0B | 0x0C))
            .count() as u64;
        if read == 0 {
            is_utf_8 &= std::str::from_utf8(&piece[..filled]).is_ok();
            break;
        }
        kept = 0;
        if is_utf_8 {
            match std::str::from_utf8(&piece[..filled]) {
                Ok(_) => {}
                // A character may be cut at the end of the piece.
                Err(error) if error.error_len().is_none() => {
                    let start = error.valid_up_to();
                    piece.copy_within(start..filled, 0);
                    kept = filled - start;
                }
                Err(_) => is_utf_8 = false,
            }
        }
    }
    Ok(match is_utf_8 {
        _ if controls * 100 > all => Text::Binary,
        true => Text::Utf8,
        false => Text::Other,
    })
}

/// The file as UTF-8, without its mark.
pub fn decoded<R: Read>(file: R, encoding: &'static Encoding) -> DecodeReaderBytes<BufReader<R>, Vec<u8>> {
    DecodeReaderBytesBuilder::new()
        .encoding(Some(encoding))
        .strip_bom(true)
        .build(BufReader::with_capacity(PIECE_BYTES, file))
}
