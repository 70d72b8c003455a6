//! Texts by which things are found have no accents any more: who looks for Nguyen finds Nguyễn.

use sea_orm_migration::{prelude::*, sea_orm::ConnectionTrait};
use unicode_normalization::UnicodeNormalization;
use uuid::Uuid;

use crate::tables::migration;

migration!(up);

/// Rows that are read at once.
const ROWS_AT_ONCE: u64 = 500;

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    refresh(manager.get_connection()).await
}

/// Takes the accents out of the texts that are stored.
///
/// # Errors
/// The database fails.
pub async fn refresh(connection: &impl ConnectionTrait) -> Result<(), DbErr> {
    for table in ["customers", "items", "invoices"] {
        let mut after = Uuid::nil();
        loop {
            let select = Query::select()
                .columns(["id", "search"])
                .from(table)
                .and_where(Expr::col("id").gt(after))
                .order_by("id", Order::Asc)
                .limit(ROWS_AT_ONCE)
                .to_owned();
            let rows = connection.query_all(&select).await?;
            for row in &rows {
                let (id, search): (Uuid, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
                after = id;
                let bare = without_accents(&search);
                if bare != search {
                    let update = Query::update()
                        .table(table)
                        .value("search", bare)
                        .and_where(Expr::col("id").eq(id))
                        .to_owned();
                    connection.execute(&update).await?;
                }
            }
            if (rows.len() as u64) < ROWS_AT_ONCE {
                break;
            }
        }
    }
    Ok(())
}

/// What the program made of a folded text when this was written. It stands here once more, so that what this step does never
/// changes.
pub fn without_accents(folded: &str) -> String {
    if folded.is_ascii() {
        return folded.to_owned();
    }
    let mut bare = String::with_capacity(folded.len());
    for letter in folded.nfd().filter(|letter| !matches!(letter, '\u{0300}'..='\u{036F}')) {
        match letter {
            'đ' | 'ð' => bare.push('d'),
            'ø' => bare.push('o'),
            'ł' => bare.push('l'),
            'ħ' => bare.push('h'),
            'ŧ' => bare.push('t'),
            'ı' => bare.push('i'),
            'ß' => bare.push_str("ss"),
            'æ' => bare.push_str("ae"),
            'œ' => bare.push_str("oe"),
            'þ' => bare.push_str("th"),
            letter => bare.push(letter),
        }
    }
    bare.nfc().collect()
}
