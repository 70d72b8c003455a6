//! Prices by weight, what an item's form asks besides, variants by options, and packagings that are counted.

use sea_orm_migration::{prelude::*, schema::*};

use crate::tables::{create, index, migration, of_business, reference, unique};

migration!(up);

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut rates = of_business("material_rates");
    rates
        .col(uuid("material_id"))
        // Nobody where the program itself set it.
        .col(uuid_null("member_id"))
        // Millionths of the currency's unit for one unit of weight; nothing from when on it had none.
        .col(big_integer_null("rate"))
        .col(string("unit"))
        .col(big_integer("at"))
        .foreign_key(&mut reference("material_rates", "material_id", "materials"));

    let mut tags = of_business("item_tags");
    tags.col(uuid("item_id")).col(string("tag")).col(string("tag_folded")).foreign_key(&mut reference(
        "item_tags",
        "item_id",
        "items",
    ));

    create(
        manager,
        [&mut rates, &mut tags],
        [
            index("material_rates", &["business_id", "material_id", "id"]),
            unique("item_tags", &["item_id", "tag_folded"]),
            index("item_tags", &["business_id", "tag_folded"]),
        ],
    )
    .await?;

    let words = |name: &'static str, default: &'static str| string(name).default(default).to_owned();
    for (table, mut column) in [
        ("items", words("category", "")),
        ("items", words("category_folded", "")),
        ("items", words("pricing", "fixed")),
        ("items", big_integer_null("sale_price")),
        ("items", big_integer_null("cost")),
        // Milligrams of what is sold; `weight` is of what is posted.
        ("items", big_integer_null("net_weight")),
        ("items", words("tax_class", "standard")),
        ("items", words("origin", "")),
        ("items", words("hs_code", "")),
        ("items", big_integer_null("handling_days")),
        ("items", text("note").default("").to_owned()),
        ("items", big_integer_null("low_stock")),
        // JSON, the names of up to three options; empty for an item without.
        ("items", text("options").default("").to_owned()),
        // JSON, a value for each option; empty where there are none, or where only a name is known.
        ("variants", text("values").default("").to_owned()),
        ("variants", words("code", "")),
        ("variants", words("code_folded", "")),
        ("variants", big_integer_null("net_weight")),
        ("variants", big_integer_null("weight")),
        ("variants", words("barcode", "")),
        ("materials", words("purity", "")),
        ("materials", words("unit", "g")),
        // As in `material_rates`, whose newest row says the same.
        ("materials", big_integer_null("rate")),
        // Basis points.
        ("materials", big_integer("wastage").default(0).to_owned()),
        ("materials", words("origin", "")),
        ("materials", words("hs_code", "")),
        ("packagings", big_integer_null("cost")),
        // Pieces left; nothing where they are not counted.
        ("packagings", big_integer_null("stock")),
    ] {
        manager.alter_table(Table::alter().table(table).add_column(&mut column).to_owned()).await?;
    }
    for index in [
        index("items", &["business_id", "category_folded"]),
        index("items", &["business_id", "material_id"]),
        index("variants", &["business_id", "code_folded"]),
        index("variants", &["business_id", "barcode"]),
    ] {
        manager.create_index(index).await?;
    }
    Ok(())
}
