use std::io::Write;

use domain::transfer::{FileProblem, Row};
use rust_xlsxwriter::{Format, Formula, Workbook};
use tempfile::NamedTempFile;
use zip::{ZipWriter, write::SimpleFileOptions};

use super::{FileError, read};

/// The rows of a file of these bytes, and how it was read.
fn rows(bytes: &[u8]) -> Result<(String, Vec<Row>), FileProblem> {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    file.flush().unwrap();
    let mut rows = Vec::new();
    let format = read(file.path(), &mut |row| {
        rows.push(row);
        true
    });
    match format {
        Ok(format) => Ok((format, rows)),
        Err(FileError::Problem(problem)) => Err(problem),
        Err(FileError::Io(error)) => panic_with(error),
    }
}

fn panic_with(error: std::io::Error) -> ! {
    panic!("{error}")
}

fn cells(bytes: &[u8]) -> Vec<Vec<String>> {
    rows(bytes).unwrap().1.into_iter().map(|row| row.cells).collect()
}

fn utf_16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

#[test]
fn every_usual_encoding_is_read() {
    let text = "name,city\nAna Núñez,Málaga\nKim 김,서울\n";
    let expected = vec![vec!["name", "city"], vec!["Ana Núñez", "Málaga"], vec!["Kim 김", "서울"]];
    let marked = |text: &str| format!("\u{FEFF}{text}");
    for (bytes, name) in [
        (text.as_bytes().to_vec(), "UTF-8"),
        (marked(text).into_bytes(), "UTF-8"),
        (utf_16(&marked(text), u16::to_le_bytes), "UTF-16LE"),
        (utf_16(&marked(text), u16::to_be_bytes), "UTF-16BE"),
        (utf_16(text, u16::to_le_bytes), "UTF-16LE"),
        (utf_16(text, u16::to_be_bytes), "UTF-16BE"),
    ] {
        let (format, _) = rows(&bytes).unwrap();
        assert_eq!(format, format!("CSV, {name}, commas"));
        assert_eq!(cells(&bytes), expected, "{name}");
    }
    let windows = b"name;price\nJos\xE9;\x8012,50\n";
    assert_eq!(rows(windows).unwrap().0, "CSV, windows-1252, semicolons");
    assert_eq!(cells(windows), [["name", "price"], ["José", "€12,50"]]);
    // A character that lies across the pieces in which the encoding is looked for.
    let long = format!("{}é,b\n", "x".repeat(64 * 1024 - 1));
    assert_eq!(rows(long.as_bytes()).unwrap().0, "CSV, UTF-8, commas");
}

#[test]
fn separators_quotes_and_lines_are_told() {
    assert_eq!(cells(b"a\tb\n1,5\t2\n3\t4,5\n"), [["a", "b"], ["1,5", "2"], ["3", "4,5"]]);
    assert_eq!(cells(b"sep=|\na|b\n1|2\n"), [["a", "b"], ["1", "2"]]);
    assert_eq!(cells(b"a,b\r\n\"x\r\ny\",\"say \"\"hi\"\"\"\r\n"), [["a", "b"], ["x\r\ny", "say \"hi\""]]);
    assert_eq!(cells(b"one\ntwo\n"), [["one"], ["two"]], "a single column");
    let (_, rows) = rows(b"a,b\n\n\"x\n\ny\",2\n1,2,3\n,,,\n4\n").unwrap();
    let lines: Vec<(i64, usize)> = rows.iter().map(|row| (row.line, row.cells.len())).collect();
    assert_eq!(lines, [(1, 2), (3, 2), (6, 3), (8, 1)], "blank rows are passed over, and lines counted");
}

fn workbook(fill: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut book = Workbook::new();
    fill(&mut book);
    book.save_to_buffer().unwrap()
}

#[test]
fn workbooks_are_read_cell_by_cell() {
    let bytes = workbook(|book| {
        book.add_worksheet().set_name("Empty").unwrap();
        let sheet = book.add_worksheet();
        sheet.write_string(1, 0, "name").unwrap();
        sheet.write_string(1, 2, "price").unwrap();
        sheet.write_number(3, 2, 0.1 + 0.2).unwrap();
        sheet.write_number(3, 0, 1_234_567_890_123.0).unwrap();
        sheet.write_boolean(4, 0, true).unwrap();
        let date = Format::new().set_num_format("yyyy-mm-dd");
        sheet.write_number_with_format(4, 1, 46_349.5, &date).unwrap();
        sheet.write_formula(4, 2, Formula::new("=cmd()").set_result("42")).unwrap();
    });
    let (format, rows) = rows(&bytes).unwrap();
    assert_eq!(format, "XLSX, sheet “Sheet2”");
    let told: Vec<(i64, Vec<String>)> = rows.into_iter().map(|row| (row.line, row.cells)).collect();
    assert_eq!(
        told,
        [
            (2, vec!["name".into(), String::new(), "price".into()]),
            (4, vec!["1234567890123".into(), String::new(), "0.3".into()]),
            (5, vec!["TRUE".into(), "2026-11-23 12:00:00".into(), "42".into()]),
        ]
    );
}

#[test]
fn a_workbook_with_one_far_cell_takes_no_room() {
    let far = |row, column| {
        workbook(|book| {
            book.add_worksheet().write_string(row, column, "far").unwrap();
        })
    };
    assert_eq!(rows(&far(1_048_575, 0)).unwrap().1, [Row { line: 1_048_576, cells: vec!["far".into()] }]);
    assert_eq!(rows(&far(0, 16_383)), Err(FileProblem::TooManyColumns));
}

/// A packed folder with these parts, each so many bytes long.
fn packed(parts: &[(&str, usize)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, length) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        let piece = vec![b' '; 64 * 1024];
        let mut left = *length;
        while left > 0 {
            let some = left.min(piece.len());
            zip.write_all(&piece[..some]).unwrap();
            left -= some;
        }
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn what_unpacks_to_far_more_is_refused_before_it_is_read() {
    let bomb = packed(&[("xl/workbook.xml", 10), ("xl/sharedStrings.xml", 49 * 1024 * 1024)]);
    assert!(bomb.len() < 1024 * 1024);
    assert_eq!(rows(&bomb), Err(FileProblem::Unpacks));
    let many: Vec<(String, usize)> = (0..501).map(|number| (format!("xl/media/{number}"), 0)).collect();
    let many: Vec<(&str, usize)> = many.iter().map(|(name, length)| (name.as_str(), *length)).collect();
    assert_eq!(rows(&packed(&many)), Err(FileProblem::Unpacks));
    assert_eq!(rows(&packed(&[("a.txt", 3)])), Err(FileProblem::NotATable));
    assert_eq!(rows(&packed(&[("xl/workbook.xml", 3)])), Err(FileProblem::BrokenWorkbook));
}

#[test]
fn what_is_no_table_is_refused() {
    for (bytes, problem) in [
        (&b""[..], FileProblem::Empty),
        (b"\n\n  \n", FileProblem::Empty),
        (b"\x89PNG\r\n\x1A\n\x00\x00\x00\x0DIHDR", FileProblem::NotATable),
        (b"\x01\x02\x03\x04\x05 binary \x06\x07", FileProblem::NotATable),
        (&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], FileProblem::OldWorkbook),
        (b"PK\x03\x04", FileProblem::BrokenWorkbook),
    ] {
        assert_eq!(rows(bytes), Err(problem));
    }
}

#[test]
fn a_row_that_does_not_end_is_refused_without_being_held() {
    let endless = format!("a,b\n1,\"{}", "never closed,\n".repeat(200_000));
    assert_eq!(rows(endless.as_bytes()), Err(FileProblem::RowTooLong));
}
