//! Customers: what is stored of them, finding those who are here twice, making one of two, and undoing it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;

use domain::{
    address::PostalAddress,
    customers::{
        AddressForm, CustomerForm, CustomerQuery, HandleForm,
        credit::CreditForm,
        duplicates::Likeness,
        history::{Part, Undoing},
        merge::MergeForm,
    },
    page::PAGE_ROWS,
    problem::{Code, FieldCode},
    time::HOUR,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, prelude::Expr};
use services::{
    Error,
    accounts::Actor,
    customers::{
        block, credit,
        customer::{create, save, view},
        duplicates, history, list, merge,
        search::complete,
        unmerge,
    },
    database_tests, entities,
    invoices::bill::bill_everyone,
    new_id,
    sales::{actions, by_hand, hold::hold},
    shipping,
    testing::{World, world::address},
};
use uuid::Uuid;

fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> Code {
    result.unwrap_err().problem().code
}

fn fields<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<(String, FieldCode)> {
    result.unwrap_err().problem().fields.into_iter().map(|field| (field.field, field.code)).collect()
}

fn handle(platform: &str, name: &str) -> HandleForm {
    HandleForm { platform: platform.into(), handle: name.into(), ..Default::default() }
}

fn lives(label: &str, address: PostalAddress) -> AddressForm {
    AddressForm { label: label.into(), address, ..Default::default() }
}

fn into(from: Uuid) -> MergeForm {
    MergeForm { from: from.to_string(), ..Default::default() }
}

/// The customer of this name.
async fn named(world: &World, shop: &Actor, name: &str) -> Uuid {
    let found = entities::customer::Entity::find()
        .filter(entities::customer::Column::BusinessId.eq(shop.business_id))
        .filter(entities::customer::Column::Name.eq(name));
    found.one(world.services.database.read()).await.unwrap().unwrap().id
}

/// The names of those whom a search finds.
async fn found(world: &World, shop: &Actor, search: &str) -> Vec<String> {
    let query = CustomerQuery { search: search.into(), ..Default::default() };
    let rows = list::list(&world.services, shop, &query).await.unwrap().rows;
    rows.into_iter().map(|row| row.name).collect()
}

/// Everything that is stored of a business' customers, to see that an undone merge has left nothing behind.
async fn everything(world: &World, shop: &Actor) -> BTreeSet<String> {
    let read = world.services.database.read();
    let mut all = BTreeSet::new();
    for row in entities::customer::Entity::find().all(read).await.unwrap() {
        all.insert(format!("{:?}", entities::customer::Model { updated_at: 0, ..row }));
    }
    all.extend(
        entities::handle::Entity::find().all(read).await.unwrap().iter().map(|row| format!("{row:?}")),
    );
    all.extend(
        entities::customer_address::Entity::find()
            .all(read)
            .await
            .unwrap()
            .iter()
            .map(|row| format!("{row:?}")),
    );
    all.extend(
        entities::customer_tag::Entity::find().all(read).await.unwrap().iter().map(|row| format!("{row:?}")),
    );
    all.extend(
        entities::customer_credit::Entity::find()
            .all(read)
            .await
            .unwrap()
            .iter()
            .map(|row| format!("{row:?}")),
    );
    for row in entities::claim::Entity::find().all(read).await.unwrap() {
        assert_eq!(row.business_id, shop.business_id);
        all.insert(format!("{:?}", entities::claim::Model { updated_at: 0, ..row }));
    }
    all.extend(
        entities::invoice::Entity::find().all(read).await.unwrap().iter().map(|row| format!("{row:?}")),
    );
    for row in entities::shipment::Entity::find().all(read).await.unwrap() {
        all.insert(format!("{:?}", entities::shipment::Model { updated_at: 0, ..row }));
    }
    all
}

/// Ana, who writes on Facebook, and Ana Ruiz, who writes on Instagram and has everything a customer can have.
async fn two(world: &World) -> (Actor, Uuid, Uuid, Uuid) {
    let services = &world.services;
    let shop = world.shop("olive@moonlit.example").await;
    let sale = world.sale(&shop).await;
    hold(services, &shop, sale, "ana: sold C3 x2\nAna Ruiz: sold C3".into()).await.unwrap();
    let (ana, ruiz) = (named(world, &shop, "ana").await, named(world, &shop, "Ana Ruiz").await);
    let form = CustomerForm {
        name: "Ana Ruiz".into(),
        email: "ana@buyers.example".into(),
        phone: "(512) 555-0100".into(),
        language: "es".into(),
        note: "Likes silver".into(),
        tags: "VIP, wholesale".into(),
        tax_exempt: true,
        tax_id: "TX-1".into(),
        handles: vec![handle("instagram", "ana.r")],
        addresses: vec![lives("Home", address("7 Invented Lane")), lives("Work", address("9 Invented Lane"))],
        default_address: "0".into(),
        ..CustomerForm::default()
    };
    save(services, &shop, ruiz, &form).await.unwrap();
    (shop, sale, ana, ruiz)
}

database_tests! {
    async fn a_customer_is_saved_and_found_by_everything(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let (shop, _, _, ruiz) = two(&world).await;
        for search in ["ana ruiz", "@ANA.R", "ana@buyers", "512 555 0100", "+1 (512) 555-0100", "5550100", "austin", "vip", "ＶＩＰ"] {
            assert!(found(&world, &shop, search).await.contains(&"Ana Ruiz".to_owned()), "{search}");
        }
        assert_eq!(found(&world, &shop, "dallas").await, Vec::<String>::new());

        let stored = view(services, &shop, ruiz).await.unwrap();
        assert_eq!((stored.phone_e164.as_str(), stored.form.tags.as_str()), ("+15125550100", "VIP, wholesale"));
        assert_eq!(stored.form.handles.iter().map(|row| row.handle.as_str()).collect::<Vec<_>>(), ["Ana Ruiz", "ana.r"]);
        assert_eq!(stored.form.addresses.iter().map(|row| row.label.as_str()).collect::<Vec<_>>(), ["Home", "Work"]);

        // What the form shows, saved again, changes nothing; rows that it does not have stay.
        let before = everything(&world, &shop).await;
        save(services, &shop, ruiz, &stored.form).await.unwrap();
        save(services, &shop, ruiz, &CustomerForm { handles: vec![], addresses: vec![], ..stored.form.clone() }).await.unwrap();
        assert_eq!(everything(&world, &shop).await, before);

        // Emptied rows go, and the other address is the one that parcels go to.
        let work = stored.form.addresses[1].id.clone();
        let mut form = stored.form;
        form.handles[0].handle = " ".into();
        form.addresses[0].address = PostalAddress::default();
        form.tags = "vip, returns".into();
        form.tax_exempt = false;
        save(services, &shop, ruiz, &form).await.unwrap();
        let form = view(services, &shop, ruiz).await.unwrap().form;
        assert_eq!((form.handles.len(), form.handles[0].handle.as_str()), (1, "ana.r"));
        assert_eq!((form.addresses.len(), form.addresses[0].address.line1.as_str()), (1, "9 Invented Lane"));
        assert_eq!(form.addresses[0].id, work, "it is the same address");
        assert_eq!((form.tags.as_str(), form.tax_exempt), ("VIP, returns", false));
        assert_eq!(found(&world, &shop, "wholesale").await, Vec::<String>::new(), "the search follows the tags");
    }

    async fn parcels_go_to_the_address_that_is_chosen(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let (shop, _, _, ruiz) = two(&world).await;
        bill_everyone(services, &shop).await.unwrap();
        let invoice = entities::invoice::Entity::find()
            .filter(entities::invoice::Column::CustomerId.eq(ruiz))
            .one(services.database.read()).await.unwrap().unwrap();
        services::payments::pay::start(services, &invoice.token, domain::payments::Gateway::Stripe).await.unwrap();
        world.gateway.pay();
        world.later(HOUR).await;
        let shipment = entities::shipment::Entity::find().one(services.database.read()).await.unwrap().unwrap().id;
        shipping::quote::ask(services, &shop, shipment).await.unwrap();
        assert_eq!(shipping::shipment::view(services, &shop, shipment).await.unwrap().address.line1, "7 Invented Lane");

        let mut form = view(services, &shop, ruiz).await.unwrap().form;
        form.default_address = "1".into();
        save(services, &shop, ruiz, &form).await.unwrap();
        let parcel = shipping::shipment::view(services, &shop, shipment).await.unwrap();
        assert_eq!(parcel.address.line1, "9 Invented Lane");
        assert_eq!(parcel.rates, [], "rates to the old address are not bought");
        let form = view(services, &shop, ruiz).await.unwrap().form;
        let lines: Vec<&str> = form.addresses.iter().map(|row| row.address.line1.as_str()).collect();
        assert_eq!(lines, ["9 Invented Lane", "7 Invented Lane"]);
        assert_eq!(form.addresses[1].label, "Home");
        let page = view(services, &shop, ruiz).await.unwrap();
        assert_eq!((page.spent.minor, page.owed.minor), (invoice.total, 0));
        assert_eq!(page.history.parcels.rows.len(), 1);
    }

    async fn what_is_wrong_is_told_beside_its_field(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let (shop, _, ana, ruiz) = two(&world).await;
        let named = |name: &str| CustomerForm { name: name.into(), ..Default::default() };
        let wrong = CustomerForm {
            phone: "12".into(),
            handles: vec![handle("instagram", "@ana.R"), handle("instagram", "fine")],
            ..named("Ana")
        };
        let taken = ("handles_0_handle".to_owned(), FieldCode::TakenByAnother(ruiz));
        assert_eq!(fields(save(services, &shop, ana, &wrong).await), [("phone".into(), FieldCode::NotAPhone), taken]);
        assert_eq!(view(services, &shop, ana).await.unwrap().form.handles.len(), 1, "nothing of it was kept");
        assert_eq!(fields(save(services, &shop, ana, &named(&"x".repeat(1_000))).await), [("name".into(), FieldCode::TooLong(120))]);
        let wide = CustomerForm { email: "ａｎａ＠ｂｕｙｅｒｓ．ｅｘａｍｐｌｅ".into(), ..named("Ana\u{202E}\u{200B}") };
        save(services, &shop, ana, &wide).await.unwrap();
        let form = view(services, &shop, ana).await.unwrap().form;
        assert_eq!((form.name.as_str(), form.email.as_str()), ("Ana", "ana@buyers.example"));

        // A number from before numbers were read does not keep the rest from being saved.
        entities::customer::Entity::update_many()
            .col_expr(entities::customer::Column::Phone, Expr::value("12"))
            .filter(entities::customer::Column::Id.eq(ana))
            .exec(services.database.read()).await.unwrap();
        save(services, &shop, ana, &CustomerForm { phone: "12".into(), note: "New".into(), ..named("Ana") }).await.unwrap();

        let new = CustomerForm { handles: vec![handle("tiktok", "new.one")], ..named("New One") };
        let new = create(services, &shop, &new).await.unwrap();
        assert_eq!(view(services, &shop, new).await.unwrap().form.handles[0].handle, "new.one");
        let taken = CustomerForm { handles: vec![handle("tiktok", "NEW.ONE")], ..named("Another") };
        assert_eq!(fields(create(services, &shop, &taken).await), [("handles_0_handle".into(), FieldCode::TakenByAnother(new))]);
        assert_eq!(found(&world, &shop, "another").await, Vec::<String>::new());
    }

    async fn credit_is_a_sum_with_reasons(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let (shop, _, ana, _) = two(&world).await;
        let form = |kind: &str, amount: &str, key: &str| CreditForm {
            kind: kind.into(), amount: amount.into(), reason: "A chipped ring".into(), key: key.into(),
        };
        let key = new_id().to_string();
        for _ in 0..2 {
            credit::change(services, &shop, ana, &form("give", "10", &key)).await.unwrap();
        }
        let other = credit::change(services, &shop, ana, &form("give", "5", &key)).await;
        assert_eq!(other.unwrap_err().problem().code, Code::WrongState, "another amount is not given");
        assert_eq!(fields(credit::change(services, &shop, ana, &form("use", "10.01", "")).await), [("amount".into(), FieldCode::NotEnough)]);
        credit::change(services, &shop, ana, &form("use", "2.50", "")).await.unwrap();
        let page = view(services, &shop, ana).await.unwrap();
        assert_eq!(page.credit.minor, 750);
        let amounts: Vec<i64> = page.history.credit.rows.iter().map(|row| row.amount.unwrap().minor).collect();
        assert_eq!(amounts, [-250, 1_000]);
    }

    async fn the_latest_credit_is_told_first_whatever_the_keys_of_its_forms(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let (shop, _, ana, _) = two(&world).await;
        // A browser makes keys at random, and most of them are greater than any id.
        let last = i64::try_from(PAGE_ROWS).unwrap() + 3;
        for amount in 1..=last {
            let key = if amount % 2 == 0 { Uuid::from_u128(u128::MAX - amount as u128) } else { new_id() };
            let form = CreditForm {
                kind: "give".into(), amount: amount.to_string(), reason: "Late".into(), key: key.to_string(),
            };
            credit::change(services, &shop, ana, &form).await.unwrap();
        }
        let (_, first) = history::page(services, &shop, ana, Part::Credit, "").await.unwrap();
        let (_, rest) = history::page(services, &shop, ana, Part::Credit, &first.next.unwrap()).await.unwrap();
        let told: Vec<i64> =
            first.rows.iter().chain(&rest.rows).map(|row| row.amount.unwrap().minor / 100).collect();
        let expected: Vec<i64> = (1..=last).rev().collect();
        assert_eq!((told, rest.next), (expected, None));
    }

    async fn the_history_is_told_in_stretches(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let (shop, sale, ana, _) = two(&world).await;
        for number in 0..6 {
            hold(services, &shop, sale, format!("ana: sold C3 x{}", number + 3)).await.unwrap();
        }
        world.introduce(&shop, "ana", "ana@other.example").await;
        bill_everyone(services, &shop).await.unwrap();
        world.work().await;
        let latest = view(services, &shop, ana).await.unwrap().history;
        assert_eq!((latest.claims.rows.len(), latest.claims.more), (5, true));
        assert_eq!((latest.invoices.rows.len(), latest.invoices.more), (1, false));
        assert!(latest.mails.rows[0].sub.starts_with("ana@other.example"), "{:?}", latest.mails);
        let (name, all) = history::page(services, &shop, ana, Part::Claims, "").await.unwrap();
        assert_eq!((name.as_str(), all.rows.len(), all.next), ("ana", 7, None));
        let (_, rest) = history::page(services, &shop, ana, Part::Claims, &all.rows[4].key).await.unwrap();
        assert_eq!(rest.rows, all.rows[5..]);
    }

    async fn two_customers_become_one_and_two_again(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let (shop, sale, ana, ruiz) = two(&world).await;
        credit::change(services, &shop, ruiz, &CreditForm { kind: "give".into(), amount: "5".into(), reason: "Late".into(), ..Default::default() }).await.unwrap();
        block::block(services, &shop, ruiz).await.unwrap();
        bill_everyone(services, &shop).await.unwrap();
        let before = everything(&world, &shop).await;

        let preview = merge::preview(services, &shop, ana, ruiz).await.unwrap();
        assert_eq!((preview.claims, preview.invoices, preview.parcels), (1, 1, 0));
        assert_eq!((preview.handles.len(), preview.addresses.len(), preview.tags.len()), (2, 2, 2));
        assert!(preview.becomes_blocked && preview.becomes_tax_exempt && preview.has_note && !preview.notes_too_long);
        assert!(preview.ships_to.starts_with("7 Invented Lane"), "{}", preview.ships_to);

        let form = MergeForm { name: "others".into(), key: preview.key.to_string(), ..into(ruiz) };
        let done = merge::merge(services, &shop, ana, &form).await.unwrap();
        assert_eq!(merge::merge(services, &shop, ana, &form).await.unwrap(), done, "a second click merges once");
        let page = view(services, &shop, ana).await.unwrap();
        assert_eq!((page.form.name.as_str(), page.form.email.as_str(), page.form.note.as_str()), ("Ana Ruiz", "ana@buyers.example", "Likes silver"));
        assert_eq!((page.form.handles.len(), page.form.addresses.len(), page.form.tags.as_str()), (3, 2, "VIP, wholesale"));
        assert_eq!((page.credit.minor, page.is_blocked, page.form.tax_exempt), (500, true, true));
        assert_eq!((page.history.claims.rows.len(), page.history.invoices.rows.len()), (2, 2), "open invoices of both stay two");
        assert_eq!((page.merges.len(), page.merges[0].undoing), (1, Undoing::Possible));
        assert_eq!(view(services, &shop, ruiz).await.unwrap().merged_into.map(|into| into.id), Some(ana));
        assert_eq!(found(&world, &shop, "ana.r").await, ["Ana Ruiz"], "who was merged is on no list");
        assert_eq!(code(save(services, &shop, ruiz, &CustomerForm { name: "X".into(), ..Default::default() }).await), Code::WrongState);

        assert_eq!(unmerge::undo(services, &shop, done).await.unwrap(), ruiz);
        assert_eq!(everything(&world, &shop).await, before, "everything is as it was");
        assert_eq!(code(unmerge::undo(services, &shop, done).await), Code::WrongState);
        assert_eq!(code(merge::merge(services, &shop, ana, &form).await), Code::WrongState, "what its form asked for was undone");
        assert_eq!(everything(&world, &shop).await, before);
        assert_eq!(world.claims(&shop, sale).await.len(), 2);
        world.stock_is_sound().await;
    }

    async fn a_claim_made_since_goes_back_with_its_name(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let (shop, sale, ana, ruiz) = two(&world).await;
        let done = merge::merge(services, &shop, ana, &into(ruiz)).await.unwrap();
        world.services.clock.advance(HOUR);
        hold(services, &shop, sale, "Ana Ruiz: sold B27\nana: sold B27".into()).await.unwrap();
        assert_eq!(world.claims(&shop, sale).await, ["ana 2 held", "ana 1 held", "ana 1 held", "ana 1 held"]);
        // What is changed meanwhile about the one who stays is kept.
        let mut form = view(services, &shop, ana).await.unwrap().form;
        form.email = "new@buyers.example".into();
        save(services, &shop, ana, &form).await.unwrap();
        unmerge::undo(services, &shop, done).await.unwrap();
        assert_eq!(world.claims(&shop, sale).await, ["ana 2 held", "Ana Ruiz 1 held", "Ana Ruiz 1 held", "ana 1 held"]);
        let page = view(services, &shop, ana).await.unwrap();
        assert_eq!((page.form.email.as_str(), page.form.note.as_str(), page.form.addresses.len()), ("new@buyers.example", "", 0));
        assert_eq!(view(services, &shop, ruiz).await.unwrap().form.email, "ana@buyers.example");
        world.stock_is_sound().await;
    }

    async fn what_came_later_may_stand_in_the_way(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let (shop, sale, ana, ruiz) = two(&world).await;
        let undoing = async |id: Uuid| view(services, &shop, id).await.unwrap().merges[0].undoing;

        // Both on one invoice.
        let billed = merge::merge(services, &shop, ana, &into(ruiz)).await.unwrap();
        assert_eq!(undoing(ana).await, Undoing::Possible);
        bill_everyone(services, &shop).await.unwrap();
        assert_eq!(undoing(ana).await, Undoing::BilledTogether);
        assert_eq!(code(unmerge::undo(services, &shop, billed).await), Code::WrongState);

        // Credit that came with it and was used.
        hold(services, &shop, sale, "kim: sold C3\nlee: sold C3\nmo: sold C3".into()).await.unwrap();
        let (kim, lee, mo) = (named(&world, &shop, "kim").await, named(&world, &shop, "lee").await, named(&world, &shop, "mo").await);
        let form = |kind: &str, amount: &str| CreditForm { kind: kind.into(), amount: amount.into(), reason: "Late".into(), ..Default::default() };
        credit::change(services, &shop, lee, &form("give", "5")).await.unwrap();
        let second = merge::merge(services, &shop, kim, &into(lee)).await.unwrap();
        credit::change(services, &shop, kim, &form("use", "1")).await.unwrap();
        assert_eq!(undoing(kim).await, Undoing::CreditUsed);
        credit::change(services, &shop, kim, &form("give", "1")).await.unwrap();
        assert_eq!(undoing(kim).await, Undoing::Possible);

        // A later merge, which must be undone first; whoever was merged before points at the one who stays.
        let third = merge::merge(services, &shop, mo, &into(kim)).await.unwrap();
        assert_eq!(code(unmerge::undo(services, &shop, second).await), Code::WrongState);
        assert_eq!(view(services, &shop, lee).await.unwrap().merged_into.map(|into| into.id), Some(mo));
        unmerge::undo(services, &shop, third).await.unwrap();
        assert_eq!(view(services, &shop, lee).await.unwrap().merged_into.map(|into| into.id), Some(kim));
        unmerge::undo(services, &shop, second).await.unwrap();
        assert_eq!(view(services, &shop, lee).await.unwrap().credit.minor, 500);
        world.stock_is_sound().await;
    }

    async fn many_clicks_at_once_merge_once(database: TestDatabase) {
        let world = World::new(database);
        let (shop, _, ana, ruiz) = two(&world).await;
        let form = MergeForm { key: new_id().to_string(), ..into(ruiz) };
        let mut tabs = tokio::task::JoinSet::new();
        for _ in 0..6 {
            let (services, shop, form) = (world.services.clone(), shop.clone(), form.clone());
            tabs.spawn(async move { merge::merge(&services, &shop, ana, &form).await.unwrap() });
        }
        let mut merges = BTreeSet::new();
        while let Some(done) = tabs.join_next().await {
            merges.insert(done.unwrap());
        }
        assert_eq!(merges.len(), 1);
        let rows = entities::customer_merge::Entity::find().all(world.services.database.read()).await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(fields(merge::merge(&world.services, &shop, ana, &into(ana)).await), [("from".into(), FieldCode::NotAChoice)]);
        assert_eq!(code(merge::merge(&world.services, &shop, ruiz, &into(ana)).await), Code::WrongState);
    }

    async fn what_was_done_by_hand_is_undone_for_whom_the_buyer_is_now(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let (shop, sale, ana, ruiz) = two(&world).await;
        let claim = world.claim_rows(&shop, sale).await[1].id;
        by_hand::cancel(services, &shop, claim).await.unwrap();
        merge::merge(services, &shop, ana, &into(ruiz)).await.unwrap();
        let action = actions::list(services, &shop, sale).await.unwrap().remove(0);
        actions::undo(services, &shop, action.id).await.unwrap();
        assert_eq!(world.claims(&shop, sale).await, ["ana 2 held", "ana 1 held"]);
        world.stock_is_sound().await;
    }

    async fn who_is_here_twice_is_suggested_until_told_apart(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let shop = world.shop("olive@moonlit.example").await;
        let form = |name: &str, email: &str, phone: &str, handle: HandleForm, home: Option<PostalAddress>| CustomerForm {
            name: name.into(), email: email.into(), phone: phone.into(), handles: vec![handle],
            addresses: home.into_iter().map(|home| lives("", home)).collect(), ..Default::default()
        };
        let add = async |form: CustomerForm| create(services, &shop, &form).await.unwrap();
        let austin = || Some(address("7 Invented Lane"));
        let dallas = || Some(PostalAddress { city: "Dallas".into(), postal_code: "75201".into(), ..address("7 Invented Lane") });
        let ana = add(form("Ana", "ana@buyers.example", "", handle("facebook", "ana"), None)).await;
        let email = add(form("A. Ruiz", "ANA@buyers.example", "", handle("facebook", "a. ruiz"), None)).await;
        let kim = add(form("Kim", "", "(512) 555-0100", handle("facebook", "kim"), None)).await;
        let phone = add(form("K. Lee", "", "+1 512.555.0100", handle("facebook", "k. lee"), None)).await;
        let mo = add(form("Mo", "", "", handle("facebook", "mo"), austin())).await;
        let place = add(form("ＭＯ", "", "", handle("facebook", "mo mo"), austin())).await;
        add(form("Mo", "", "", handle("facebook", "mo in dallas"), dallas())).await;
        let uma = add(form("Uma", "", "", handle("facebook", "uma.v"), None)).await;
        let twin = add(form("Uma Vale", "", "", handle("tiktok", "Uma.V"), None)).await;
        let pairs = async || -> Vec<(Uuid, Uuid, Vec<Likeness>)> {
            let found = duplicates::list(services, &shop).await.unwrap();
            assert!(!found.more);
            found.pairs.into_iter().map(|pair| (pair.first.id, pair.second.id, pair.likeness)).collect()
        };
        let all = vec![
            (ana, email, vec![Likeness::Email]),
            (kim, phone, vec![Likeness::Phone]),
            (mo, place, vec![Likeness::NameAndPlace]),
            (uma, twin, vec![Likeness::Handle]),
        ];
        assert_eq!(pairs().await, all);
        for (one, other, why) in &all {
            for (this, that) in [(*one, *other), (*other, *one)] {
                let alike = view(services, &shop, this).await.unwrap().alike;
                assert_eq!(alike.iter().map(|alike| (alike.id, &alike.likeness)).collect::<Vec<_>>(), [(that, why)]);
            }
        }
        for _ in 0..2 {
            duplicates::tell_apart(services, &shop, email, ana).await.unwrap();
        }
        duplicates::tell_apart(services, &shop, uma, twin).await.unwrap();
        merge::merge(services, &shop, kim, &into(phone)).await.unwrap();
        assert_eq!(pairs().await, all[2..3]);
        assert_eq!(view(services, &shop, ana).await.unwrap().alike, []);
        duplicates::suggest_again(services, &shop, ana, email).await.unwrap();
        assert_eq!(pairs().await, [all[0].clone(), all[2].clone()]);
    }

    async fn rows_from_before_are_completed(database: TestDatabase) {
        let world = World::new(database);
        let (shop, _, ana, ruiz) = two(&world).await;
        let read = world.services.database.read();
        let before = everything(&world, &shop).await;
        // As the migration leaves rows that were there before it.
        read.execute_unprepared(
            "UPDATE customers SET name_folded = '', email_folded = '', city_folded = '', postal_folded = '', phone_e164 = '', search = ''",
        ).await.unwrap();
        assert_eq!(complete(&world.services.database).await.unwrap(), 2);
        assert_eq!(complete(&world.services.database).await.unwrap(), 0);
        assert_eq!(everything(&world, &shop).await, before);
        assert_ne!(ana, ruiz);
    }

    async fn another_business_customers_are_not_found(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let (shop, _, ana, ruiz) = two(&world).await;
        let other = world.shop("otto@other.example").await;
        let theirs = create(services, &other, &CustomerForm { name: "Theirs".into(), ..Default::default() }).await.unwrap();
        let done = merge::merge(services, &shop, ana, &into(ruiz)).await.unwrap();
        let give = CreditForm { kind: "give".into(), amount: "5".into(), reason: "Late".into(), ..Default::default() };
        for outcome in [
            code(view(services, &other, ana).await),
            code(save(services, &other, ana, &CustomerForm { name: "X".into(), ..Default::default() }).await),
            code(history::page(services, &other, ana, Part::Claims, "").await),
            code(credit::change(services, &other, ana, &give).await),
            code(block::block(services, &other, ana).await),
            code(merge::preview(services, &other, theirs, ana).await),
            code(merge::merge(services, &other, theirs, &into(ana)).await),
            code(merge::merge(services, &other, ana, &into(theirs)).await),
            code(unmerge::undo(services, &other, done).await),
            code(duplicates::tell_apart(services, &other, theirs, ana).await),
        ] {
            assert_eq!(outcome, Code::NotFound);
        }
        // The same handle is free in another business, and a stored row of this one is not changed from there.
        let row = view(services, &shop, ana).await.unwrap().form.handles.remove(0);
        let form = CustomerForm { name: "Theirs".into(), handles: vec![HandleForm { handle: "stolen".into(), ..row }], ..Default::default() };
        save(services, &other, theirs, &form).await.unwrap();
        assert_eq!(view(services, &shop, ana).await.unwrap().form.handles[0].handle, "ana");
    }
}
