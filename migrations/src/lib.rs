//! The schema, one file a step, the same for SQLite and PostgreSQL.
//!
//! Every table of a business carries `business_id`. Amounts are `bigint` minor units, weights `bigint` milligrams,
//! lengths `bigint` millimetres, moments `bigint` UTC milliseconds. Texts that are searched or unique without regard to
//! case have a folded column beside them, because the engines differ in how they compare.

pub use sea_orm_migration::prelude::*;

mod m20261123_000001_accounts;
mod m20261123_000002_inventory;
mod m20261123_000003_customers;
mod m20261123_000004_sales;
mod m20261123_000005_invoices;
mod m20261123_000006_payments;
mod m20261123_000007_shipping;
mod m20261123_000008_jobs;
mod m20261124_000009_selling;
mod m20261127_000010_materials;
mod m20261127_000011_stock;
mod m20261127_000012_customers;
mod m20261127_000013_imports;
mod m20261127_000014_pictures_views;
mod m20261127_000015_reading;
mod m20261127_000016_stock_lists;
mod m20261127_000017_children;
mod m20261127_000018_profiles;
mod m20261127_000019_of_business;
mod m20261130_000020_jobs;
mod m20261130_000021_sign_in;
mod m20261130_000022_attempts;
mod m20261130_000023_labels;
pub mod m20261130_000024_selling;
mod m20261130_000025_time_zones;
mod m20261130_000026_order_of_movements;
pub mod m20261130_000027_keys_and_mails;
mod m20261130_000028_given_up_labels;
mod m20261130_000029_forms;
pub mod m20261130_000030_keys_of_forms;
mod tables;

/// Brings a database to the present schema.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261123_000001_accounts::Migration),
            Box::new(m20261123_000002_inventory::Migration),
            Box::new(m20261123_000003_customers::Migration),
            Box::new(m20261123_000004_sales::Migration),
            Box::new(m20261123_000005_invoices::Migration),
            Box::new(m20261123_000006_payments::Migration),
            Box::new(m20261123_000007_shipping::Migration),
            Box::new(m20261123_000008_jobs::Migration),
            Box::new(m20261124_000009_selling::Migration),
            Box::new(m20261127_000010_materials::Migration),
            Box::new(m20261127_000011_stock::Migration),
            Box::new(m20261127_000012_customers::Migration),
            Box::new(m20261127_000013_imports::Migration),
            Box::new(m20261127_000014_pictures_views::Migration),
            Box::new(m20261127_000015_reading::Migration),
            Box::new(m20261127_000016_stock_lists::Migration),
            Box::new(m20261127_000017_children::Migration),
            Box::new(m20261127_000018_profiles::Migration),
            Box::new(m20261127_000019_of_business::Migration),
            Box::new(m20261130_000020_jobs::Migration),
            Box::new(m20261130_000021_sign_in::Migration),
            Box::new(m20261130_000022_attempts::Migration),
            Box::new(m20261130_000023_labels::Migration),
            Box::new(m20261130_000024_selling::Migration),
            Box::new(m20261130_000025_time_zones::Migration),
            Box::new(m20261130_000026_order_of_movements::Migration),
            Box::new(m20261130_000027_keys_and_mails::Migration),
            Box::new(m20261130_000028_given_up_labels::Migration),
            Box::new(m20261130_000029_forms::Migration),
            Box::new(m20261130_000030_keys_of_forms::Migration),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_that_is_written_is_carried_out_in_its_order() {
        let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src")).unwrap();
        let files = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut written: Vec<String> = files
            .filter_map(|file| file.strip_suffix(".rs").map(str::to_owned))
            .filter(|name| name.starts_with("m2"))
            .collect();
        written.sort();
        let carried_out: Vec<String> =
            Migrator::migrations().iter().map(|step| step.name().to_owned()).collect();
        assert_eq!(carried_out, written);
    }
}
