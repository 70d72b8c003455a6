//! The files of other shops: by which columns they are known, and what these hold.

use super::{Field, Subject};

stored_enum! {
    /// Where a file comes from.
    Source {
        SellTrac = "selltrac", "SellTrac";
        Shopify = "shopify", "Shopify";
        Square = "square", "Square";
        CommentSold = "commentsold", "CommentSold";
        Etsy = "etsy", "Etsy";
        Paypal = "paypal", "PayPal";
        Plain = "plain", "a spreadsheet";
    }
}

/// One kind of file of one source.
pub(super) struct Profile {
    pub source: Source,
    pub subject: Subject,
    /// Columns that all such files have, folded; together no other file has them.
    pub known_by: &'static [&'static str],
    /// What its columns hold, by their folded names.
    pub columns: &'static [(&'static str, Field)],
}

/// The more telling ones first.
pub(super) const PROFILES: &[Profile] = &[
    Profile {
        source: Source::Shopify,
        subject: Subject::Items,
        known_by: &["handle", "variant price"],
        columns: &[
            ("handle", Field::Group),
            ("title", Field::Title),
            ("body (html)", Field::Description),
            ("option1 value", Field::Option1),
            ("option2 value", Field::Option2),
            ("option3 value", Field::Option3),
            ("variant sku", Field::Code),
            ("type", Field::Category),
            ("tags", Field::Tags),
            ("status", Field::Archived),
            ("option1 name", Field::Option1Name),
            ("option2 name", Field::Option2Name),
            ("option3 name", Field::Option3Name),
            ("variant price", Field::Price),
            ("variant grams", Field::Weight),
            ("variant barcode", Field::Barcode),
            ("cost per item", Field::Cost),
            ("variant inventory qty", Field::Quantity),
        ],
    },
    Profile {
        source: Source::Shopify,
        subject: Subject::Sales,
        known_by: &["lineitem name", "lineitem quantity", "financial status"],
        columns: &[
            ("name", Field::Reference),
            ("email", Field::Email),
            ("billing name", Field::Name),
            ("phone", Field::Phone),
            ("created at", Field::Date),
            ("currency", Field::Currency),
            ("subtotal", Field::Subtotal),
            ("shipping", Field::Shipping),
            ("taxes", Field::Tax),
            ("discount amount", Field::Discount),
            ("total", Field::Total),
            ("lineitem name", Field::LineTitle),
            ("lineitem sku", Field::LineCode),
            ("lineitem quantity", Field::LineQuantity),
            ("lineitem price", Field::LinePrice),
        ],
    },
    Profile {
        source: Source::Shopify,
        subject: Subject::Customers,
        known_by: &["first name", "last name", "default address address1"],
        columns: &[
            ("first name", Field::FirstName),
            ("last name", Field::LastName),
            ("email", Field::Email),
            ("phone", Field::Phone),
            ("default address address1", Field::Line1),
            ("default address address2", Field::Line2),
            ("default address city", Field::City),
            ("default address province code", Field::Region),
            ("default address zip", Field::PostalCode),
            ("default address country code", Field::Country),
            ("note", Field::Note),
        ],
    },
    Profile {
        source: Source::Square,
        subject: Subject::Items,
        known_by: &["token", "item name", "variation name"],
        columns: &[
            ("reference handle", Field::Group),
            ("item name", Field::Title),
            ("variation name", Field::Variant),
            ("sku", Field::Code),
            ("description", Field::Description),
            ("price", Field::Price),
            ("categories", Field::Category),
            ("gtin", Field::Barcode),
            ("default unit cost", Field::Cost),
            ("weight (lb)", Field::Weight),
            ("weight (oz)", Field::Weight),
            ("archived", Field::Archived),
        ],
    },
    Profile {
        source: Source::Square,
        subject: Subject::Customers,
        known_by: &["square customer id", "first name", "last name"],
        columns: &[
            ("first name", Field::FirstName),
            ("last name", Field::LastName),
            ("email address", Field::Email),
            ("phone number", Field::Phone),
            ("street address 1", Field::Line1),
            ("street address 2", Field::Line2),
            ("city", Field::City),
            ("state", Field::Region),
            ("postal code", Field::PostalCode),
            ("memo", Field::Note),
        ],
    },
    Profile {
        source: Source::Etsy,
        subject: Subject::Items,
        known_by: &["title", "price", "currency_code", "quantity", "materials"],
        columns: &[
            ("title", Field::Title),
            ("description", Field::Description),
            ("price", Field::Price),
            ("currency_code", Field::Currency),
            ("quantity", Field::Quantity),
            ("tags", Field::Tags),
            ("sku", Field::Code),
        ],
    },
    Profile {
        source: Source::Etsy,
        subject: Subject::Sales,
        known_by: &["sale date", "order id", "buyer user id"],
        columns: &[
            ("sale date", Field::Date),
            ("order id", Field::Reference),
            ("full name", Field::Name),
            ("first name", Field::FirstName),
            ("last name", Field::LastName),
            ("currency", Field::Currency),
            ("order value", Field::Subtotal),
            ("discount amount", Field::Discount),
            ("shipping", Field::Shipping),
            ("order shipping", Field::Shipping),
            ("sales tax", Field::Tax),
            ("order total", Field::Total),
            ("sku", Field::LineCode),
        ],
    },
    Profile {
        source: Source::Etsy,
        subject: Subject::Sales,
        known_by: &["sale date", "item name", "buyer", "transaction id"],
        columns: &[
            ("sale date", Field::Date),
            ("order id", Field::Reference),
            ("ship name", Field::Name),
            ("item name", Field::LineTitle),
            ("sku", Field::LineCode),
            ("quantity", Field::LineQuantity),
            ("price", Field::LinePrice),
            ("currency", Field::Currency),
            ("item total", Field::Subtotal),
        ],
    },
    Profile {
        source: Source::Paypal,
        subject: Subject::Sales,
        known_by: &["transaction id", "gross", "net"],
        columns: &[
            ("date", Field::Date),
            ("name", Field::Name),
            ("transaction id", Field::Reference),
            ("from email address", Field::Email),
            ("contact phone number", Field::Phone),
            ("item title", Field::LineTitle),
            ("item id", Field::LineCode),
            ("quantity", Field::LineQuantity),
            ("currency", Field::Currency),
            ("shipping and handling amount", Field::Shipping),
            ("sales tax", Field::Tax),
            ("gross", Field::Total),
        ],
    },
    Profile {
        source: Source::CommentSold,
        subject: Subject::Items,
        known_by: &["identifier", "product name", "retail price"],
        columns: &[
            ("identifier", Field::Code),
            ("product name", Field::Title),
            ("description", Field::Description),
            ("size", Field::Option1),
            ("color", Field::Option2),
            ("retail price", Field::Price),
            ("quantity", Field::Quantity),
            ("weight", Field::Weight),
        ],
    },
    Profile {
        source: Source::CommentSold,
        subject: Subject::Customers,
        known_by: &["facebook name", "email", "street address"],
        columns: &[
            ("name", Field::Name),
            ("facebook name", Field::Facebook),
            ("instagram handle", Field::Instagram),
            ("email", Field::Email),
            ("phone", Field::Phone),
            ("street address", Field::Line1),
            ("apartment", Field::Line2),
            ("city", Field::City),
            ("state", Field::Region),
            ("zip", Field::PostalCode),
            ("country code", Field::Country),
        ],
    },
    Profile {
        source: Source::CommentSold,
        subject: Subject::Sales,
        known_by: &["order id", "product name", "paid on"],
        columns: &[
            ("order id", Field::Reference),
            ("paid on", Field::Date),
            ("customer name", Field::Name),
            ("email", Field::Email),
            ("product name", Field::LineTitle),
            ("identifier", Field::LineCode),
            ("quantity", Field::LineQuantity),
            ("price", Field::LinePrice),
            ("ship charged", Field::Shipping),
            ("tax", Field::Tax),
            ("total", Field::Total),
        ],
    },
];
