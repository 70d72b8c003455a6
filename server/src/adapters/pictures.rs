//! From a file that a person sent to pictures that can be shown to anybody.
//!
//! Nothing of the file itself is kept: it is decoded within limits, turned as its camera says, made smaller and encoded
//! anew, so that places, names of cameras and whatever else was hidden in it are gone.

use std::{
    io::Cursor,
    sync::{Arc, LazyLock},
};

use domain::{
    inventory::pictures::{MAX_FILE_MEGABYTES, MAX_MEGAPIXELS, MAX_SIDE, PictureSize},
    problem::FieldCode,
};
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::{
    DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, Rgb, RgbImage, codecs::jpeg::JpegEncoder,
};
use services::{Error, inventory::pictures::Prepared};
use tokio::sync::Semaphore;

/// The largest file that is looked at, in bytes.
pub const MAX_FILE_BYTES: usize = MAX_FILE_MEGABYTES as usize * 1024 * 1024;
/// The most memory that decoding one file takes, in bytes: a picture of the most pixels in colour with transparency, and
/// room for the decoder.
const MAX_DECODED_BYTES: u64 = MAX_MEGAPIXELS as u64 * 1_000_000 * 4 + 64 * 1024 * 1024;
/// Of a hundred. Above it files grow faster than pictures get better.
const JPEG_QUALITY: u8 = 82;
/// What shows through a transparent picture.
const BACKGROUND: u8 = 255;

/// Pictures are decoded one after the other: each takes a core for a moment and up to a quarter of a gigabyte.
static TURN: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(1)));

/// Why a file does not become a picture.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    #[error("{}", .0.message())]
    Refused(FieldCode),
    #[error("fault: {0}")]
    Fault(#[from] Error),
}

/// Makes a picture of a file, when it is its turn.
pub async fn prepare(file: Vec<u8>) -> Result<Prepared, PictureError> {
    if file.len() > MAX_FILE_BYTES {
        return Err(PictureError::Refused(FieldCode::FileTooLarge(MAX_FILE_MEGABYTES)));
    }
    let turn = TURN.clone().acquire_owned().await;
    let turn = turn.map_err(|_| Error::Fault("no picture is decoded any more"))?;
    let prepared = tokio::task::spawn_blocking(move || {
        // The turn belongs to the work: it goes on when whoever sent the file is gone.
        let _turn = turn;
        make(&file)
    })
    .await;
    // A decoder that panics has met a file that is no picture.
    prepared.unwrap_or(Err(FieldCode::NotAPicture)).map_err(PictureError::Refused)
}

fn make(file: &[u8]) -> Result<Prepared, FieldCode> {
    let picture = on_background(decode(file)?);
    let (width, height) = within(picture.width(), picture.height(), PictureSize::Full.pixels());
    let full = match (width, height) == (picture.width(), picture.height()) {
        true => picture,
        false => resize(&picture.into(), width, height)?,
    };
    let source = DynamicImage::from(full);
    let square = |size: PictureSize| resize(&source, size.pixels(), size.pixels());
    let (card, thumb) = (square(PictureSize::Card)?, square(PictureSize::Thumb)?);
    let files = [encode(&source.to_rgb8())?, encode(&card)?, encode(&thumb)?];
    Ok(Prepared { files, width, height })
}

/// Decodes a file of a kind that is known, after its size was found to be one that can be.
fn decode(file: &[u8]) -> Result<DynamicImage, FieldCode> {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MAX_DECODED_BYTES);
    let mut reader =
        ImageReader::new(Cursor::new(file)).with_guessed_format().map_err(|_| FieldCode::NotAPicture)?;
    match reader.format() {
        Some(ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP) => {}
        _ if is_heic(file) => return Err(FieldCode::HeicPicture),
        _ => return Err(FieldCode::NotAPicture),
    }
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| refusal(&error))?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if width > MAX_SIDE || height > MAX_SIDE || pixels > u64::from(MAX_MEGAPIXELS) * 1_000_000 {
        return Err(FieldCode::TooManyPixels(MAX_MEGAPIXELS));
    }
    if pixels == 0 {
        return Err(FieldCode::NotAPicture);
    }
    // A file whose orientation cannot be read is shown as it lies.
    let orientation = decoder.orientation().ok();
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| refusal(&error))?;
    if let Some(orientation) = orientation {
        picture.apply_orientation(orientation);
    }
    Ok(picture)
}

fn refusal(error: &image::ImageError) -> FieldCode {
    match error {
        image::ImageError::Limits(_) => FieldCode::TooManyPixels(MAX_MEGAPIXELS),
        _ => FieldCode::NotAPicture,
    }
}

/// Whether a file is of the kind that Apple's phones keep.
fn is_heic(file: &[u8]) -> bool {
    let brand = file.get(4..12).unwrap_or_default();
    brand.starts_with(b"ftyp") && [&b"heic"[..], b"heix", b"mif1", b"msf1", b"hevc"].contains(&&brand[4..])
}

/// The picture without transparency.
fn on_background(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let picture = picture.into_rgba8();
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [red, green, blue, alpha] = picture.get_pixel(x, y).0;
        let mix = |part: u8| {
            let (part, alpha) = (u32::from(part), u32::from(alpha));
            let mixed = (part * alpha + u32::from(BACKGROUND) * (255 - alpha) + 127) / 255;
            u8::try_from(mixed).unwrap_or(BACKGROUND)
        };
        Rgb([mix(red), mix(green), mix(blue)])
    })
}

/// Width and height of a picture whose longer side is at most `longest`, in the same proportion.
fn within(width: u32, height: u32, longest: u32) -> (u32, u32) {
    let side = width.max(height);
    if side <= longest {
        return (width, height);
    }
    let scaled = |part: u32| {
        let rounded = (u64::from(part) * u64::from(longest) + u64::from(side) / 2) / u64::from(side);
        u32::try_from(rounded).unwrap_or(longest).max(1)
    };
    (scaled(width), scaled(height))
}

/// The picture at another size; where the proportion differs, its middle.
fn resize(picture: &DynamicImage, width: u32, height: u32) -> Result<RgbImage, FieldCode> {
    let mut resized = DynamicImage::from(RgbImage::new(width, height));
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
        .fit_into_destination(Some((0.5, 0.5)));
    Resizer::new().resize(picture, &mut resized, Some(&options)).map_err(|_| FieldCode::NotAPicture)?;
    Ok(resized.into_rgb8())
}

fn encode(picture: &RgbImage) -> Result<Vec<u8>, FieldCode> {
    let mut file = Vec::new();
    JpegEncoder::new_with_quality(&mut file, JPEG_QUALITY)
        .encode_image(picture)
        .map_err(|_| FieldCode::NotAPicture)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wait::polled;

    /// No other test here makes a picture, so the one turn can be held in the hand.
    #[tokio::test(flavor = "multi_thread")]
    async fn who_breaks_off_gives_no_turn_away() {
        let picture = DynamicImage::from(RgbImage::new(2_000, 2_000));
        let mut file = Cursor::new(Vec::new());
        picture.write_to(&mut file, ImageFormat::Png).unwrap();
        let file = file.into_inner();
        let turn = TURN.clone().acquire_owned().await.unwrap();
        let mut asked = Box::pin(prepare(file));
        assert!(polled(asked.as_mut()).await.is_pending());
        drop(turn);
        // Now it is this picture's turn, and its work begins with the next look at it.
        assert!(polled(asked.as_mut()).await.is_pending());
        drop(asked);
        assert_eq!(TURN.available_permits(), 0, "the work goes on, so its turn is not over");
        drop(TURN.clone().acquire_owned().await.unwrap());
    }

    #[test]
    fn a_picture_keeps_its_proportion() {
        assert_eq!(within(4000, 3000, 1600), (1600, 1200));
        assert_eq!(within(3000, 4000, 1600), (1200, 1600));
        assert_eq!(within(800, 600, 1600), (800, 600));
        assert_eq!(within(16_000, 1, 1600), (1600, 1));
    }
}
