//! A sale as it is opened: where it takes place and how its comments are read.

use serde::{Deserialize, Serialize};

use super::{CommentOrder, LayoutChoice, Preset};
use crate::problem::{Check, FieldCode, Problem};
use crate::text;
use crate::three_way::ThreeWay;

/// Characters of a sale's title and of a seller's name.
const TITLE_CHARACTERS: u32 = 120;
const SELLER_CHARACTERS: u32 = 100;

stored_enum! {
    /// Where a sale takes place.
    Platform {
        Facebook = "facebook", "Facebook";
        Instagram = "instagram", "Instagram";
        Tiktok = "tiktok", "TikTok";
        Youtube = "youtube", "YouTube";
        Whatsapp = "whatsapp", "WhatsApp";
        Other = "other", "Somewhere else";
    }
}

/// The form for a new sale as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SaleForm {
    pub title: String,
    pub platform: String,
    pub preset: String,
    pub order: String,
    /// Empty where nothing is said: found without being told.
    pub layout: String,
    /// The name under which the seller writes; may be empty.
    pub seller: String,
    /// Marks of what it was filled in with, see [`crate::three_way`].
    pub filled: String,
}

impl ThreeWay for SaleForm {
    // The names of the buyers are names there, so it stays.
    const APART: &'static [&'static str] = &["platform"];

    fn filled_mut(&mut self) -> &mut String {
        &mut self.filled
    }
}

/// A sale that can be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSale {
    pub title: String,
    pub platform: Platform,
    pub preset: Preset,
    pub order: CommentOrder,
    pub layout: LayoutChoice,
    pub seller: String,
}

impl SaleForm {
    /// Checks every field.
    ///
    /// # Errors
    /// Names every field that is missing, too long or none of its choices.
    pub fn parse(&self) -> Result<NewSale, Problem> {
        let mut check = Check::new();
        let title = check.take("title", text::required(&self.title, TITLE_CHARACTERS));
        let platform = check.take("platform", Platform::parse(&self.platform).ok_or(FieldCode::NotAChoice));
        let preset = check.take("preset", Preset::parse(&self.preset).ok_or(FieldCode::NotAChoice));
        let order = check.take("order", CommentOrder::parse(&self.order).ok_or(FieldCode::NotAChoice));
        let layout = check.take("layout", self.layout_choice().ok_or(FieldCode::NotAChoice));
        let seller = check.take("seller", text::optional(&self.seller, SELLER_CHARACTERS));
        let sale = (|| {
            Some(NewSale {
                title: title?,
                platform: platform?,
                preset: preset?,
                order: order?,
                layout: layout?,
                seller: seller?,
            })
        })();
        check.finish(sale)
    }

    fn layout_choice(&self) -> Option<LayoutChoice> {
        if self.layout.is_empty() { Some(LayoutChoice::Auto) } else { LayoutChoice::parse(&self.layout) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_a_sale_or_names_every_wrong_field() {
        let form = SaleForm {
            title: " Friday  show ".into(),
            platform: "tiktok".into(),
            preset: "ph".into(),
            order: "newest-first".into(),
            layout: "whatsapp".into(),
            seller: String::new(),
            filled: String::new(),
        };
        let sale = form.parse().unwrap();
        assert_eq!((sale.title.as_str(), sale.platform), ("Friday show", Platform::Tiktok));
        assert_eq!((sale.preset, sale.order), (Preset::Ph, CommentOrder::NewestFirst));
        assert_eq!(sale.layout, LayoutChoice::Whatsapp);
        let unsaid = SaleForm { layout: String::new(), ..form.clone() };
        assert_eq!(unsaid.parse().unwrap().layout, LayoutChoice::Auto);
        let unknown = SaleForm { layout: "myspace".into(), ..form };
        assert_eq!(unknown.parse().unwrap_err().fields[0].field, "layout");
        let problem = SaleForm::default().parse().unwrap_err();
        let fields: Vec<&str> = problem.fields.iter().map(|field| field.field.as_str()).collect();
        assert_eq!(fields, ["title", "platform", "preset", "order"]);
    }
}
