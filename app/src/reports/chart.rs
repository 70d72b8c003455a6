//! The line of the last thirty days, drawn as SVG with whole numbers, so that it is the same on both sides.

use domain::money::{Currency, Money};
use leptos::prelude::*;

/// The drawing's size in its own units; it is stretched to the room there is.
const WIDTH: i64 = 600;
const HEIGHT: i64 = 96;
/// Room for the line's own width at its highest and lowest.
const MARGIN: i64 = 4;

/// The points of a line through `values`, left to right, the greatest value highest. Zero is the ground; what is less
/// lies on it.
fn points(values: &[i64]) -> Vec<(i64, i64)> {
    let steps = i64::try_from(values.len().saturating_sub(1)).unwrap_or(i64::MAX).max(1);
    let greatest = values.iter().copied().max().unwrap_or(0).max(1);
    let ground = HEIGHT - MARGIN;
    values
        .iter()
        .zip(0_i64..)
        .map(|(value, index)| {
            let rise = i128::from((*value).max(0)) * i128::from(ground - MARGIN) / i128::from(greatest);
            (WIDTH * index / steps, ground - i64::try_from(rise).unwrap_or(0))
        })
        .collect()
}

/// The points as SVG writes them: `0,92 20,50`.
fn written(points: &[(i64, i64)]) -> String {
    points.iter().map(|(x, y)| format!("{x},{y}")).collect::<Vec<_>>().join(" ")
}

/// What the line says, in words, for those who do not see it.
fn sentence(values: &[i64], currency: Currency) -> String {
    let days = values.len();
    let sum = values.iter().fold(0_i64, |sum, value| sum.saturating_add(*value));
    let best = values.iter().copied().max().unwrap_or(0);
    let paid_days = values.iter().filter(|value| **value > 0).count();
    if paid_days == 0 {
        return format!("Nothing was collected in the last {days} days.");
    }
    let on = if paid_days == 1 { "on 1 day".to_owned() } else { format!("on {paid_days} days") };
    format!(
        "{} collected in the last {days} days, {on}; the best day brought {}.",
        Money::new(sum, currency),
        Money::new(best, currency)
    )
}

/// The line of what came in each day, the oldest first, in minor units.
#[component]
pub fn DayLine(values: Vec<i64>, currency: Currency) -> impl IntoView {
    let points = points(&values);
    let line = written(&points);
    let ground = HEIGHT - MARGIN;
    let area = format!("0,{ground} {line} {WIDTH},{ground}");
    view! {
        <figure class="day-line">
            <svg
                class="chart"
                viewBox=format!("0 0 {WIDTH} {HEIGHT}")
                preserveAspectRatio="none"
                role="img"
                aria-label=sentence(&values, currency)
            >
                <line class="chart-grid" x1="0" x2=WIDTH.to_string() y1=ground.to_string() y2=ground.to_string()></line>
                <polygon class="chart-area" points=area></polygon>
                <polyline class="chart-line" points=line></polyline>
            </svg>
            <figcaption>
                <span>{format!("{} days ago", values.len().saturating_sub(1))}</span>
                <span>"Today"</span>
            </figcaption>
        </figure>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greatest_day_is_highest_and_nothing_lies_on_the_ground() {
        assert_eq!(points(&[0, 50, 100]), [(0, 92), (300, 48), (600, 4)]);
        assert_eq!(points(&[0, 0]), [(0, 92), (600, 92)]);
        assert_eq!(points(&[-5, 10]), [(0, 92), (600, 4)], "what went back is not drawn");
        assert_eq!(points(&[7]), [(0, 4)]);
        assert_eq!(points(&[]), []);
        assert_eq!(points(&[i64::MAX, i64::MAX]), [(0, 4), (600, 4)]);
        assert_eq!(written(&points(&[0, 100])), "0,92 600,4");
    }

    #[test]
    fn the_line_is_told_in_words() {
        assert_eq!(
            sentence(&[0, 32_000, 1_000], Currency::USD),
            "$330.00 collected in the last 3 days, on 2 days; the best day brought $320.00."
        );
        assert_eq!(
            sentence(&[0, 4_820], Currency::USD),
            "$48.20 collected in the last 2 days, on 1 day; the best day brought $48.20."
        );
        assert_eq!(sentence(&[0; 30], Currency::USD), "Nothing was collected in the last 30 days.");
    }
}
