//! What a column can hold, and the names that other programs give to such columns. Both are data: a source that is not
//! known yet is a few more words here.

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
            Subject::Customers => &[Field::Name, Field::FirstName, Field::LastName, Field::Email, Field::Handles, Field::Facebook, Field::Instagram, Field::Tiktok, Field::Youtube, Field::Whatsapp],
            Subject::Sales => &[Field::Reference],
        }
    }
}

/// Plain names of columns, folded, by what they hold. A name that fits several subjects stands with each of its fields.
pub(super) const SYNONYMS: &[(Field, &[&str])] = &[
    (Field::Group, &["handle", "parent", "parent sku", "product id", "item id"]),
    (Field::Code, &["sku", "item code", "product code", "item number", "item no", "item #", "stock number", "article", "article number", "ref", "reference", "number", "artikelnummer", "código", "codigo"]),
    (Field::Title, &["item", "item name", "product", "product name", "product title", "name", "listing title", "titel", "bezeichnung", "nombre", "título", "titulo"]),
    (Field::Description, &["body", "details", "item description", "product description", "long description", "beschreibung", "descripción", "descripcion", "body (html)"]),
    (Field::Price, &["unit price", "retail price", "selling price", "retail", "cost to buyer", "amount", "preis", "precio", "prix"]),
    (Field::Weight, &["item weight", "product weight", "shipping weight", "gewicht", "peso"]),
    (Field::WeightUnit, &["weight unit", "unit of weight", "variant weight unit"]),
    (Field::Material, &["materials", "metal", "made of", "material type"]),
    (Field::Aliases, &["alias", "keywords", "other words", "also called"]),
    (Field::Variant, &["variant name", "variation", "variation name", "variant title", "size/color", "size / color"]),
    (Field::Option1, &["size", "option 1", "option1", "option1 value", "option value 1", "option 1 value", "größe", "talla"]),
    (Field::Option2, &["color", "colour", "option 2", "option2", "option2 value", "option value 2", "option 2 value", "style"]),
    (Field::Option3, &["option 3", "option3", "option3 value", "option value 3", "option 3 value"]),
    (Field::Option1Name, &["option1 name", "option 1 name", "option name 1"]),
    (Field::Option2Name, &["option2 name", "option 2 name", "option name 2"]),
    (Field::Option3Name, &["option3 name", "option 3 name", "option name 3"]),
    (Field::VariantCode, &["variant code", "variant sku", "variation sku"]),
    (Field::VariantPrice, &["variant price", "price override"]),
    (Field::Barcode, &["barcode", "variant barcode", "upc", "ean", "gtin", "upc/ean"]),
    (Field::Category, &["type", "product type", "item type", "department", "categories", "kategorie", "categoría", "categoria"]),
    (Field::Tags, &["labels", "tag"]),
    (Field::SalePrice, &["discount price", "special price", "price on sale"]),
    (Field::Cost, &["cost per item", "unit cost", "cost price", "wholesale", "wholesale price", "purchase price"]),
    (Field::NetWeight, &["net weight", "metal weight", "weight of metal"]),
    (Field::TaxClass, &["tax class", "tax category"]),
    (Field::Origin, &["country of origin", "made in", "origin country"]),
    (Field::HsCode, &["hs code", "tariff code", "harmonized system code", "hts code"]),
    (Field::HandlingDays, &["handling days", "handling time", "processing time"]),
    (Field::LowStock, &["low stock", "reorder point", "reorder level", "stock alert count"]),
    (Field::Quantity, &["quantity", "qty", "pieces", "on hand", "stock", "in stock", "inventory", "inventory qty", "inventory quantity", "available", "quantity available", "variant inventory qty", "count", "menge", "bestand", "cantidad"]),
    (Field::Archived, &["hidden", "is archived"]),
    (Field::Name, &["customer", "customer name", "full name", "buyer", "buyer name", "billing name", "shipping name", "client", "nombre completo", "display name"]),
    (Field::FirstName, &["first name", "given name", "firstname", "vorname", "nombre"]),
    (Field::LastName, &["last name", "surname", "family name", "lastname", "nachname", "apellido"]),
    (Field::Email, &["e-mail", "email address", "e-mail address", "customer email", "buyer email", "from email address", "mail", "correo"]),
    (Field::Phone, &["phone number", "telephone", "mobile", "cell", "customer phone", "contact phone number", "default address phone", "telefon", "teléfono"]),
    (Field::Line1, &["address", "address 1", "address1", "address line 1", "street", "street 1", "street address", "street address 1", "default address address1", "ship address1", "shipping address1", "straße", "dirección"]),
    (Field::Line2, &["address 2", "address2", "address line 2", "street 2", "street address 2", "apt", "suite", "default address address2", "ship address2", "shipping address2"]),
    (Field::City, &["town", "town/city", "default address city", "ship city", "shipping city", "ort", "ciudad"]),
    (Field::Region, &["state", "province", "state/province", "state/province/region/county", "county", "default address province code", "ship state", "shipping province", "provincia"]),
    (Field::PostalCode, &["zip", "zip code", "zipcode", "postcode", "post code", "postal", "zip/postal code", "default address zip", "ship zipcode", "shipping zip", "plz", "código postal"]),
    (Field::Country, &["country code", "country/region", "default address country code", "ship country", "shipping country", "land", "país"]),
    (Field::Note, &["notes", "memo", "comment", "comments", "remarks", "notiz"]),
    (Field::Facebook, &["facebook name", "fb", "fb name", "facebook profile"]),
    (Field::Instagram, &["instagram handle", "instagram username", "ig", "insta"]),
    (Field::Tiktok, &["tiktok handle", "tiktok username", "tik tok"]),
    (Field::Youtube, &["youtube name", "youtube channel"]),
    (Field::Whatsapp, &["whatsapp name", "whatsapp number"]),
    (Field::Blocked, &["banned", "is blocked"]),
    (Field::TaxExempt, &["tax exempt", "is tax exempt"]),
    (Field::TaxId, &["tax number", "tax id", "vat number", "vat id", "abn"]),
    (Field::Reference, &["order number", "order id", "order no", "order #", "invoice", "invoice number", "invoice id", "transaction id", "sale id", "receipt"]),
    (Field::Date, &["order date", "sale date", "created at", "created", "paid at", "paid on", "date paid", "datum", "fecha"]),
    (Field::LineTitle, &["item", "item name", "item title", "product", "product name", "title", "lineitem name", "description"]),
    (Field::LineCode, &["sku", "code", "item code", "lineitem sku"]),
    (Field::LineQuantity, &["qty", "quantity", "pieces", "lineitem quantity"]),
    (Field::LinePrice, &["price", "unit price", "item price", "lineitem price"]),
    (Field::Subtotal, &["sub total", "item total", "items total", "goods"]),
    (Field::Discount, &["discount amount", "discounts"]),
    (Field::Shipping, &["shipping cost", "shipping amount", "delivery", "postage", "shipping charged", "order shipping"]),
    (Field::Tax, &["taxes", "sales tax", "order sales tax", "tax amount", "vat"]),
    (Field::Total, &["order total", "grand total", "total amount", "amount", "gross", "total collected"]),
    (Field::Currency, &["currency code"]),
];
