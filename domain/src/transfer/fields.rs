//! What a column can hold.

use super::Subject;

stored_enum! {
    /// What a column holds. Our own exports head their columns with these words.
    Field {
        // Items.
        Group = "group", "What puts rows of one item together";
        Code = "code", "Code";
        Title = "title", "Title";
        Description = "description", "Description";
        Price = "price", "Price";
        Weight = "weight", "Weight";
        WeightUnit = "weight_unit", "Unit of the weight";
        Material = "material", "Material";
        Aliases = "aliases", "Other words for it";
        Variant = "variant", "Variant";
        Option1 = "option_1", "First option (size…)";
        Option2 = "option_2", "Second option (colour…)";
        Option3 = "option_3", "Third option";
        Option1Name = "option_1_name", "Name of the first option";
        Option2Name = "option_2_name", "Name of the second option";
        Option3Name = "option_3_name", "Name of the third option";
        Values1 = "values_1", "All values of the first option";
        Values2 = "values_2", "All values of the second option";
        VariantCode = "variant_code", "Code of the variant";
        VariantPrice = "variant_price", "Price of the variant";
        VariantNetWeight = "variant_net_weight", "Net weight of the variant";
        VariantWeight = "variant_weight", "Weight of the variant";
        Barcode = "barcode", "Barcode";
        Quantity = "quantity", "Pieces on hand";
        Category = "category", "Category";
        Tags = "tags", "Tags";
        Pricing = "pricing", "Fixed price or by weight";
        SalePrice = "sale_price", "Sale price";
        Cost = "cost", "What you paid for it";
        NetWeight = "net_weight", "Net weight";
        TaxClass = "tax_class", "Tax class";
        Origin = "origin", "Country of origin";
        HsCode = "hs_code", "Tariff code (HS)";
        HandlingDays = "handling_days", "Days until it is posted";
        LowStock = "low_stock", "Few are left at";
        Archived = "archived", "Archived";
        // Customers.
        Name = "name", "Name";
        FirstName = "first_name", "First name";
        LastName = "last_name", "Last name";
        Email = "email", "E-mail";
        Phone = "phone", "Phone";
        Line1 = "line1", "Street and number";
        Line2 = "line2", "Address, second line";
        City = "city", "City";
        Region = "region", "State or region";
        PostalCode = "postal_code", "Postal code";
        Country = "country", "Country";
        Note = "note", "Note";
        Handles = "handles", "Handles (facebook: name; …)";
        Facebook = "facebook", "Name on Facebook";
        Instagram = "instagram", "Name on Instagram";
        Tiktok = "tiktok", "Name on TikTok";
        Youtube = "youtube", "Name on YouTube";
        Whatsapp = "whatsapp", "Name on WhatsApp";
        Blocked = "blocked", "Blocked";
        AddressLabel = "address_label", "What the address is called";
        Language = "language", "Language";
        TaxExempt = "tax_exempt", "Pays no tax";
        TaxId = "tax_id", "Tax number";
        // Past sales.
        Reference = "order", "Order number";
        Source = "source", "Where it was sold";
        Date = "date", "Date";
        LineTitle = "line_title", "What was bought";
        LineCode = "line_code", "Code of what was bought";
        LineQuantity = "line_quantity", "Pieces";
        LinePrice = "line_price", "Price of a piece";
        Subtotal = "subtotal", "Goods together";
        Discount = "discount", "Discount";
        Shipping = "shipping", "Delivery";
        Tax = "tax", "Tax";
        Total = "total", "Total";
        Currency = "currency", "Currency";
    }
}

const ITEM_FIELDS: &[Field] = &[
    Field::Code,
    Field::Title,
    Field::Description,
    Field::Price,
    Field::Quantity,
    Field::Variant,
    Field::Option1,
    Field::Option2,
    Field::Option3,
    Field::Option1Name,
    Field::Option2Name,
    Field::Option3Name,
    Field::Values1,
    Field::Values2,
    Field::VariantCode,
    Field::VariantPrice,
    Field::VariantNetWeight,
    Field::VariantWeight,
    Field::Barcode,
    Field::SalePrice,
    Field::Cost,
    Field::Weight,
    Field::NetWeight,
    Field::WeightUnit,
    Field::Material,
    Field::Pricing,
    Field::Category,
    Field::Tags,
    Field::Aliases,
    Field::TaxClass,
    Field::Origin,
    Field::HsCode,
    Field::HandlingDays,
    Field::LowStock,
    Field::Note,
    Field::Archived,
    Field::Currency,
    Field::Group,
];

const CUSTOMER_FIELDS: &[Field] = &[
    Field::Name,
    Field::FirstName,
    Field::LastName,
    Field::Email,
    Field::Phone,
    Field::Line1,
    Field::Line2,
    Field::City,
    Field::Region,
    Field::PostalCode,
    Field::Country,
    Field::Facebook,
    Field::Instagram,
    Field::Tiktok,
    Field::Youtube,
    Field::Whatsapp,
    Field::Handles,
    Field::Note,
    Field::Tags,
    Field::Language,
    Field::TaxExempt,
    Field::TaxId,
    Field::Blocked,
    Field::AddressLabel,
    Field::Group,
];

const SALE_FIELDS: &[Field] = &[
    Field::Reference,
    Field::Source,
    Field::Date,
    Field::Name,
    Field::FirstName,
    Field::LastName,
    Field::Email,
    Field::Phone,
    Field::Facebook,
    Field::Instagram,
    Field::Tiktok,
    Field::Handles,
    Field::LineTitle,
    Field::LineCode,
    Field::LineQuantity,
    Field::LinePrice,
    Field::Subtotal,
    Field::Discount,
    Field::Shipping,
    Field::Tax,
    Field::Total,
    Field::Currency,
];

impl Subject {
    /// What a column of such a file can hold, in the order of the choices.
    pub fn fields(self) -> &'static [Field] {
        match self {
            Subject::Items => ITEM_FIELDS,
            Subject::Customers => CUSTOMER_FIELDS,
            Subject::Sales => SALE_FIELDS,
        }
    }

    /// Without a column for one of these, nothing can be made of a row.
    pub fn needs(self) -> &'static [Field] {
        match self {
            Subject::Items => &[Field::Title],
            Subject::Customers => &[
                Field::Name,
                Field::FirstName,
                Field::LastName,
                Field::Email,
                Field::Handles,
                Field::Facebook,
                Field::Instagram,
                Field::Tiktok,
                Field::Youtube,
                Field::Whatsapp,
            ],
            Subject::Sales => &[Field::Reference],
        }
    }
}
