//! Files that are imported, what became of each of their rows, and past sales.

use sea_orm_migration::{prelude::*, schema::*};

use crate::tables::{create, index, migration, of_business, reference, unique};

migration!(up);

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut imports = of_business("imports");
    imports
        .col(uuid("member_id"))
        .col(string("file_name"))
        // How it was read, in words: `CSV, Windows-1252, semicolons`.
        .col(string("format"))
        // JSON: the cells of the first row, and some of the rows after it.
        .col(text("first_row"))
        .col(text("samples"))
        // Of the first row, so that a file of the same source is known again.
        .col(string("fingerprint"))
        .col(string("source"))
        // Whether the mapping was chosen for such a file before.
        .col(boolean("remembered"))
        // JSON: what each column holds.
        .col(text("mapping"))
        .col(string("state"))
        // Rows of the file, its first row among them.
        .col(big_integer("rows"))
        // Rows worked through, or things undone, and how many there are.
        .col(big_integer("done"))
        .col(big_integer("to_do"))
        .col(big_integer("added"))
        .col(big_integer("changed"))
        .col(big_integer("same"))
        .col(big_integer("problems"))
        .col(big_integer("kept"))
        .col(big_integer("created_at"))
        .col(big_integer("updated_at"));

    // The rows of the file, some hundred at a time, until the import is done.
    let mut chunks = of_business("import_chunks");
    chunks
        .col(uuid("import_id"))
        // The place of its first row in the file, counted from 0.
        .col(big_integer("first"))
        // JSON: each row's line in the file and its cells.
        .col(text("rows"))
        .foreign_key(&mut reference("import_chunks", "import_id", "imports"));

    let mut results = of_business("import_results");
    results
        .col(uuid("import_id"))
        // `check` for what would become of a row, `done` for what became of it.
        .col(string("pass"))
        .col(string("kind"))
        .col(big_integer("line"))
        .col(string("label"))
        // JSON: what is wrong, or why an undo left it.
        .col(text("problems"))
        .col(uuid_null("subject_id"))
        // JSON: how it was before, for the undo.
        .col(text("journal"))
        // Empty, `undone` or `kept`.
        .col(string("undo"))
        .foreign_key(&mut reference("import_results", "import_id", "imports"));

    let mut sales = of_business("past_sales");
    sales
        .col(uuid("customer_id"))
        .col(string("source"))
        .col(string("reference"))
        .col(string("reference_folded"))
        .col(big_integer("sold_at"))
        .col(string("currency"))
        // JSON: code, title, pieces and price of each line. They are for the record and are never summed up.
        .col(text("lines"))
        .col(big_integer("discount"))
        .col(big_integer("shipping"))
        .col(big_integer("tax"))
        .col(big_integer("total"))
        .col(big_integer("created_at"))
        .col(big_integer("updated_at"))
        .foreign_key(&mut reference("past_sales", "customer_id", "customers"));

    create(
        manager,
        [&mut imports, &mut chunks, &mut results, &mut sales],
        [
            index("imports", &["business_id", "fingerprint", "id"]),
            index("import_chunks", &["import_id", "first"]),
            index("import_results", &["import_id", "pass", "kind", "id"]),
            unique("past_sales", &["business_id", "source", "reference_folded"]),
            index("past_sales", &["customer_id", "sold_at"]),
        ],
    )
    .await
}
