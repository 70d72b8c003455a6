//! What a form with a key asked for, beside what it made: the same key with something else in the form is no repeat. And an
//! id for the address that parcels go to, so that it is known for the same when they go elsewhere.

use sea_orm_migration::{prelude::*, schema::*};

use crate::tables::migration;

migration!(up);

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for table in ["bulk_actions", "sale_actions"] {
        // A hash in hexadecimal digits. Of what was made before it is not known, so that it is like nothing that is asked.
        let mut asked = string("asked").default("").to_owned();
        manager.alter_table(Table::alter().table(table).add_column(&mut asked).to_owned()).await?;
    }
    // Nothing stands for the customer's own id, which it had until now.
    let mut address = uuid_null("address_id");
    manager.alter_table(Table::alter().table("customers").add_column(&mut address).to_owned()).await
}
