/* Service worker of the pages that a phone keeps. Loaded by a small script of each field, which sets PORTAL_OFFLINE (anji_police/offline.py).
   Files of the page come from the store first; pages come from the network first, and from the store when there is none. Only answers that
   the server marked are kept, never a redirect and never another method than GET. */
/* global self, caches, PORTAL_OFFLINE */
"use strict";
var facts = self.PORTAL_OFFLINE, FILES = "portal-files-" + facts.version, PAGES = "portal-page-" + facts.scope;
var MOST = facts.days * 24 * 3600 * 1000;

self.addEventListener("install", function (event) {
  event.waitUntil(caches.open(FILES).then(function (store) { return store.addAll(facts.assets); }).then(function () { return self.skipWaiting(); }));
});
self.addEventListener("activate", function (event) {
  event.waitUntil(caches.keys().then(function (names) {
    return Promise.all(names.filter(function (n) { return n.indexOf("portal-files-") === 0 && n !== FILES; }).map(function (n) { return caches.delete(n); }));
  }).then(function () { return self.clients.claim(); }));
});

function keep(request, answer) {
  if (answer.status !== 200 || answer.redirected || answer.headers.get(facts.header) !== "1") return answer;
  var copy = answer.clone(), heads = new Headers(copy.headers);
  heads.set("X-Kept-At", String(Date.now()));
  return copy.blob().then(function (body) {
    return caches.open(PAGES).then(function (store) {
      return store.put(request.url, new Response(body, { status: 200, headers: heads }));
    });
  }).then(function () { return answer; }, function () { return answer; });
}
function bare() {
  var text = facts.words.replace(/[<>&]/g, "");
  return new Response("<!doctype html><meta charset=utf-8><meta name=viewport content='width=device-width'><title>" + text + "</title><p>" + text + "</p>",
    { status: 503, headers: { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": "default-src 'none'" } });
}
function page(request) {
  return fetch(request).then(function (answer) { return keep(request, answer); }, function () {
    return caches.open(PAGES).then(function (store) { return store.match(request.url); }).then(function (kept) {
      return kept && Date.now() - Number(kept.headers.get("X-Kept-At")) < MOST ? kept : bare();
    });
  });
}
self.addEventListener("fetch", function (event) {
  var request = event.request, where = new URL(request.url);
  if (request.method !== "GET" || where.origin !== self.location.origin) return;
  var wanted = request.mode === "navigate" || request.headers.get("X-Keep") === "1";
  if (wanted && where.pathname.indexOf(facts.scope) === 0) event.respondWith(page(request));
  else if (facts.assets.indexOf(where.pathname) >= 0) event.respondWith(caches.match(request).then(function (kept) { return kept || fetch(request); }));
});
