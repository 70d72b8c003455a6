//! A customer's page without JavaScript: a name that is taken, merging, undoing, telling apart.

use axum::http::{StatusCode, header};
use domain::customers::{CustomerForm, HandleForm};
use sea_orm::{EntityTrait, prelude::Expr};
use services::{customers::customer::create, database_tests, entities};

use super::app::TestApp;

/// What stands in the page between two texts.
fn between<'a>(page: &'a str, before: &str, after: &str) -> &'a str {
    page.split_once(before).and_then(|(_, rest)| rest.split_once(after)).map_or("", |(found, _)| found)
}

database_tests! {
    async fn a_name_that_is_taken_leads_to_merging_and_back(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let form = CustomerForm {
            name: "Ana Elsewhere".into(),
            email: "ana@buyers.example".into(),
            handles: vec![HandleForm { platform: "tiktok".into(), handle: "ana.tok".into(), ..Default::default() }],
            ..Default::default()
        };
        let other = create(&app.world.services, &shop.actor, &form).await.unwrap();
        let owner = app.member("olive@moonlit.example").await;
        let page = format!("/customers/{}", shop.customer);
        let id = shop.customer.to_string();
        let fields = [
            ("id", id.as_str()), ("form[name]", "Ana Ruiz"),
            ("form[handles][0][platform]", "facebook"), ("form[handles][0][handle]", "typed anew"),
            ("form[handles][1][platform]", "tiktok"), ("form[handles][1][handle]", "@Ana.Tok"),
        ];
        let answer = owner.submit("/api/customers/save", &page, &fields).await;
        assert!(answer.status.is_redirection(), "{} {}", answer.status, answer.body);
        let shown = owner.get(&page).await.body;
        assert!(shown.contains("Somebody else has this already."), "{shown}");
        assert!(shown.contains(&format!("{page}/merge?with={other}")), "the way to merging is offered");
        assert!(shown.contains("typed anew"), "what was typed is kept");

        let preview = owner.get(&format!("{page}/merge?with={other}")).await;
        assert_eq!(preview.status, StatusCode::OK);
        let key = between(&preview.body, "name=\"form[key]\" value=\"", "\"");
        let from = other.to_string();
        let fields = [("id", id.as_str()), ("form[from]", &from), ("form[name]", "others"), ("form[key]", key)];
        let first = owner.submit("/api/customers/merge", &format!("{page}/merge"), &fields).await;
        let again = owner.submit("/api/customers/merge", &format!("{page}/merge"), &fields).await;
        let to = first.header(header::LOCATION).to_owned();
        assert!(to.starts_with(&format!("{page}?merged=")), "{to}");
        assert_eq!(again.header(header::LOCATION), to, "a second click merges once");
        let shown = owner.get(&to).await.body;
        assert!(shown.contains("Ana Elsewhere is merged into this customer."), "{shown}");
        let gone = owner.get(&format!("/customers/{other}")).await;
        assert!(gone.body.contains("was merged into"), "{}", gone.body);

        let merge = to.rsplit('=').next().unwrap();
        let undone = owner.submit("/api/customers/merge/undo", &to, &[("merge", merge)]).await;
        assert!(undone.status.is_redirection(), "{}", undone.body);
        assert!(!owner.get(&format!("/customers/{other}")).await.body.contains("was merged into"));
        let twice = owner.call("/api/customers/merge/undo", &[("merge", merge)]).await;
        assert_eq!(twice.status, StatusCode::CONFLICT, "{}", twice.body);
    }

    async fn who_only_packs_may_not_merge_or_give_credit(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let owner = app.member("olive@moonlit.example").await;
        let id = shop.customer.to_string();
        entities::membership::Entity::update_many()
            .col_expr(entities::membership::Column::Role, Expr::value("packer"))
            .exec(app.world.services.database.read())
            .await
            .unwrap();
        for (path, fields) in [
            ("/api/customers/merge", vec![("id", id.as_str()), ("form[from]", &id)]),
            ("/api/customers/credit", vec![("id", id.as_str()), ("form[kind]", "give"), ("form[amount]", "5"), ("form[reason]", "x")]),
            ("/api/customers/block", vec![("id", id.as_str()), ("blocked", "true")]),
            ("/api/customers/duplicates/apart", vec![("one", id.as_str()), ("other", &id)]),
        ] {
            let answer = owner.call(path, &fields).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}: {}", answer.body);
        }
    }
}
