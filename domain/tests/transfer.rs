//! What files of known sources hold, and what their rows tell. The samples are invented; their headings are those of the
//! sources.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use domain::{
    inventory::{ItemForm, VariantForm},
    money::Currency,
    sales::Platform,
    transfer::{
        Columns, DateOrder, Field, Guess, Mapping, Reason, Row, Source, Subject, customers, guess,
        items::{self, ItemSettings},
        sales,
    },
    weight::WeightUnit,
};

fn cells(line: &str) -> Vec<String> {
    line.split(',').map(str::to_owned).collect()
}

fn guessed(heading: &str, rows: &[&str]) -> Guess {
    let rows: Vec<Vec<String>> = rows.iter().map(|row| cells(row)).collect();
    guess(&cells(heading), &rows, WeightUnit::Oz)
}

/// The fields of a guess by the names of their columns, without those that are left out.
fn fields(heading: &str, rows: &[&str]) -> (Source, Subject, Vec<(String, Field)>) {
    let guess = guessed(heading, rows);
    let named = cells(heading).into_iter().zip(guess.mapping.fields);
    let fields = named.filter_map(|(name, field)| Some((name, field?))).collect();
    (guess.source, guess.mapping.subject, fields)
}

#[track_caller]
fn expect(heading: &str, source: Source, subject: Subject, expected: &[(&str, Field)]) {
    let (known, about, fields) = fields(heading, &[]);
    assert_eq!((known, about), (source, subject));
    let expected: Vec<(String, Field)> =
        expected.iter().map(|(name, field)| ((*name).to_owned(), *field)).collect();
    assert_eq!(fields, expected);
}

#[test]
fn shopify_products_customers_and_orders() {
    expect(
        "Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Grams,Variant Inventory Qty,Variant Price,Variant Compare At Price,Variant Barcode,Image Src,Cost per item,Status",
        Source::Shopify,
        Subject::Items,
        &[
            ("Handle", Field::Group),
            ("Title", Field::Title),
            ("Body (HTML)", Field::Description),
            ("Type", Field::Category),
            ("Tags", Field::Tags),
            ("Option1 Name", Field::Option1Name),
            ("Option1 Value", Field::Option1),
            ("Variant SKU", Field::Code),
            ("Variant Grams", Field::Weight),
            ("Variant Inventory Qty", Field::Quantity),
            ("Variant Price", Field::Price),
            ("Variant Barcode", Field::Barcode),
            ("Cost per item", Field::Cost),
            ("Status", Field::Archived),
        ],
    );
    assert_eq!(guessed("Handle,Title,Variant Grams,Variant Price", &[]).mapping.weight_unit, WeightUnit::G);
    expect(
        "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address Address1,Default Address Address2,Default Address City,Default Address Province Code,Default Address Country Code,Default Address Zip,Phone,Total Spent,Note",
        Source::Shopify,
        Subject::Customers,
        &[
            ("First Name", Field::FirstName),
            ("Last Name", Field::LastName),
            ("Email", Field::Email),
            ("Default Address Address1", Field::Line1),
            ("Default Address Address2", Field::Line2),
            ("Default Address City", Field::City),
            ("Default Address Province Code", Field::Region),
            ("Default Address Country Code", Field::Country),
            ("Default Address Zip", Field::PostalCode),
            ("Phone", Field::Phone),
            ("Note", Field::Note),
        ],
    );
    let (source, subject, fields) = fields(
        "Name,Email,Financial Status,Paid at,Currency,Subtotal,Shipping,Taxes,Total,Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,Shipping Name",
        &[],
    );
    assert_eq!((source, subject), (Source::Shopify, Subject::Sales));
    assert_eq!(fields[0], ("Name".into(), Field::Reference));
    assert!(
        fields.contains(&("Created at".into(), Field::Date))
            && fields.contains(&("Billing Name".into(), Field::Name))
    );
}

#[test]
fn square_items_and_customers() {
    let (source, subject, fields) = fields(
        "Reference Handle,Token,Item Name,Customer-facing Name,Variation Name,SKU,Description,Categories,Price,Weight (lb),Archived,Current Quantity My Shop",
        &[],
    );
    assert_eq!((source, subject), (Source::Square, Subject::Items));
    for expected in [
        ("Item Name", Field::Title),
        ("Variation Name", Field::Variant),
        ("SKU", Field::Code),
        ("Weight (lb)", Field::Weight),
    ] {
        assert!(fields.contains(&(expected.0.into(), expected.1)), "{expected:?} in {fields:?}");
    }
    assert_eq!(
        guessed("Token,Item Name,Variation Name,Weight (lb)", &[]).mapping.weight_unit,
        WeightUnit::Lb
    );
    let (source, subject, _) = self::fields(
        "First Name,Last Name,Email Address,Phone Number,Street Address 1,City,State,Postal Code,Memo,Square Customer ID",
        &[],
    );
    assert_eq!((source, subject), (Source::Square, Subject::Customers));
}

#[test]
fn etsy_paypal_and_commentsold() {
    let known = |heading: &str| {
        let (source, subject, _) = fields(heading, &[]);
        (source, subject)
    };
    for (heading, expected) in [
        (
            "TITLE,DESCRIPTION,PRICE,CURRENCY_CODE,QUANTITY,TAGS,MATERIALS,IMAGE1,SKU",
            (Source::Etsy, Subject::Items),
        ),
        (
            "Sale Date,Order ID,Buyer User ID,Full Name,First Name,Last Name,Number of Items,Order Value,Discount Amount,Shipping,Sales Tax,Order Total,Currency",
            (Source::Etsy, Subject::Sales),
        ),
        (
            "Sale Date,Item Name,Buyer,Quantity,Price,Currency,Transaction ID,Order ID,Ship Name",
            (Source::Etsy, Subject::Sales),
        ),
        (
            "Date,Time,TimeZone,Name,Type,Status,Currency,Gross,Fee,Net,From Email Address,Transaction ID,Item Title,Quantity",
            (Source::Paypal, Subject::Sales),
        ),
        ("Identifier,Product Name,Size,Color,Retail Price,Quantity", (Source::CommentSold, Subject::Items)),
        (
            "Name,Facebook Name,Email,Phone,Street Address,City,State,Zip",
            (Source::CommentSold, Subject::Customers),
        ),
        (
            "Order ID,Customer Name,Product Name,Quantity,Price,Paid On,Total",
            (Source::CommentSold, Subject::Sales),
        ),
    ] {
        assert_eq!(known(heading), expected, "{heading}");
    }
    let dates = guessed("Sale Date,Order ID,Buyer User ID,Order Total", &[]).mapping.dates;
    assert_eq!(dates, DateOrder::MonthFirst);
}

#[test]
fn plain_tables_are_understood_by_their_words() {
    for (heading, subject, expected) in [
        (
            "SKU,Name,Price,Qty",
            Subject::Items,
            vec![Field::Code, Field::Title, Field::Price, Field::Quantity],
        ),
        (
            "Artikelnummer,Bezeichnung,Preis,Bestand",
            Subject::Items,
            vec![Field::Code, Field::Title, Field::Price, Field::Quantity],
        ),
        (
            "Item code,Item name,Size,Colour,On hand,Weight (g)",
            Subject::Items,
            vec![Field::Code, Field::Title, Field::Option1, Field::Option2, Field::Quantity, Field::Weight],
        ),
        (
            "Full name,E-mail,Phone number,Street,Town,State,Zip code",
            Subject::Customers,
            vec![
                Field::Name,
                Field::Email,
                Field::Phone,
                Field::Line1,
                Field::City,
                Field::Region,
                Field::PostalCode,
            ],
        ),
        ("Instagram,Email", Subject::Customers, vec![Field::Instagram, Field::Email]),
        (
            "Order number,Order date,Customer,Item,Qty,Total",
            Subject::Sales,
            vec![
                Field::Reference,
                Field::Date,
                Field::Name,
                Field::LineTitle,
                Field::LineQuantity,
                Field::Total,
            ],
        ),
    ] {
        let (source, about, fields) = fields(heading, &[]);
        assert_eq!((source, about), (Source::Plain, subject), "{heading}");
        assert_eq!(fields.into_iter().map(|(_, field)| field).collect::<Vec<_>>(), expected, "{heading}");
    }
    let twice = guessed("Code,Title,Price,Price,Price", &[]).mapping.fields;
    assert_eq!(twice, [Some(Field::Code), Some(Field::Title), Some(Field::Price), None, None]);
}

#[test]
fn files_without_a_heading_are_told_by_what_stands_in_them() {
    let guess = guessed("A12,Moon ring,24.00,3", &["B7,Rose tower,18.50,1"]);
    assert!(!guess.mapping.has_heading);
    assert_eq!(
        guess.mapping.fields,
        [Some(Field::Code), Some(Field::Title), Some(Field::Price), Some(Field::Quantity)]
    );
    let guess = guessed("Ana Ruiz,ana@x.example", &["Kim Lee,kim@x.example"]);
    assert_eq!((guess.mapping.subject, guess.mapping.has_heading), (Subject::Customers, false));
    assert_eq!(guess.mapping.fields, [Some(Field::Name), Some(Field::Email)]);
    assert!(guessed("Foo,Bar", &["x,12"]).mapping.has_heading, "words above a number");
}

#[test]
fn the_order_of_dates_is_told_by_the_cells() {
    let order = |date: &str| guessed("Order number,Date,Total", &[&format!("1,{date},5")]).mapping.dates;
    assert_eq!(order("23/11/2026"), DateOrder::DayFirst);
    assert_eq!(order("11/23/2026"), DateOrder::MonthFirst);
    assert_eq!(order("03/04/2026"), DateOrder::Unknown);
    assert_eq!(order("2026-11-23"), DateOrder::Unknown);
}

fn mapping(heading: &str) -> Mapping {
    guessed(heading, &[]).mapping
}

fn rows(lines: &[&str]) -> Vec<Row> {
    lines.iter().zip(2..).map(|(line, number)| Row { line: number, cells: cells(line) }).collect()
}

fn form_of(heading: &str, lines: &[&str]) -> ItemForm {
    let mapping = mapping(heading);
    let columns = Columns::new(&mapping);
    let settings = ItemSettings { currency: Currency::USD, unit: mapping.weight_unit, markup: true };
    let rows = rows(lines);
    for pair in rows.windows(2) {
        assert!(items::is_of_the_same(&columns, &pair[0], &pair[1]), "{pair:?}");
    }
    let draft = items::read(&columns, &rows, settings);
    assert_eq!(draft.problems, []);
    draft.onto(None).unwrap()
}

#[test]
fn a_product_of_shopify_becomes_one_item() {
    let form = form_of(
        "Handle,Title,Body (HTML),Tags,Option1 Name,Option1 Value,Variant SKU,Variant Grams,Variant Inventory Qty,Variant Price,Image Src,Status",
        &[
            "moon-ring,Moon ring,<p>Of <b>silver</b></p>,rings,Size,6,MR-6,3.2,2,24.00,a.jpg,active",
            "moon-ring,,,,,7,MR-7,3.2,1,26.00,,",
            "moon-ring,,,,,,,,,,b.jpg,",
        ],
    );
    assert_eq!(
        (form.code.as_str(), form.title.as_str(), form.price.as_str()),
        ("moon-ring", "Moon ring", "24.00")
    );
    assert_eq!(
        (form.weight.as_str(), form.description.trim(), form.options),
        ("3.2 g", "Of silver", vec!["Size".to_owned()])
    );
    let told: Vec<(String, &str, &str, &str)> = form
        .variants
        .iter()
        .map(|one| (one.values.join("/"), one.code.as_str(), one.price.as_str(), one.quantity.as_str()))
        .collect();
    assert_eq!(told, [("6".into(), "MR-6", "", "2"), ("7".into(), "MR-7", "26.00", "1")]);
}

#[test]
fn variations_of_square_with_a_sku_each_are_one_item() {
    let heading = "Token,Item Name,Variation Name,SKU,Price";
    let form = form_of(heading, &["t1,Tower,Small,T-S,10.00", "t2,Tower,Large,T-L,15.00"]);
    assert_eq!((form.code.as_str(), form.variants.len()), ("T-S", 2));
    assert_eq!((form.variants[0].code.as_str(), form.variants[1].code.as_str()), ("", "T-L"));
    let single = form_of(heading, &["t1,Candle,Regular,C1,9.00"]);
    assert_eq!(single.variants, [VariantForm { quantity: "0".into(), ..VariantForm::default() }]);
}

const ETSY: &str = "TITLE,DESCRIPTION,PRICE,CURRENCY_CODE,QUANTITY,TAGS,MATERIALS,IMAGE1,VARIATION 1 TYPE,VARIATION 1 NAME,VARIATION 1 VALUES,VARIATION 2 TYPE,VARIATION 2 NAME,VARIATION 2 VALUES,SKU";

/// An item of Etsy with these values of its options and these codes.
fn of_etsy(first: &str, second: &str, codes: &str) -> ItemForm {
    let mapping = mapping(ETSY);
    let columns = Columns::new(&mapping);
    let settings = ItemSettings { currency: Currency::USD, unit: WeightUnit::Oz, markup: true };
    let names = |values: &str, name: &str| if values.is_empty() { String::new() } else { name.to_owned() };
    let cells: Vec<String> = [
        "Stacking ring",
        "Thin &amp; light",
        "24.00",
        "USD",
        "12",
        "ring,silver",
        "silver",
        "a.jpg",
        "Custom Property",
        &names(first, "Ring size"),
        first,
        "Color",
        &names(second, "Metal"),
        second,
        codes,
    ]
    .map(str::to_owned)
    .to_vec();
    let mut next = cells.clone();
    next[14].clear();
    let rows = [Row { line: 2, cells }, Row { line: 3, cells: next }];
    assert!(!items::is_of_the_same(&columns, &rows[0], &rows[1]), "each row is an item of its own");
    let draft = items::read(&columns, &rows[..1], settings);
    assert_eq!(draft.problems, []);
    draft.onto(None).unwrap()
}

fn told(form: &ItemForm) -> Vec<(String, &str, &str)> {
    let rows = form.variants.iter();
    rows.map(|one| (one.values.join("/"), one.code.as_str(), one.quantity.as_str())).collect()
}

#[test]
fn variations_of_etsy_stand_in_one_cell() {
    let form = of_etsy("6, 7", "Gold,Silver", "R-6G,R-6S,R-7G,R-7S");
    assert_eq!(
        (form.code.as_str(), form.title.as_str(), form.price.as_str()),
        ("R-6G", "Stacking ring", "24.00")
    );
    assert_eq!(form.options, ["Ring size", "Metal"]);
    assert_eq!(
        told(&form),
        [
            ("6/Gold".into(), "", "0"),
            ("6/Silver".into(), "R-6S", "0"),
            ("7/Gold".into(), "R-7G", "0"),
            ("7/Silver".into(), "R-7S", "0")
        ]
    );
    assert_eq!(form.note, "12 pieces of all variants together, by the file it was imported from.");
    assert!(form.parse(Currency::USD, WeightUnit::Oz).is_ok());

    let form = of_etsy("6,7,7 ,", "", "RING");
    assert_eq!(form.code, "RING", "one code for all is the item's");
    assert_eq!((form.options.len(), told(&form)), (1, vec![("6".into(), "", "0"), ("7".into(), "", "0")]));
    let form = of_etsy("One size", "", "RING");
    assert_eq!(
        (told(&form), form.note.as_str()),
        (vec![("One size".into(), "", "12")], ""),
        "it is of the only one"
    );
    let form = of_etsy("", "", "RING");
    assert_eq!((form.code.as_str(), told(&form)), ("RING", vec![(String::new(), "", "12")]));
}

#[test]
fn codes_of_etsy_that_fit_no_variant_are_given_to_none() {
    let form = of_etsy("6,7", "Gold,Silver", "A,B");
    assert_eq!((form.code.as_str(), form.variants.len()), ("", 4));
    assert!(form.variants.iter().all(|variant| variant.code.is_empty()));
    let form = of_etsy("6,7,8", "", "A,,C");
    assert_eq!(told(&form).into_iter().map(|(_, code, _)| code).collect::<Vec<_>>(), ["", "", "C"]);
}

#[test]
fn an_item_of_etsy_is_brought_up_to_date() {
    let mut known = of_etsy("6,7", "", "A,B");
    known.note = "mine".into();
    known.variants[1].quantity = "5".into();
    let mapping = mapping(ETSY);
    let columns = Columns::new(&mapping);
    let settings = ItemSettings { currency: Currency::USD, unit: WeightUnit::Oz, markup: true };
    let mut cells = vec![String::new(); 15];
    (cells[0], cells[4], cells[9], cells[10], cells[14]) =
        ("Stacking ring".into(), "20".into(), "Ring size".into(), "6,7,8".into(), "A,B,C".into());
    let draft = items::read(&columns, &[Row { line: 2, cells }], settings);
    let form = draft.onto(Some(known)).unwrap();
    let expected = [("6".into(), "", "0"), ("7".into(), "B", "5"), ("8".into(), "C", "0")];
    assert_eq!((told(&form), form.note.as_str()), (expected.to_vec(), "mine"), "what is there stays counted");
}

#[test]
fn values_without_end_are_too_many_variants() {
    let many = |start: i64| (start..start + 100).map(|value| value.to_string()).collect::<Vec<_>>().join(",");
    let form = of_etsy(&many(0), &many(0), "");
    assert_eq!(form.variants.len(), domain::inventory::MAX_VARIANTS + 1);
    assert!(form.parse(Currency::USD, WeightUnit::Oz).is_err());
}

#[test]
fn what_rows_do_not_say_stays() {
    let mapping = mapping("code,title,price,size,quantity,note");
    let columns = Columns::new(&mapping);
    let settings = ItemSettings { currency: Currency::USD, unit: WeightUnit::Oz, markup: true };
    let known = ItemForm {
        code: "A12".into(),
        title: "Moon ring".into(),
        price: "24.00".into(),
        note: "mine".into(),
        options: vec!["Size".into()],
        variants: vec![VariantForm::named("6", "2"), VariantForm::named("7", "1")],
        ..ItemForm::default()
    };
    let read = |line: &str| items::read(&columns, &rows(&[line]), settings);
    let same = read("a12,,,,,").onto(Some(known.clone())).unwrap();
    assert_eq!(same, known);
    let changed = read("A12,,26,７,5,").onto(Some(known.clone())).unwrap();
    assert_eq!(
        (changed.price.as_str(), changed.variants[1].quantity.as_str(), changed.note.as_str()),
        ("26.00", "5", "mine")
    );
    let added = read("A12,,,8,5,").onto(Some(known.clone())).unwrap();
    assert_eq!((added.variants.len(), added.variants[2].quantity.as_str()), (3, "5"));
    let which = read("A12,,,,5,").onto(Some(known)).unwrap_err();
    assert_eq!(which.reason, Reason::SeveralMeant);
}

#[test]
fn customers_are_read_with_their_handles_and_addresses() {
    let mapping = mapping("group,name,email,handles,line1,city,region,postal_code,country");
    let columns = Columns::new(&mapping);
    let rows = rows(&[
        "1,Ana,ana@x.example,facebook: Ana R; instagram: @ana_r,7 Lane,Austin,TX,78701,United States",
        "1,Ana,ana@x.example,,8 Lane,Austin,TX,78701,",
    ]);
    assert!(customers::is_of_the_same(&columns, &rows[0], &rows[1]));
    let form = customers::read(&columns, &rows, "US").onto(None);
    let handles: Vec<(&str, &str)> =
        form.handles.iter().map(|one| (one.platform.as_str(), one.handle.as_str())).collect();
    assert_eq!(handles, [("facebook", "Ana R"), ("instagram", "ana_r")]);
    assert_eq!((form.addresses.len(), form.default_address.as_str()), (2, "0"));
    assert_eq!(form.addresses[1].address.country, "US");
    assert!(form.parse().is_ok());
    assert_eq!(
        customers::handles_cell(&[(Platform::Facebook, "A; B"), (Platform::Tiktok, "c")]),
        "facebook: A; B; tiktok: c"
    );
}

#[test]
fn a_past_sale_adds_up_what_the_file_leaves_out() {
    let mapping = mapping("Order number,Order date,Customer,Item,Qty,Price,Shipping,Discount,Currency");
    let columns = Columns::new(&mapping);
    let rows =
        rows(&["7,2025-11-01,Ana,Ring,2,10.00,5.00,-1.50,EUR", "7,2025-11-01,Ana,Candle,1,3.00,,,EUR"]);
    let sale = sales::read(&columns, &rows, Currency::USD, mapping.dates);
    assert_eq!(sale.problems, []);
    assert_eq!((sale.total, sale.discount, sale.currency, sale.lines.len()), (2_650, 150, Currency::EUR, 2));
    let unknown = sales::read(&columns, &rows[..0], Currency::USD, mapping.dates);
    assert!(!unknown.problems.is_empty());
}
