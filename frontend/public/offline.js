// Opens the page that could not be fetched once the network is back: when the browser says so, when the page is looked at
// again, and, because neither notices a server that was away, by asking it now and then.

/** Seconds between two questions: short ones at first, then longer ones, and no more after an hour. */
const SHORT = 5;
const LONG = 30;
const SHORT_TIMES = 12;
const TIMES = 130;

let times = 0;
let timer;

/** Asks the server, not what is kept of it: the service worker lets requests for heads pass. */
async function answers() {
  try {
    return (await fetch("/offline.html", { method: "HEAD", cache: "no-store" })).ok;
  } catch {
    return false;
  }
}

async function look() {
  clearTimeout(timer);
  if (await answers()) {
    location.reload();
    return;
  }
  times += 1;
  if (times < TIMES) {
    timer = setTimeout(look, (times < SHORT_TIMES ? SHORT : LONG) * 1000);
  } else {
    tell("This page has waited for an hour and does not look any more. Try again when you have a network.");
  }
}

function tell(words) {
  document.getElementById("then").textContent = words;
}

addEventListener("online", look);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") look();
});
tell("It opens by itself as soon as the network is back.");
timer = setTimeout(look, SHORT * 1000);
