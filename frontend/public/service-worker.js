// Keeps what never changes (hashed files, icons) and one page that says the network is away. It keeps no page of the
// house and nothing about people, and it lets everything that changes state pass untouched.

// Raised whenever a kept file without a hash in its name changes; older caches are deleted then.
const CACHE = "selltrac-2";
const OFFLINE = "/offline.html";
// What the page of the lost network needs, which must be here before the network goes.
const OFFLINE_FILES = [OFFLINE, "/offline.js"];
const ICONS = ["/favicon.svg", "/icon-192.png", "/icon-512.png", "/icon-maskable-512.png", "/apple-touch-icon.png"];
// The files of /pkg/ whose name ends in the 22 letters of their hash, as the build writes them.
const HASHED = /^\/pkg\/[^/]+[._-][A-Za-z0-9_-]{22}\.(css|js|wasm)$/;
// Hashed files of older versions pile up otherwise; the newest few versions are enough.
const MOST_HASHED = 24;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(OFFLINE_FILES.map((file) => new Request(file, { cache: "reload" }))))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(names.filter((name) => name.startsWith("selltrac-") && name !== CACHE).map((name) => caches.delete(name))),
      )
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const address = new URL(request.url);
  if (address.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(offline));
  } else if (OFFLINE_FILES.includes(address.pathname)) {
    event.respondWith(fetch(request).catch(() => caches.match(address.pathname)));
  } else if (HASHED.test(address.pathname) || ICONS.includes(address.pathname)) {
    event.respondWith(kept(event, request));
  }
});

/** The page that says the network is away. */
async function offline() {
  const page = await caches.match(OFFLINE);
  return page ?? new Response("You are offline.", { status: 503, headers: { "content-type": "text/plain" } });
}

/** From the cache, or from the network into the cache. */
async function kept(event, request) {
  const cache = await caches.open(CACHE);
  const found = await cache.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok && answer.type === "basic") {
    event.waitUntil(cache.put(request, answer.clone()).then(() => trim(cache)).catch(() => {}));
  }
  return answer;
}

/** Deletes the oldest hashed files beyond the limit; a cache lists its entries in the order they came. */
async function trim(cache) {
  const hashed = (await cache.keys()).filter((request) => HASHED.test(new URL(request.url).pathname));
  await Promise.all(hashed.slice(0, Math.max(0, hashed.length - MOST_HASHED)).map((request) => cache.delete(request)));
}
