//! Customers and the handles they use.

use sea_orm_migration::{prelude::*, schema::*};

use crate::tables::{address, create, index, migration, of_business, reference, unique};

migration!(up);

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut customers = of_business("customers");
    customers
        .col(string("name"))
        // Name, handles, e-mail and phone, folded, for the search while typing.
        .col(text("search"))
        .col(string("email"))
        .col(string("phone"))
        .col(text("note"))
        .col(big_integer("created_at"))
        .col(big_integer("updated_at"));
    address(&mut customers);

    let mut handles = of_business("handles");
    handles
        .col(uuid("customer_id"))
        .col(string("platform"))
        .col(string("handle"))
        .col(string("handle_folded"))
        .foreign_key(&mut reference("handles", "customer_id", "customers"));

    create(
        manager,
        [&mut customers, &mut handles],
        [
            index("customers", &["business_id", "created_at"]),
            unique("handles", &["business_id", "platform", "handle_folded"]),
            index("handles", &["customer_id"]),
        ],
    )
    .await
}
