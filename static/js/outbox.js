/* What is done without a network is kept on the phone (IndexedDB) and sent once. Shared by the phone pages of all fields.
   <form data-outbox="API address" data-label="…" [data-position]> is queued instead of being posted; <div id="outbox" data-account="…">
   shows the queue; its texts lie in <script id="outbox-words">. Each entry has a UUID of its own, made here, by which the server takes it
   once however often it comes. Kept states are pending, failed and sent: nothing is ever kept as "being sent", and nothing is called sent
   before the server has answered that it has it. Tries have no limit. An entry belongs to the account that made it. */
(function () {
  "use strict";
  var doc = document, home = doc.getElementById("outbox");
  if (!home) return;
  var words = JSON.parse(doc.getElementById("outbox-words").textContent), account = home.getAttribute("data-account");
  var list = home.querySelector("[data-outbox-list]"), note = home.querySelector("[data-outbox-note]");
  var EVERY = 20000, KEEP_SENT = 24 * 3600 * 1000, running = false, now = {};
  var say = function (key, facts) {
    return Object.keys(facts || {}).reduce(function (t, k) { return t.replace("{" + k + "}", facts[k]); }, words[key] || key);
  };

  /* the store */
  var opened = new Promise(function (done, fail) {
    if (!window.indexedDB) return fail(new Error("no store"));
    var ask = indexedDB.open("portal-outbox", 1);
    ask.onupgradeneeded = function () { ask.result.createObjectStore("entries", { keyPath: "uid" }); };
    ask.onsuccess = function () { done(ask.result); };
    ask.onerror = function () { fail(ask.error); };
  });
  function store(mode, act) {
    return opened.then(function (db) {
      return new Promise(function (done, fail) {
        var way = db.transaction("entries", mode), ask = act(way.objectStore("entries"));
        way.oncomplete = function () { done(ask && ask.result); };
        way.onerror = way.onabort = function () { fail(way.error); };
      });
    });
  }
  var put = function (entry) { return store("readwrite", function (s) { return s.put(entry); }); };
  var drop = function (uid) { return store("readwrite", function (s) { return s.delete(uid); }); };
  var every = function () {
    return store("readonly", function (s) { return s.getAll(); }).then(function (found) {
      return found.filter(function (e) { return e.account === account; }).sort(function (a, b) { return a.made - b.made; });
    });
  };
  function uuid() {
    if (window.crypto && crypto.randomUUID) return crypto.randomUUID();
    var b = crypto.getRandomValues(new Uint8Array(16)), h;
    b[6] = (b[6] & 15) | 64; b[8] = (b[8] & 63) | 128;
    h = Array.prototype.map.call(b, function (x) { return ("0" + x.toString(16)).slice(-2); }).join("");
    return [h.slice(0, 8), h.slice(8, 12), h.slice(12, 16), h.slice(16, 20), h.slice(20)].join("-");
  }

  /* sending */
  function cookie(name) {
    var found = doc.cookie.match(new RegExp("(?:^|; )(?:__Host-)?" + name + "=([^;]*)"));
    return found ? decodeURIComponent(found[1]) : "";
  }
  function body(entry) {
    var form = new FormData();
    Object.keys(entry.fields).forEach(function (k) { form.append(k, entry.fields[k]); });
    (entry.files || []).forEach(function (f) { form.append(f.field, f.blob, f.name); });
    form.append("uid", entry.uid);
    return form;
  }
  function send(entry) {
    now[entry.uid] = true; show();
    return fetch(entry.url, {
      method: "POST", body: body(entry), credentials: "same-origin", redirect: "manual",
      headers: { "X-CSRFToken": cookie("csrftoken"), Accept: "application/json" }
    }).then(function (answer) {
      if (answer.ok) return answer.json().then(function (said) {
        if (String(said.uid) !== entry.uid) throw new Error("another answer");
        entry.state = "sent"; entry.error = ""; entry.code = said.code || ""; entry.sent = Date.now(); delete entry.files;
      });
      if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) return answer.text().then(function (text) {
        var code = ""; try { code = JSON.parse(text).code; } catch (e) { /* a page */ }
        if (code === "not-allowed") return refuse(entry, text);
        entry.error = say("signIn"); /* stays pending */
      });
      if (answer.status >= 400 && answer.status < 500 && answer.status !== 408 && answer.status !== 429)
        return answer.text().then(function (text) { refuse(entry, text); });
      entry.error = "";
    }).catch(function () { entry.error = ""; }).then(function () {
      entry.tries += 1; delete now[entry.uid];
      return put(entry).then(show);
    });
  }
  function refuse(entry, text) {
    var said = {}; try { said = JSON.parse(text); } catch (e) { /* no problem document */ }
    var fields = said.fields || said.errors || {}, first = Object.keys(fields)[0];
    entry.state = "failed"; entry.error = (first && [].concat(fields[first])[0]) || said.detail || said.title || "";
  }
  function flush() {
    if (running || navigator.onLine === false) return Promise.resolve(show());
    running = true;
    var rest = function (entries) {
      return entries.reduce(function (before, e) { return before.then(function () { return send(e); }); }, Promise.resolve());
    };
    var work = function () { return every().then(function (all) { return rest(all.filter(function (e) { return e.state === "pending"; })); }); };
    var guarded = navigator.locks ? navigator.locks.request("portal-outbox", { ifAvailable: true }, function (held) { return held ? work() : null; }) : work();
    return guarded.catch(function () { /* the store is gone */ }).then(function () { running = false; return show(); });
  }

  /* showing */
  function el(name, css, text) { var e = doc.createElement(name); if (css) e.className = css; if (text) e.textContent = text; return e; }
  function button(text, act) { var b = el("button", "btn btn-line btn-sm", text); b.type = "button"; b.addEventListener("click", act); return b; }
  function show() {
    return every().then(function (all) {
      var old = all.filter(function (e) { return e.state === "sent" && Date.now() - e.sent > KEEP_SENT; });
      old.forEach(function (e) { drop(e.uid); });
      var kept = all.filter(function (e) { return old.indexOf(e) < 0; }), waiting = kept.filter(function (e) { return e.state !== "sent"; }).length;
      list.textContent = "";
      kept.forEach(function (e) {
        var state = now[e.uid] ? "sending" : e.state, tone = { pending: "warn", sending: "info", failed: "danger", sent: "ok" }[state];
        var row = el("li", "ob-row"), left = el("div", "ob-what", e.label), acts = el("div", "ob-acts");
        row.setAttribute("data-state", state);
        left.appendChild(el("small", "", new Date(e.made).toLocaleString() + (e.code ? " · " + e.code : "") + (e.error ? " · " + e.error : "")));
        row.appendChild(left);
        acts.appendChild(el("span", "st st-" + tone, say(state)));
        if (state === "failed" || state === "pending") {
          acts.appendChild(button(say("retry"), function () { e.state = "pending"; put(e).then(flush); }));
          if (state === "failed") acts.appendChild(button(say("discard"), function () { if (window.confirm(say("discardSure"))) drop(e.uid).then(show); }));
        }
        row.appendChild(acts); list.appendChild(row);
      });
      home.hidden = !kept.length && navigator.onLine !== false;
      note.textContent = navigator.onLine === false ? say("offline") : waiting ? say("waiting", { n: waiting }) : "";
      doc.dispatchEvent(new CustomEvent("outbox", { detail: { waiting: waiting, urls: kept.filter(function (e) { return e.state === "pending"; }).map(function (e) { return e.url; }) } }));
    }).catch(function () { home.hidden = false; note.textContent = say("notKept"); });
  }

  /* taking forms in */
  function position() {
    return new Promise(function (done, fail) {
      if (!navigator.geolocation) return fail(new Error("no position"));
      navigator.geolocation.getCurrentPosition(done, fail, { enableHighAccuracy: true, timeout: 20000, maximumAge: 30000 });
    });
  }
  function ask(form) { var out = form.querySelector("[data-said]"); return function (key) { if (out) out.textContent = key ? say(key) : ""; }; }
  doc.addEventListener("submit", function (event) {
    var form = event.target, url = form.getAttribute && form.getAttribute("data-outbox");
    if (!url || !form.checkValidity()) return;
    event.preventDefault();
    if (form.getAttribute("data-busy")) return;
    form.setAttribute("data-busy", "1");
    var tell = ask(form), entry = { uid: uuid(), account: account, url: url, label: form.getAttribute("data-label"), made: Date.now(), state: "pending", tries: 0, error: "", fields: {}, files: [] };
    var gathered = new FormData(form);
    gathered.forEach(function (value, name) {
      if (name === "csrfmiddlewaretoken" || name === "next" || name === "uid") return;
      if (value instanceof File) { if (value.size) entry.files.push({ field: name, name: value.name, blob: value }); }
      else if (value !== "") entry.fields[name] = value;
    });
    entry.fields[form.getAttribute("data-moment") || "at"] = new Date().toISOString();
    var located = Promise.resolve();
    if (form.hasAttribute("data-position")) {
      tell("position");
      located = position().then(function (p) { entry.fields.lon = p.coords.longitude.toFixed(7); entry.fields.lat = p.coords.latitude.toFixed(7); });
    }
    located.then(function () {
      return put(entry).then(function () { tell("kept"); form.dispatchEvent(new CustomEvent("queued", { bubbles: true })); return flush(); },
        function () { tell("notKept"); });
    }, function () { tell("noPosition"); }).then(function () { form.removeAttribute("data-busy"); });
  });
  /* what a page queues by itself, such as positions: resolves when it is kept on the phone */
  function queue(url, label, fields) {
    return put({ uid: uuid(), account: account, url: url, label: label, made: Date.now(), state: "pending", tries: 0, error: "", fields: fields, files: [] }).then(flush);
  }
  window.portalOutbox = { flush: flush, show: show, queue: queue };
  window.addEventListener("online", flush); window.addEventListener("offline", show);
  doc.addEventListener("visibilitychange", function () { if (!doc.hidden) flush(); });
  setInterval(flush, EVERY);
  flush();
})();
