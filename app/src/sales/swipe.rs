//! Cards that are swiped to the right to accept, which does what their button does.

use leptos::{ev::PointerEvent, prelude::*};

use super::keys::press;

/// How far a finger must go, in CSS pixels.
const FAR_ENOUGH: i32 = 96;
/// How far it may stray up or down.
const STRAY: i32 = 40;

/// What a card does with a finger.
pub struct Swipe<D, M, U, C, T> {
    pub down: D,
    pub moved: M,
    pub up: U,
    pub cancelled: C,
    pub transform: T,
}

/// How far a card follows a finger that went so far.
fn follows(across: i32, down: i32) -> i32 {
    if down.abs() > STRAY { 0 } else { across.clamp(0, FAR_ENOUGH + 24) }
}

/// Follows a finger over the stop with this id. A mouse swipes nothing.
pub fn swipes(
    stop: String,
) -> Swipe<
    impl Fn(PointerEvent),
    impl Fn(PointerEvent),
    impl Fn(PointerEvent),
    impl Fn(PointerEvent),
    impl Fn() -> Option<String> + Clone + Send + Sync + 'static,
> {
    let begun = StoredValue::new(None::<(i32, i32)>);
    let across = RwSignal::new(0);
    let end = move || {
        begun.set_value(None);
        if across.get_untracked() != 0 {
            across.set(0);
        }
    };
    Swipe {
        down: move |event: PointerEvent| {
            if event.pointer_type() == "touch" {
                begun.set_value(Some((event.client_x(), event.client_y())));
            }
        },
        moved: move |event: PointerEvent| {
            let Some((x, y)) = begun.get_value() else { return };
            let gone = follows(event.client_x() - x, event.client_y() - y);
            if gone != across.get_untracked() {
                across.set(gone);
            }
        },
        up: move |_| {
            let far = across.get_untracked() >= FAR_ENOUGH;
            end();
            if far {
                press(&stop, "enter");
            }
        },
        cancelled: move |_| end(),
        transform: move || match across.get() {
            0 => None,
            gone => Some(format!("translateX({gone}px)")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_follows_to_the_right_and_not_up_or_down() {
        assert_eq!(follows(50, 3), 50);
        assert_eq!(follows(-50, 3), 0);
        assert_eq!(follows(500, 0), FAR_ENOUGH + 24);
        assert_eq!(follows(80, 60), 0);
    }
}
