//! Materials, items, aliases, variants and the movements of stock.

use sea_orm_migration::{prelude::*, schema::*};

use crate::tables::{create, index, migration, of_business, reference, unique};

migration!(up);

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut materials = of_business("materials");
    materials.col(string("name")).col(string("name_folded"));

    let mut items = of_business("items");
    items
        .col(string("code"))
        .col(string("code_folded"))
        .col(string("title"))
        .col(text("description"))
        // Code, title and aliases, folded, for the search while typing.
        .col(text("search"))
        .col(big_integer("price"))
        .col(big_integer("weight"))
        .col(uuid_null("material_id"))
        .col(big_integer_null("archived_at"))
        .col(big_integer("created_at"))
        .col(big_integer("updated_at"))
        .foreign_key(&mut reference("items", "material_id", "materials"));

    let mut aliases = of_business("aliases");
    aliases
        .col(uuid("item_id"))
        .col(string("alias"))
        .col(string("alias_folded"))
        .col(big_integer("position"))
        .foreign_key(&mut reference("aliases", "item_id", "items"));

    let mut variants = of_business("variants");
    variants
        .col(uuid("item_id"))
        .col(string("name"))
        .col(string("name_folded"))
        .col(big_integer("position"))
        .col(big_integer_null("price"))
        .col(big_integer("on_hand"))
        .col(big_integer("held"))
        .col(big_integer("sold"))
        .col(big_integer_null("removed_at"))
        .foreign_key(&mut reference("variants", "item_id", "items"))
        // The last line of defence against selling what is not there.
        .check(Expr::col("held").gte(0))
        .check(Expr::col("on_hand").gte(Expr::col("held")));

    let mut movements = of_business("stock_movements");
    movements
        .col(uuid("variant_id"))
        .col(string("cause"))
        .col(big_integer("on_hand"))
        .col(big_integer("held"))
        .col(big_integer("sold"))
        .col(uuid_null("claim_id"))
        .col(big_integer("at"))
        .foreign_key(&mut reference("stock_movements", "variant_id", "variants"));

    create(
        manager,
        [&mut materials, &mut items, &mut aliases, &mut variants, &mut movements],
        [
            unique("materials", &["business_id", "name_folded"]),
            unique("items", &["business_id", "code_folded"]),
            unique("aliases", &["item_id", "alias_folded"]),
            index("variants", &["business_id", "item_id", "position"]),
            index("stock_movements", &["business_id", "variant_id"]),
        ],
    )
    .await
}
