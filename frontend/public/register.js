// Registers the service worker, from a file of its own so that pages need no inline script.
// A browser without service workers, or a page that is not served safely, works as before.
if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/service-worker.js", { scope: "/" }).catch(() => {});
}
