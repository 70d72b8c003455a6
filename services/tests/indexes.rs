//! Nothing that belongs to one row is found by reading all that its business has.

use sea_orm::{ConnectionTrait, Statement};
use services::testing::TestDatabase;

/// Columns by which rows of a business are asked for, one or several at once.
const ASKED_BY: [(&str, &str); 38] = [
    ("variants", "item_id"),
    ("aliases", "item_id"),
    ("pictures", "item_id"),
    ("item_tags", "item_id"),
    ("items", "material_id"),
    ("material_rates", "material_id"),
    ("stock_movements", "variant_id"),
    ("stock_movements", "form_key"),
    ("handles", "customer_id"),
    ("customer_tags", "customer_id"),
    ("customer_addresses", "customer_id"),
    ("customer_credits", "customer_id"),
    ("customer_credits", "form_key"),
    ("past_sales", "customer_id"),
    ("comments", "sale_id"),
    ("claims", "sale_id"),
    ("claims", "customer_id"),
    ("claims", "variant_id"),
    ("claims", "comment_id"),
    ("claims", "invoice_id"),
    ("invoices", "customer_id"),
    ("invoice_lines", "invoice_id"),
    ("mails", "invoice_id"),
    ("attempts", "invoice_id"),
    ("attempts", "state"),
    ("labels", "shipment_id"),
    ("labels", "state"),
    ("rates", "shipment_id"),
    ("ledger", "invoice_id"),
    ("ledger", "attempt_id"),
    ("attempts", "reference"),
    ("attempts", "unchecked_since"),
    ("shipments", "customer_id"),
    ("shipments", "invoice_id"),
    ("jobs", "subject_id"),
    ("dismissals", "subject_id"),
    ("import_chunks", "import_id"),
    ("import_keys", "import_id"),
];

#[tokio::test]
async fn sqlite_finds_what_belongs_to_a_row_by_an_index() {
    let migrated = TestDatabase::sqlite().await;
    let database = migrated.another_server().await;
    let backend = database.read().get_database_backend();
    for (table, column) in ASKED_BY {
        for of_these in ["= ?", "IN (?, ?)"] {
            let question = format!(
                "EXPLAIN QUERY PLAN SELECT * FROM {table} WHERE business_id = ? AND {column} {of_these}"
            );
            let rows = database
                .read()
                .query_all_raw(Statement::from_string(backend, question.clone()))
                .await
                .unwrap();
            let plan: String = rows[0].try_get("", "detail").unwrap();
            assert!(plan.contains(&format!("{column}=?")), "{question}\n{plan}");
        }
    }
}
