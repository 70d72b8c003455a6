//! Draws a label: 4 by 6 inches at 300 dots an inch, black on white, and plainly not postage.

use font8x8::UnicodeFonts;
use image::{GrayImage, Luma};

use super::input::Address;
use super::objects::{Purchase, Shipment};
use crate::code128;

/// Four inches.
const WIDTH: u32 = 1200;
/// Six inches.
const HEIGHT: u32 = 1800;
/// 300 dots an inch, as PNG wants it.
const DOTS_PER_METRE: u32 = 11_811;
const MARGIN: u32 = 60;
const WHITE: Luma<u8> = Luma([255]);
const BLACK: Luma<u8> = Luma([0]);
/// Letters of the font are squares of this many dots before they are enlarged.
const LETTER: u32 = 8;
/// Six dots at 300 an inch are half a millimetre, wide enough for every scanner.
const MODULE_WIDTH: u32 = 6;
const BAR_HEIGHT: u32 = 280;

/// The label of a purchase as a PNG file.
///
/// # Errors
/// Only what the encoder answers, which for an image in memory is nothing.
pub fn png(shipment: &Shipment, purchase: &Purchase) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, WIDTH, HEIGHT);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_pixel_dims(Some(png::PixelDimensions {
        xppu: DOTS_PER_METRE,
        yppu: DOTS_PER_METRE,
        unit: png::Unit::Meter,
    }));
    let mut writer = encoder.write_header()?;
    writer.write_image_data(draw(shipment, purchase).as_raw())?;
    writer.finish()?;
    Ok(file)
}

fn draw(shipment: &Shipment, purchase: &Purchase) -> GrayImage {
    let mut image = GrayImage::from_pixel(WIDTH, HEIGHT, WHITE);
    rule(&mut image, 20, 6);
    centred(&mut image, 60, 6, "SANDBOX · NOT VALID");
    centred(&mut image, 120, 6, "FOR POSTAGE");
    rule(&mut image, 200, 6);

    centred(&mut image, 236, 7, &format!("USPS {}", shortened(&purchase.rate.service, 15)));
    rule(&mut image, 330, 6);

    let mut top = 370;
    for line in lines(&shipment.from_address) {
        text(&mut image, MARGIN, top, 4, &shortened(&line, 33));
        top += 44;
    }
    top = 640;
    text(&mut image, MARGIN, top, 4, "SHIP TO:");
    top += 56;
    for line in lines(&shipment.to_address) {
        text(&mut image, MARGIN, top, 6, &shortened(&line, 22));
        top += 66;
    }
    if let Some(reference) = &shipment.reference {
        text(&mut image, MARGIN, 1120, 4, &shortened(&format!("Ref {reference}"), 33));
    }

    rule(&mut image, 1180, 10);
    centred(&mut image, 1220, 5, "TRACKING # SANDBOX");
    barcode(&mut image, 1290, &purchase.tracking_code);
    centred(&mut image, 1600, 4, &in_groups_of_four(&purchase.tracking_code));
    rule(&mut image, 1660, 10);
    centred(&mut image, 1700, 6, "NOT VALID FOR POSTAGE");
    image
}

/// The address as lines, without those that are empty.
fn lines(address: &Address) -> Vec<String> {
    let part = |value: &Option<String>| value.clone().unwrap_or_default();
    let town = format!("{} {} {}", part(&address.city), part(&address.state), part(&address.zip));
    let country =
        if address.country.as_deref() == Some("US") { String::new() } else { part(&address.country) };
    [
        part(&address.name),
        part(&address.company),
        part(&address.street1),
        part(&address.street2),
        town,
        country,
    ]
    .into_iter()
    .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ").to_uppercase())
    .filter(|line| !line.is_empty())
    .collect()
}

/// At most so many letters; where some are left out, the last one is a dot.
fn shortened(line: &str, letters: usize) -> String {
    if line.chars().count() <= letters {
        return line.to_owned();
    }
    line.chars().take(letters.saturating_sub(1)).chain(['.']).collect()
}

fn in_groups_of_four(code: &str) -> String {
    let digits: Vec<char> = code.chars().collect();
    digits.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// Letters the font does not have are drawn as question marks.
fn glyph(letter: char) -> [u8; 8] {
    let found = font8x8::BASIC_FONTS.get(letter).or_else(|| font8x8::LATIN_FONTS.get(letter));
    found.or_else(|| font8x8::BASIC_FONTS.get('?')).unwrap_or_default()
}

fn text(image: &mut GrayImage, left: u32, top: u32, scale: u32, line: &str) {
    let mut x = left;
    for letter in line.chars() {
        for (y, row) in (0..).zip(glyph(letter)) {
            for column in (0..LETTER).filter(|column| row >> column & 1 == 1) {
                fill(image, x + column * scale, top + y * scale, scale, scale);
            }
        }
        x += LETTER * scale;
    }
}

fn centred(image: &mut GrayImage, top: u32, scale: u32, line: &str) {
    let letters = u32::try_from(line.chars().count()).unwrap_or(u32::MAX);
    let left = WIDTH.saturating_sub(letters.saturating_mul(LETTER * scale)) / 2;
    text(image, left, top, scale, line);
}

/// A line from margin to margin.
fn rule(image: &mut GrayImage, top: u32, height: u32) {
    fill(image, MARGIN / 2, top, WIDTH - MARGIN, height);
}

/// The bars in the middle; what is left at both sides is the quiet zone.
fn barcode(image: &mut GrayImage, top: u32, code: &str) {
    let modules = code128::modules(code).unwrap_or_default();
    let width = u32::try_from(modules.len()).unwrap_or(u32::MAX).saturating_mul(MODULE_WIDTH);
    let mut x = WIDTH.saturating_sub(width) / 2;
    for is_black in modules {
        if is_black {
            fill(image, x, top, MODULE_WIDTH, BAR_HEIGHT);
        }
        x += MODULE_WIDTH;
    }
}

/// Fills a rectangle with black; what lies outside the label is left out.
fn fill(image: &mut GrayImage, left: u32, top: u32, width: u32, height: u32) {
    for y in top..(top + height).min(HEIGHT) {
        for x in left..(left + width).min(WIDTH) {
            image.put_pixel(x, y, BLACK);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{in_groups_of_four, lines, shortened};
    use crate::easypost::input::Address;

    #[test]
    fn an_address_has_no_empty_lines() {
        let address = Address {
            name: Some("Ana Test".to_owned()),
            street1: Some(" 1  Main St ".to_owned()),
            street2: Some(String::new()),
            city: Some("Reno".to_owned()),
            state: Some("NV".to_owned()),
            zip: Some("89501".to_owned()),
            country: Some("US".to_owned()),
            ..Address::default()
        };
        assert_eq!(lines(&address), ["ANA TEST", "1 MAIN ST", "RENO NV 89501"]);
    }

    #[test]
    fn lines_stay_on_the_label() {
        assert_eq!(shortened("ÉÉÉÉ", 4), "ÉÉÉÉ");
        assert_eq!(shortened("ABCDE", 4), "ABC.");
        assert_eq!(in_groups_of_four("9400100"), "9400 100");
    }
}
