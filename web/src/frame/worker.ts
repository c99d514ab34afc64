// The service worker: the frame works without a network, and so do songs that were pinned.
//
// Pages are never kept (they are private and change); where there is no network, /offline is shown. What is kept:
// static files of this version, covers of pinned songs, and pinned songs themselves, answered with ranges.
export {};

const self = globalThis as unknown as ServiceWorkerGlobalScope;
const FRAME = "frame-1";
const SONGS = "songs-1";
const OFFLINE = "/offline";

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(FRAME);
      const answer = await fetch(OFFLINE, { credentials: "same-origin" });
      const text = await answer.clone().text();
      await cache.put(OFFLINE, answer);
      const named = [...text.matchAll(/(?:href|src)="(\/static\/[^"#]+)/g)].map((match) => match[1] ?? "");
      await cache.addAll([...new Set(named)]);
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name !== FRAME && name !== SONGS) await caches.delete(name);
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname, origin } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (pathname.startsWith("/static/")) event.respondWith(fromFrame(request));
  else if (pathname.startsWith("/stream/") || pathname.startsWith("/cover/")) event.respondWith(fromSongs(request));
  else if (request.mode === "navigate" || request.headers.get("HX-Request")) event.respondWith(orOffline(request));
});

async function fromFrame(request: Request): Promise<Response> {
  const cache = await caches.open(FRAME);
  const kept = await cache.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok && new URL(request.url).searchParams.has("v")) {
    for (const old of await cache.keys()) {
      if (new URL(old.url).pathname === new URL(request.url).pathname) await cache.delete(old);
    }
    await cache.put(request, answer.clone());
  }
  return answer;
}

async function orOffline(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(OFFLINE)) ?? Response.error();
  }
}

async function fromSongs(request: Request): Promise<Response> {
  const kept = await (await caches.open(SONGS)).match(new URL(request.url).pathname);
  if (!kept) return fetch(request);
  const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers.get("range") ?? "");
  if (!range) return kept;
  const whole = await kept.blob();
  const [from, to] = span(range[1] ?? "", range[2] ?? "", whole.size);
  if (from >= whole.size || from > to) {
    return new Response(null, { status: 416, headers: { "Content-Range": `bytes */${whole.size}` } });
  }
  return new Response(whole.slice(from, to + 1, whole.type), {
    status: 206,
    headers: {
      "Content-Type": kept.headers.get("Content-Type") ?? "application/octet-stream",
      "Content-Range": `bytes ${from}-${to}/${whole.size}`,
      "Content-Length": String(to - from + 1),
      "Accept-Ranges": "bytes",
    },
  });
}

/** First and last byte of a range; "-500" are the last 500. */
function span(first: string, last: string, size: number): [number, number] {
  if (first === "") return [Math.max(0, size - Number(last)), size - 1];
  return [Number(first), last === "" ? size - 1 : Math.min(Number(last), size - 1)];
}
