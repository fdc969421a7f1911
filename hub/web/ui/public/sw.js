// Keeps the pages themselves, so that they open at once and can say that the hub is out of reach. What the house says
// is never kept: nothing below /api goes through here.
const SHELF = "hearth-pages";

self.addEventListener("install", (event) => {
  event.waitUntil(refresh().then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

/** Fetch the page and what it loads first. */
async function refresh() {
  const shelf = await caches.open(SHELF);
  const first = await (await fetch("/first.json")).json();
  await shelf.addAll(["/", "/icon.svg", ...first]);
}

/** The page from the hub; when it is out of reach, the one of last time. */
async function page(request) {
  const shelf = await caches.open(SHELF);
  try {
    const fresh = await fetch(request);
    if (fresh.ok) await replace(shelf, fresh.clone());
    return fresh;
  } catch (error) {
    const kept = await shelf.match("/");
    if (kept) return kept;
    throw error;
  }
}

/** Of another version nothing of the old one is needed any more. */
async function replace(shelf, fresh) {
  const text = await fresh.clone().text();
  const before = await shelf.match("/");
  if (before && (await before.text()) !== text) await Promise.all((await shelf.keys()).map((one) => shelf.delete(one)));
  await shelf.put("/", fresh);
}

/** What has a hash in its name never changes. */
async function asset(request) {
  const shelf = await caches.open(SHELF);
  const kept = await shelf.match(request);
  if (kept) return kept;
  const fresh = await fetch(request);
  if (fresh.ok) await shelf.put(request, fresh.clone());
  return fresh;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (pathname.startsWith("/assets/") || pathname === "/icon.svg") event.respondWith(asset(request));
  else if (request.mode === "navigate" && !pathname.startsWith("/api/")) event.respondWith(page(request));
});
