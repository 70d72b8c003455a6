//! A label's picture as a PDF page of 4 × 6 inches, which every printer and every label printer understands.

use image::{ImageFormat, ImageReader};
use krilla::{
    Document,
    geom::{Size, Transform},
    image::Image,
    page::PageSettings,
};
use std::{
    io::Cursor,
    sync::{Arc, LazyLock},
};
use tokio::{sync::Semaphore, task::spawn_blocking};

/// 4 × 6 inches in points of 1/72 inch.
const PAGE_WIDTH: f32 = 288.0;
const PAGE_HEIGHT: f32 = 432.0;

/// A label of 4 × 6 inches at 600 dots an inch has 2400 × 3600; more than this on a side is not a label.
const MAX_SIDE: u32 = 4_000;

/// Labels that are drawn at once: each takes up to a hundred megabytes for a moment.
static PLACES: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(2)));

/// Why a picture does not become a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LabelError {
    #[error("it is not a PNG picture")]
    NotAPicture,
    #[error("its picture has more than {MAX_SIDE} dots on a side")]
    TooLarge,
    #[error("its picture is damaged")]
    Damaged,
    #[error("its picture cannot be drawn")]
    NotDrawn,
}

/// Whether these bytes are a PDF already.
pub fn is_pdf(bytes: &[u8]) -> bool {
    bytes.starts_with(b"%PDF-")
}

/// [`from_png`] when there is a place for it, where blocking is allowed. The place belongs to the work, which goes on when
/// nobody waits for it any more.
pub async fn drawn(png: Vec<u8>) -> Result<Vec<u8>, LabelError> {
    let place = PLACES.clone().acquire_owned().await.map_err(|_| LabelError::NotDrawn)?;
    let drawn = spawn_blocking(move || {
        let _place = place;
        from_png(png)
    });
    drawn.await.unwrap_or(Err(LabelError::NotDrawn))
}

/// One page with the picture as large as fits, in its middle. Takes time.
fn from_png(png: Vec<u8>) -> Result<Vec<u8>, LabelError> {
    // The size is read before anything is decoded: a small file can be a picture of gigabytes.
    let (width, height) = ImageReader::with_format(Cursor::new(&png), ImageFormat::Png)
        .into_dimensions()
        .map_err(|_| LabelError::NotAPicture)?;
    if width > MAX_SIDE || height > MAX_SIDE {
        return Err(LabelError::TooLarge);
    }
    // Without interpolation: the edges of a bar code stay sharp.
    let picture = Image::from_png(png.into(), false).map_err(|_| LabelError::NotAPicture)?;
    let scale = (PAGE_WIDTH / width as f32).min(PAGE_HEIGHT / height as f32);
    let (drawn_width, drawn_height) = (width as f32 * scale, height as f32 * scale);
    let size = Size::from_wh(drawn_width, drawn_height).ok_or(LabelError::NotAPicture)?;
    let settings = PageSettings::from_wh(PAGE_WIDTH, PAGE_HEIGHT).ok_or(LabelError::NotAPicture)?;

    let mut document = Document::new();
    let mut page = document.start_page_with(settings);
    let mut surface = page.surface();
    let middle =
        Transform::from_translate((PAGE_WIDTH - drawn_width) / 2.0, (PAGE_HEIGHT - drawn_height) / 2.0);
    surface.push_transform(&middle);
    surface.draw_image(picture, size);
    surface.pop();
    surface.finish();
    page.finish();
    document.finish().map_err(|_| LabelError::Damaged)
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, GenericImageView, GrayImage};

    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let picture = DynamicImage::ImageLuma8(GrayImage::from_fn(width, height, |x, y| {
            image::Luma([if (x / 3 + y) % 2 == 0 { 0 } else { 255 }])
        }));
        assert_eq!(picture.dimensions(), (width, height));
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    fn count(bytes: &[u8], needle: &[u8]) -> usize {
        bytes.windows(needle.len()).filter(|window| *window == needle).count()
    }

    #[test]
    fn a_picture_becomes_one_page_of_four_by_six_inches() {
        for (width, height) in [(1_200, 1_800), (800, 1_200), (600, 100), (1, 1)] {
            let pdf = from_png(png(width, height)).unwrap();
            assert!(is_pdf(&pdf));
            assert_eq!(count(&pdf, b"/MediaBox[0 0 288 432]"), 1, "{width} × {height}");
            assert_eq!(count(&pdf, b"/Count 1"), 1, "{width} × {height}");
            assert_eq!(count(&pdf, b"/Subtype/Image"), 1, "{width} × {height}");
        }
    }

    #[test]
    fn what_is_no_label_is_refused_with_a_reason() {
        assert_eq!(from_png(b"<html>".to_vec()), Err(LabelError::NotAPicture));
        assert_eq!(from_png(Vec::new()), Err(LabelError::NotAPicture));
        assert_eq!(from_png(png(4_001, 1)), Err(LabelError::TooLarge));
        let mut cut = png(400, 600);
        cut.truncate(cut.len() / 2);
        assert_eq!(from_png(cut), Err(LabelError::Damaged));
    }
}
