//! Cards that are swiped to the right to accept, which does what their button does.

use leptos::{ev::PointerEvent, prelude::*};

use super::keys::press;

/// How far a finger must go, in CSS pixels.
const FAR_ENOUGH: i32 = 96;
/// How far it may stray up or down.
const STRAY: i32 = 40;

/// How far a card follows a finger that went so far.
fn follows(across: i32, down: i32) -> i32 {
    if down.abs() > STRAY { 0 } else { across.clamp(0, FAR_ENOUGH + 24) }
}

/// A card that follows a finger. A mouse swipes nothing.
#[derive(Clone, Copy)]
pub struct Swipe {
    /// The id of the stop whose button is pressed.
    stop: StoredValue<String>,
    /// Where the finger came down.
    begun: StoredValue<Option<(i32, i32)>>,
    /// How far the card has followed it, in CSS pixels.
    across: RwSignal<i32>,
}

impl Swipe {
    /// For the stop with this id.
    pub fn over(stop: String) -> Self {
        Swipe { stop: StoredValue::new(stop), begun: StoredValue::new(None), across: RwSignal::new(0) }
    }

    /// A finger came down.
    pub fn down(self, event: &PointerEvent) {
        if event.pointer_type() == "touch" {
            self.begun.set_value(Some((event.client_x(), event.client_y())));
        }
    }

    /// It moved.
    pub fn moved(self, event: &PointerEvent) {
        let Some((x, y)) = self.begun.get_value() else { return };
        let gone = follows(event.client_x() - x, event.client_y() - y);
        if gone != self.across.get_untracked() {
            self.across.set(gone);
        }
    }

    /// It was lifted: far enough to the right, the card is accepted.
    pub fn up(self) {
        let far = self.across.get_untracked() >= FAR_ENOUGH;
        self.cancelled();
        if far {
            self.stop.with_value(|stop| press(stop, "enter"));
        }
    }

    /// The browser took the finger away, to scroll.
    pub fn cancelled(self) {
        self.begun.set_value(None);
        if self.across.get_untracked() != 0 {
            self.across.set(0);
        }
    }

    /// Where the card is drawn.
    pub fn transform(self) -> Option<String> {
        match self.across.get() {
            0 => None,
            gone => Some(format!("translateX({gone}px)")),
        }
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
