/* Maps without a tile server: the county and its neighbours as ground, markers in four shapes, and a picker.
   <div data-map="ID of a JSON block" data-base="/map/base.geojson" [data-pick-lon data-pick-lat] [data-tianditu=KEY]>. WGS-84. */
(function () {
  "use strict";
  if (!window.L) return;
  var L = window.L, say = function (k, f) { return portalSay(k, f); };
  function portalSay(key, facts) {
    var words = JSON.parse((document.getElementById("words") || { textContent: "{}" }).textContent), text = words[key] || "";
    Object.keys(facts || {}).forEach(function (k) { text = text.replace("{" + k + "}", facts[k]); });
    return text;
  }
  var shapes = {
    river: [["circle", { class: "m-river-p", cx: 12, cy: 12, r: 8 }]],
    reservoir: [["rect", { class: "m-reservoir-p", x: 4, y: 4, width: 16, height: 16, rx: 2 }]],
    forest: [["polygon", { class: "m-forest-p", points: "12,2.5 22,20.5 2,20.5" }]],
    event: [["path", { class: "m-event-p", d: "M12 1 23 12 12 23 1 12z" }], ["path", { class: "mark", d: "M12 7v6M12 16v.6" }]],
    point: [["path", { class: "m-river-p", d: "M12 23C6 15 4 12.500 4 9a8 8 0 0 1 16 0c0 3.500-2 6-8 14z" }], ["circle", { class: "m-hole", cx: 12, cy: 9, r: 3 }]]
  };
  function draw(kind, into) {
    var ns = "http://www.w3.org/2000/svg", svg = into || document.createElementNS(ns, "svg");
    svg.setAttribute("viewBox", "0 0 24 24"); svg.setAttribute("aria-hidden", "true");
    (shapes[kind] || shapes.point).forEach(function (s) {
      var n = document.createElementNS(ns, s[0]);
      Object.keys(s[1]).forEach(function (a) { n.setAttribute(a, s[1][a]); });
      svg.appendChild(n);
    });
    return svg;
  }
  Array.prototype.forEach.call(document.querySelectorAll("[data-shape]"), function (s) { if (!s.childNodes.length) draw(s.getAttribute("data-shape"), s); });
  function pin(kind, size) {
    return L.divIcon({ className: "m-pin" + (kind === "event" ? " m-pin-e" : ""), html: draw(kind).outerHTML, iconSize: [size, size], iconAnchor: kind === "point" ? [size / 2, size] : [size / 2, size / 2] });
  }
  function cluster(c) {
    var n = c.getChildCount(), s = n < 10 ? 30 : n < 30 ? 36 : 42, said = document.createElement("span");
    said.className = "visually-hidden"; said.textContent = say("cluster", { n: n });
    return L.divIcon({ html: '<span aria-hidden="true">' + n + "</span>" + said.outerHTML, className: "m-cl" + (n >= 30 ? " m-cl-l" : ""), iconSize: [s, s] });
  }
  /* a cluster sits at an average point: push it off pins and other clusters (target size) */
  function part(el) {
    var A = Array.prototype.map.call(el.querySelectorAll(".m-cl"), function (e) {
      e.style.marginLeft = -e.offsetWidth / 2 + "px"; e.style.marginTop = -e.offsetHeight / 2 + "px";
      var r = e.getBoundingClientRect();
      return { e: e, x: (r.left + r.right) / 2, y: (r.top + r.bottom) / 2, r: r.width / 2, dx: 0, dy: 0 };
    });
    var E = Array.prototype.map.call(el.querySelectorAll(".m-pin"), function (e) {
      var r = e.getBoundingClientRect(); return { x: (r.left + r.right) / 2, y: (r.top + r.bottom) / 2, r: 14, dx: 0, dy: 0 };
    });
    for (var k = 0; k < 8; k++) A.forEach(function (a) {
      A.concat(E).forEach(function (b) {
        if (a === b) return;
        var vx = a.x + a.dx - b.x - b.dx, vy = a.y + a.dy - b.y - b.dy, d = Math.sqrt(vx * vx + vy * vy) || 1, m = a.r + b.r + 2 - d;
        if (m > 0) { a.dx += vx / d * m; a.dy += vy / d * m; }
      });
    });
    A.forEach(function (a) { a.e.style.marginLeft = -a.r + a.dx + "px"; a.e.style.marginTop = -a.r + a.dy + "px"; });
  }
  /* keep place names readable: move, or hide, a name that a marker covers */
  function tidy(map, el, names) {
    part(el);
    var pins = Array.prototype.map.call(el.querySelectorAll(".m-cl,.m-pin"), function (e) { return e.getBoundingClientRect(); });
    names.forEach(function (m) {
      var e = m.getElement(), ok = false;
      if (!e) return;
      var w = e.textContent.length * 12 + 4;
      [[0, 0], [0, -22], [0, 22], [38, 0], [-38, 0], [30, -20], [-30, 20]].some(function (o) {
        e.style.marginLeft = -30 + o[0] + "px"; e.style.marginTop = -9 + o[1] + "px";
        var r = e.getBoundingClientRect(), cx = (r.left + r.right) / 2, l = cx - w / 2, rr = cx + w / 2;
        ok = !pins.some(function (q) { return q.left < rr && q.right > l && q.top < r.bottom - 2 && q.bottom > r.top + 2; });
        return ok;
      });
      e.classList.toggle("m-lab-off", !ok);
      if (ok) pins.push(e.getBoundingClientRect());
    });
  }
  /* where to write a neighbour's name: among points of a grid over the view, the one in its area next to their middle */
  function seen(feature, view) {
    var g = feature.geometry, shells = (g.type === "Polygon" ? [g.coordinates] : g.coordinates).map(function (p) { return p[0]; });
    var west = view.getWest(), south = view.getSouth(), dx = (view.getEast() - west) / 30, dy = (view.getNorth() - south) / 22, hits = [];
    for (var i = 2; i < 29; i++) for (var j = 1; j < 22; j++) {
      var p = [west + i * dx, south + j * dy];
      if (shells.some(function (s) { return inside(p, s); })) hits.push(p);
    }
    if (hits.length < 4) return null;
    var mean = [0, 1].map(function (k) { return hits.reduce(function (t, p) { return t + p[k]; }, 0) / hits.length; });
    var far = function (p) { return Math.pow(p[0] - mean[0], 2) + Math.pow(p[1] - mean[1], 2); };
    return hits.sort(function (p, q) { return far(p) - far(q); })[0];
  }
  function inside(p, ring) {
    for (var i = 0, j = ring.length - 1, odd = false; i < ring.length; j = i++) {
      var a = ring[i], b = ring[j];
      if ((a[1] > p[1]) !== (b[1] > p[1]) && p[0] < (b[0] - a[0]) * (p[1] - a[1]) / (b[1] - a[1]) + a[0]) odd = !odd;
    }
    return odd;
  }
  function popup(m, url) {
    var box = document.createElement("div"), head = document.createElement(url ? "a" : "b");
    head.textContent = m.label; if (url) head.href = url;
    box.appendChild(head);
    if (m.note) { box.appendChild(document.createElement("br")); var s = document.createElement("span"); s.textContent = m.note; box.appendChild(s); }
    return box;
  }
  function build(el, base) {
    var block = el.getAttribute("data-map"), data = block ? JSON.parse(document.getElementById(block).textContent) : { markers: [] };
    var picks = el.getAttribute("data-pick-lon"), small = el.classList.contains("map-sm");
    var map = L.map(el, { zoomControl: false, attributionControl: false, scrollWheelZoom: false, minZoom: 8, maxZoom: 17, zoomSnap: 0.25, fadeAnimation: false, zoomAnimation: false });
    var of = function (kind) { return { type: "FeatureCollection", features: base.features.filter(function (f) { return f.properties.kind === kind; }) }; };
    var bounds = L.geoJSON(of("county")).getBounds();
    if (!bounds.isValid()) bounds = L.latLngBounds([30.38, 119.23], [30.88, 119.88]);
    L.control.attribution({ prefix: false }).addTo(map).addAttribution(say("base"));
    L.control.zoom({ position: "bottomright", zoomInTitle: say("zoomIn"), zoomOutTitle: say("zoomOut") }).addTo(map);
    map.fitBounds(bounds, { padding: [4, 4] });
    var key = el.getAttribute("data-tianditu");
    if (key) ["vec", "cva"].forEach(function (layer) {
      L.tileLayer("https://t{s}.tianditu.gov.cn/" + layer + "_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=" + layer + "&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=" + key, { subdomains: "01234567", maxZoom: 17 }).addTo(map);
    });
    else L.geoJSON(of("neighbour"), { style: { className: "m-nb" }, interactive: false }).addTo(map);
    L.geoJSON(of("county"), { style: { className: key ? "m-line" : "m-county" }, interactive: false }).addTo(map);
    if (!key) L.geoJSON(of("township"), { style: { className: "m-town" }, interactive: false }).addTo(map);
    if (data.areas) L.geoJSON(data.areas, { style: function (f) { return { className: "m-area m-area-" + (f.properties.tone || "info") }; }, onEachFeature: function (f, l) { if (f.properties.label) l.bindPopup(popup(f.properties, f.properties.url)); } }).addTo(map);
    var names = [], name = function (p, css) {
      var icon = document.createElement("span"); icon.textContent = p.name;
      var m = L.marker([p.lat, p.lon], { interactive: false, keyboard: false, icon: L.divIcon({ className: "m-lab " + css, html: icon.outerHTML, iconSize: [60, 18] }) }).addTo(map);
      if (!css) names.push(m);
    };
    of("township").features.forEach(function (f) {
      var seat = f.properties.seat;
      if (seat) name({ name: f.properties.name.replace(/(街道|镇|乡)$/, ""), lon: seat[0], lat: seat[1] }, "");
    });
    if (!small && !key) of("neighbour").features.forEach(function (f) {
      var at = seen(f, map.getBounds());
      if (at) name({ name: f.properties.name, lon: at[0], lat: at[1] }, "m-lab-nb");
    });
    var groups = {};
    if (data.markers.length) {
      var all = L.markerClusterGroup ? L.markerClusterGroup({ showCoverageOnHover: false, maxClusterRadius: 44, animate: false, iconCreateFunction: cluster }) : L.layerGroup();
      var top = L.layerGroup().addTo(map);
      data.markers.forEach(function (m) {
        var kind = m.kind || "point", layer = L.marker([m.lat, m.lon], { icon: pin(kind, kind === "event" || kind === "point" ? 28 : 24), title: m.label, alt: m.label, keyboard: !small || data.markers.length > 1, interactive: !small || data.markers.length > 1, zIndexOffset: kind === "event" ? 1000 : 0 });
        if (!small || data.markers.length > 1) layer.bindPopup(popup(m, m.url));
        var home = kind === "event" ? top : all, k = m.layer || kind;
        (groups[k] = groups[k] || []).push([home, layer]); home.addLayer(layer);
      });
      map.addLayer(all);
      if (small || data.fit) map.setView([data.markers[0].lat, data.markers[0].lon], data.zoom || (small ? 10.5 : 12));
    }
    Array.prototype.forEach.call(document.querySelectorAll('[data-of="' + el.id + '"][data-layer]'), function (box) {
      box.addEventListener("change", function () {
        (groups[box.getAttribute("data-layer")] || []).forEach(function (g) { if (box.checked) g[0].addLayer(g[1]); else g[0].removeLayer(g[1]); });
      });
    });
    if (picks) picker(el, map);
    var wait, later = function () { clearTimeout(wait); wait = setTimeout(function () { tidy(map, el, names); }, 30); };
    map.on("zoomend moveend layeradd layerremove", later); setTimeout(later, 0);
  }
  function picker(el, map) {
    var lon = document.getElementById(el.getAttribute("data-pick-lon")), lat = document.getElementById(el.getAttribute("data-pick-lat"));
    var mark = null, of = function (a) { return document.querySelector("[" + a + '="' + el.id + '"]'); }, out = of("data-pick-said"), none = of("data-unpick"), here = of("data-locate");
    function set(p, quiet) {
      if (mark) mark.setLatLng(p);
      else { mark = L.marker(p, { icon: pin("point", 34), draggable: true, keyboard: true }).addTo(map); mark.on("dragend", function () { set(mark.getLatLng()); }); }
      lon.value = p.lng.toFixed(6); lat.value = p.lat.toFixed(6);
      out.textContent = say("picked", { lon: p.lng.toFixed(4), lat: p.lat.toFixed(4) }); none.hidden = false;
      if (!quiet) [lon, lat].forEach(function (i) { i.dispatchEvent(new Event("change", { bubbles: true })); });
    }
    map.on("click", function (e) { set(e.latlng); });
    none.addEventListener("click", function () { if (mark) map.removeLayer(mark); mark = null; lon.value = lat.value = ""; out.textContent = say("unpicked"); none.hidden = true; });
    if (navigator.geolocation && window.isSecureContext) {
      here.hidden = false;
      here.addEventListener("click", function () {
        navigator.geolocation.getCurrentPosition(function (p) { var at = L.latLng(p.coords.latitude, p.coords.longitude); set(at); map.setView(at, 15); }, function () { out.textContent = say("noPosition"); }, { enableHighAccuracy: true, timeout: 10000 });
      });
    }
    if (lon.value && lat.value) { var at = L.latLng(+lat.value, +lon.value); set(at, true); map.setView(at, 13); }
  }
  function start() {
    Array.prototype.forEach.call(document.querySelectorAll("[data-map]"), function (el) {
      if (el.getAttribute("data-ready")) return;
      el.setAttribute("data-ready", "1");
      fetch(el.getAttribute("data-base"), { credentials: "same-origin" }).then(function (r) { if (!r.ok) throw new Error(r.status); return r.json(); })
        .then(function (base) { build(el, base); }, function () { el.textContent = say("failed"); el.classList.add("map-failed"); });
    });
  }
  document.addEventListener("contentchange", start); start();
})();
