/* Page behaviours. Every page works without this file; it adds shortcuts, live counts and comfort. */
(function () {
  "use strict";
  var doc = document, root = doc.documentElement;
  var $ = function (s, c) { return (c || doc).querySelector(s); };
  var $$ = function (s, c) { return Array.prototype.slice.call((c || doc).querySelectorAll(s)); };
  var words = JSON.parse(($("#words") || { textContent: "{}" }).textContent);
  var say = function (key, facts) {
    return Object.keys(facts || {}).reduce(function (t, k) { return t.replace("{" + k + "}", facts[k]); }, words[key] || "");
  };
  var keep = function (key, value) { try { localStorage.setItem(key, value); } catch (e) { /* private window */ } };
  var kept = function (key) { try { return localStorage.getItem(key); } catch (e) { return null; } };
  var announce = function (text) { var live = $("#live"); if (live) live.textContent = text; };
  window.portal = { say: say, announce: announce };

  /* theme, text size, print */
  doc.addEventListener("click", function (e) {
    var b = e.target.closest && e.target.closest("[data-act]");
    if (!b) return;
    var act = b.getAttribute("data-act");
    if (act === "theme") {
      var next = root.getAttribute("data-bs-theme") === "dark" ? "light" : "dark";
      root.setAttribute("data-bs-theme", next); keep("theme", next);
      doc.dispatchEvent(new CustomEvent("themechange"));
    } else if (act === "text") {
      if (root.getAttribute("data-text") === "lg") root.removeAttribute("data-text"); else root.setAttribute("data-text", "lg");
      keep("text", root.getAttribute("data-text") || ""); pressed();
    } else if (act === "print") window.print();
    else if (act === "more-filters") {
      var open = b.closest(".filters").classList.toggle("open"); b.setAttribute("aria-expanded", open);
    } else if (act === "copy") {
      var from = $(b.getAttribute("data-copy"));
      if (from && navigator.clipboard) navigator.clipboard.writeText(from.textContent.trim()).then(function () { announce(say("copied")); });
    } else if (act === "stay") { stay(); }
  });
  function pressed() { $$("[data-act=text]").forEach(function (b) { b.setAttribute("aria-pressed", root.getAttribute("data-text") === "lg"); }); }
  pressed();

  /* error summary: focus on load, its links move the focus to the field */
  function errors(c) {
    var box = $(".errsum", c);
    if (!box) return;
    box.focus({ preventScroll: c !== doc });
    box.addEventListener("click", function (e) {
      var a = e.target.closest("a"), f = a && doc.getElementById(a.getAttribute("href").slice(1));
      if (f) { e.preventDefault(); f.scrollIntoView({ block: "center" }); f.focus(); }
    });
  }

  /* character count */
  function counts(c) {
    $$("[data-count]", c).forEach(function (t) {
      var out = doc.getElementById(t.getAttribute("data-count")), max = +t.getAttribute("maxlength");
      if (!out || !max) return;
      var up = function () { out.textContent = say("typed", { n: t.value.length, left: max - t.value.length }); };
      t.addEventListener("input", up); up();
    });
  }

  /* chosen files by name */
  function files(c) {
    $$("input[type=file][data-names]", c).forEach(function (input) {
      var out = doc.getElementById(input.getAttribute("data-names"));
      input.addEventListener("change", function () {
        out.textContent = Array.prototype.map.call(input.files, function (f) { return f.name; }).join("、");
      });
    });
  }

  /* rows: selection, bulk bar, moving by key */
  var cur = -1;
  var rows = function () { return $$("table[data-rows] tbody tr"); };
  var box = function (r) { return $("input[type=checkbox][name=pk]", r); };
  function selection(tell) {
    var all = $("[data-all]"), bar = $("#bulk"), n = 0, list = rows();
    if (!all || !bar) return;
    list.forEach(function (r) { var k = box(r); if (k) { r.classList.toggle("sel", k.checked); if (k.checked) n++; } });
    var every = $("#bulk-form [name=all]"), total = every && every.value;
    if (n < list.length && total) { every.value = ""; total = ""; }
    bar.hidden = !n;
    var text = total ? say("allSelected", { n: bar.getAttribute("data-total") }) : say("selected", { n: n });
    $("[data-bulk-said]", bar).textContent = text;
    all.checked = n > 0 && n === list.length; all.indeterminate = n > 0 && n < list.length;
    if (tell) announce(text);
  }
  doc.addEventListener("change", function (e) {
    if (e.target.matches("[data-all]")) rows().forEach(function (r) { var k = box(r); if (k) k.checked = e.target.checked; });
    if (e.target.matches("[data-all],table[data-rows] input[name=pk]")) selection(true);
  });
  doc.addEventListener("click", function (e) {
    var b = e.target.closest && e.target.closest("[data-act=clear],[data-act=pick-all]");
    if (!b) return;
    var clear = b.getAttribute("data-act") === "clear";
    rows().forEach(function (r) { var k = box(r); if (k) k.checked = !clear; });
    $("#bulk-form [name=all]").value = clear ? "" : "1";
    if (!clear) $("#bulk").setAttribute("data-total", b.getAttribute("data-total"));
    selection(true);
    if (clear) $("[data-all]").focus();
  });
  function go(i) {
    var list = rows();
    if (i < 0 || i >= list.length) return;
    if (list[cur]) list[cur].classList.remove("cur");
    cur = i; list[cur].classList.add("cur"); list[cur].scrollIntoView({ block: "nearest" });
    var a = $("a", list[cur]); if (a) a.focus({ preventScroll: true });
  }

  /* single keys: can be switched off (WCAG 2.1.4), never while typing. A page adds its own with data-key on a link or button. */
  var off = kept("keys") === "off";
  doc.addEventListener("keydown", function (e) {
    if (e.key === "Escape") { var d = $("details.reveal[open]"); if (d) { d.open = false; $("summary", d).focus(); } return; }
    if (off || e.ctrlKey || e.metaKey || e.altKey || e.target.isContentEditable) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName) && e.target.type !== "checkbox") return;
    if ($(".modal.show")) return;
    var k = e.key, list = rows(), own = /^[a-z]$/.test(k) && $('[data-key="' + k + '"]');
    if (k === "/") { var s = $("#q"); if (s) { e.preventDefault(); s.focus(); } }
    else if (k === "?") { var m = $("#keys"); if (m && window.bootstrap) window.bootstrap.Modal.getOrCreateInstance(m).show(); }
    else if (own) { e.preventDefault(); if (/^(INPUT|TEXTAREA|SELECT)$/.test(own.tagName)) own.focus(); else own.click(); }
    else if (k === "j") go(cur + 1);
    else if (k === "k") go(cur - 1);
    else if (k === "x" && list[cur]) { var c = box(list[cur]); if (c) { c.checked = !c.checked; selection(true); } }
    else if (k === "o" && list[cur]) { var a = $("a", list[cur]); if (a) location.href = a.href; }
  });
  var ko = $("#keys-off");
  if (ko) { ko.checked = off; ko.addEventListener("change", function () { off = ko.checked; keep("keys", off ? "off" : "on"); }); }

  /* idle end: a warning one minute before, and what was typed is kept in this window */
  var idle = +(doc.body.getAttribute("data-idle") || 0), last = Date.now(), bar = $("#idle");
  function stay() {
    fetch(location.href, { method: "HEAD", credentials: "same-origin" }).then(function () { last = Date.now(); bar.hidden = true; });
  }
  if (idle && bar) setInterval(function () {
    var left = Math.round(idle - (Date.now() - last) / 1000);
    if (left > 60) return;
    if (left <= 0) { bar.hidden = true; return; }
    $("p", bar).textContent = say("idle", { n: left });
    if (bar.hidden) { bar.hidden = false; announce(say("idle", { n: left })); }
  }, 1000);

  /* what was typed in a form with data-draft survives a reload, a sign-out and a lost connection */
  function drafts(c) {
    $$("form[data-draft]", c).forEach(function (f) {
      var key = "draft:" + f.getAttribute("data-draft"), old = {};
      try { old = JSON.parse(sessionStorage.getItem(key) || "{}"); } catch (e) { /* none */ }
      $$("textarea,input[type=text]", f).forEach(function (t) {
        if (old[t.name] && !t.value) { t.value = old[t.name]; t.dispatchEvent(new Event("input")); }
      });
      f.addEventListener("input", function () {
        var now = {};
        $$("textarea,input[type=text]", f).forEach(function (t) { if (t.value) now[t.name] = t.value; });
        try { sessionStorage.setItem(key, JSON.stringify(now)); } catch (e) { /* full */ }
      });
      f.addEventListener("submit", function () { try { sessionStorage.removeItem(key); } catch (e) { /* none */ } });
    });
  }

  /* a chosen text goes into a field */
  doc.addEventListener("change", function (e) {
    var to = e.target.getAttribute && e.target.getAttribute("data-fill"), field = to && $(to);
    if (field && e.target.value) { field.value = e.target.value; field.dispatchEvent(new Event("input", { bubbles: true })); field.focus(); }
  });

  /* a form is sent once, however often the button is tapped */
  doc.addEventListener("submit", function (e) {
    var f = e.target;
    if (f.method !== "post" || e.defaultPrevented) return;
    if (f.getAttribute("data-sent")) { e.preventDefault(); return; }
    f.setAttribute("data-sent", "1"); setTimeout(function () { f.removeAttribute("data-sent"); }, 8000);
  });

  /* pages that a phone keeps (offline-worker.js) leave it with their person */
  doc.addEventListener("submit", function (e) {
    if (!window.caches || !/\/logout\/$/.test(e.target.getAttribute("action") || "")) return;
    caches.keys().then(function (names) { names.forEach(function (n) { if (n.indexOf("portal-page-") === 0) caches.delete(n); }); });
  });

  /* htmx: errors stay in their region, new content gets the same behaviours */
  doc.body.addEventListener("htmx:sendError", function () { announce(say("offline")); });
  doc.body.addEventListener("htmx:responseError", function (e) {
    if (e.detail.xhr.status >= 500) announce(say("failed"));
  });
  doc.body.addEventListener("htmx:afterSwap", function (e) { cur = -1; start(e.detail.target); selection(false); });
  function start(c) { errors(c); counts(c); files(c); drafts(c); doc.dispatchEvent(new CustomEvent("contentchange", { detail: c })); }
  start(doc); selection(false);
})();
