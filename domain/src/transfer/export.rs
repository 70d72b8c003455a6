//! What can be taken along: the kinds of files, and their columns.

use super::Field;

stored_enum! {
    /// What a file that is taken along holds.
    ExportKind {
        Items = "items", "Items and their stock";
        Customers = "customers", "Customers";
        Sales = "past-sales", "Past sales that you imported";
        Claims = "claims", "Claims of your sales";
        Invoices = "invoices", "Invoices and their lines";
        Payments = "payments", "Payments";
        Shipments = "shipments", "Shipments and labels";
        Movements = "stock-movements", "Every movement of stock";
    }
}

impl ExportKind {
    /// The heading of its file. Those of what can be imported are the words of the fields.
    pub fn heading(self) -> Vec<&'static str> {
        match self {
            ExportKind::Items => {
                ITEM_COLUMNS.iter().map(|field| field.as_str()).chain(["held", "sold"]).collect()
            }
            ExportKind::Customers => CUSTOMER_COLUMNS.iter().map(|field| field.as_str()).collect(),
            ExportKind::Sales => SALE_COLUMNS.iter().map(|field| field.as_str()).collect(),
            ExportKind::Claims => vec![
                "sale",
                "platform",
                "claimed",
                "customer",
                "code",
                "title",
                "variant",
                "pieces",
                "unit_price",
                "currency",
                "state",
                "invoice",
            ],
            ExportKind::Invoices => vec![
                "invoice",
                "issued",
                "state",
                "customer",
                "email",
                "line_code",
                "line_title",
                "pieces",
                "unit_price",
                "line_total",
                "subtotal",
                "shipping",
                "total",
                "paid",
                "currency",
            ],
            ExportKind::Payments => {
                vec!["paid_at", "invoice", "kind", "gateway", "reference", "amount", "fee", "currency"]
            }
            ExportKind::Shipments => vec![
                "invoice",
                "customer",
                "state",
                "weight_g",
                "created",
                "service",
                "label_state",
                "label_price",
                "label_currency",
                "tracking_number",
                "tracking_url",
                "bought",
            ],
            ExportKind::Movements => vec![
                "at",
                "code",
                "title",
                "variant",
                "cause",
                "on_hand",
                "held",
                "sold",
                "waitlisted",
                "shipped",
                "note",
            ],
        }
    }
}

/// Columns of the file of items, one row a variant. What is said of the item stands in each of its rows.
pub const ITEM_COLUMNS: [Field; 36] = [
    Field::Code,
    Field::Title,
    Field::Description,
    Field::Category,
    Field::Tags,
    Field::Aliases,
    Field::Pricing,
    Field::Price,
    Field::SalePrice,
    Field::Cost,
    Field::Currency,
    Field::Material,
    Field::NetWeight,
    Field::Weight,
    Field::WeightUnit,
    Field::TaxClass,
    Field::Origin,
    Field::HsCode,
    Field::HandlingDays,
    Field::LowStock,
    Field::Note,
    Field::Archived,
    Field::Option1Name,
    Field::Option2Name,
    Field::Option3Name,
    Field::Option1,
    Field::Option2,
    Field::Option3,
    Field::Variant,
    Field::VariantCode,
    Field::VariantPrice,
    Field::VariantNetWeight,
    Field::VariantWeight,
    Field::Barcode,
    Field::Quantity,
    Field::Group,
];

/// Columns of the file of customers, one row an address.
pub const CUSTOMER_COLUMNS: [Field; 18] = [
    Field::Group,
    Field::Name,
    Field::Email,
    Field::Phone,
    Field::Handles,
    Field::AddressLabel,
    Field::Line1,
    Field::Line2,
    Field::City,
    Field::Region,
    Field::PostalCode,
    Field::Country,
    Field::Language,
    Field::Tags,
    Field::TaxExempt,
    Field::TaxId,
    Field::Note,
    Field::Blocked,
];

/// Columns of the file of past sales, one row a line.
pub const SALE_COLUMNS: [Field; 15] = [
    Field::Reference,
    Field::Source,
    Field::Date,
    Field::Name,
    Field::Email,
    Field::Handles,
    Field::LineTitle,
    Field::LineCode,
    Field::LineQuantity,
    Field::LinePrice,
    Field::Discount,
    Field::Shipping,
    Field::Tax,
    Field::Total,
    Field::Currency,
];
