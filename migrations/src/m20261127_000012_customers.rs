//! What is known of a customer beside name and address: further addresses, tags, credit, and who was merged into whom.

use sea_orm_migration::{prelude::*, schema::*};

use crate::tables::{address, create, index, migration, of_business, reference, unique};

migration!(up);

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    // The address that parcels go to stays in the columns of `customers`; these are the others.
    let mut addresses = of_business("customer_addresses");
    addresses
        .col(uuid("customer_id"))
        .col(string("label"))
        .col(big_integer("created_at"))
        .foreign_key(&mut reference("customer_addresses", "customer_id", "customers"));
    address(&mut addresses);

    let mut tags = of_business("customer_tags");
    tags.col(uuid("customer_id")).col(string("tag")).col(string("tag_folded")).foreign_key(&mut reference(
        "customer_tags",
        "customer_id",
        "customers",
    ));

    let mut credits = of_business("customer_credits");
    credits
        .col(uuid("customer_id"))
        // More than nothing where credit is given, less where it is used.
        .col(big_integer("amount"))
        .col(text("reason"))
        .col(uuid("member_id"))
        .col(big_integer("created_at"))
        .foreign_key(&mut reference("customer_credits", "customer_id", "customers"));

    let mut merges = of_business("customer_merges");
    merges
        .col(uuid("from_id"))
        .col(uuid("into_id"))
        .col(uuid("member_id"))
        // Made with the form, so that one that is sent twice merges once.
        .col(uuid_null("form_key"))
        // JSON: the fields of the customer who stayed, as they were before and after.
        .col(text("changes"))
        .col(big_integer("created_at"))
        .col(big_integer_null("undone_at"))
        .foreign_key(&mut reference("customer_merges", "from_id", "customers"))
        .foreign_key(&mut reference("customer_merges", "into_id", "customers"));

    let mut merge_rows = Table::create();
    merge_rows
        .table("customer_merge_rows")
        .col(uuid("merge_id"))
        .col(uuid("row_id"))
        .col(uuid("business_id"))
        .col(string("kind"))
        .primary_key(Index::create().col("merge_id").col("row_id"))
        .foreign_key(&mut reference("customer_merge_rows", "merge_id", "customer_merges"))
        .foreign_key(&mut reference("customer_merge_rows", "business_id", "businesses"));

    let mut distinctions = of_business("customer_distinctions");
    distinctions
        // The smaller id first.
        .col(uuid("first_id"))
        .col(uuid("second_id"))
        .col(big_integer("created_at"))
        .foreign_key(&mut reference("customer_distinctions", "first_id", "customers"))
        .foreign_key(&mut reference("customer_distinctions", "second_id", "customers"));

    create(
        manager,
        [&mut addresses, &mut tags, &mut credits, &mut merges, &mut merge_rows, &mut distinctions],
        [
            index("customer_addresses", &["business_id", "customer_id"]),
            unique("customer_tags", &["customer_id", "tag_folded"]),
            index("customer_tags", &["business_id", "tag_folded"]),
            index("customer_credits", &["business_id", "customer_id"]),
            index("customer_merges", &["business_id", "into_id"]),
            index("customer_merges", &["business_id", "from_id"]),
            unique("customer_merges", &["business_id", "form_key"]),
            unique("customer_distinctions", &["first_id", "second_id"]),
        ],
    )
    .await?;

    for mut column in [
        string("language").default("").to_owned(),
        // The phone number as it is dialled from anywhere; empty where none is known.
        string("phone_e164").default("").to_owned(),
        big_integer_null("tax_exempt_at"),
        string("tax_id").default("").to_owned(),
        string("address_label").default("").to_owned(),
        // The customer that this one was merged into; such a row is on no list.
        uuid_null("merged_into"),
        // For finding likely duplicates. Rows from before have empty ones until the program fills them in at its start.
        string("name_folded").default("").to_owned(),
        string("email_folded").default("").to_owned(),
        string("city_folded").default("").to_owned(),
        string("postal_folded").default("").to_owned(),
    ] {
        manager.alter_table(Table::alter().table("customers").add_column(&mut column).to_owned()).await?;
    }
    for index in [
        index("customers", &["business_id", "name_folded", "city_folded"]),
        index("customers", &["business_id", "name_folded", "postal_folded"]),
        index("customers", &["business_id", "email_folded"]),
        index("customers", &["business_id", "phone_e164"]),
        index("handles", &["business_id", "handle_folded"]),
    ] {
        manager.create_index(index).await?;
    }
    Ok(())
}
