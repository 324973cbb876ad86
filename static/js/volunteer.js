/* The volunteer's phone page: its worker, the photo made smaller before it is queued, and the pages that are kept for later. */
(function () {
  "use strict";
  var doc = document, page = doc.querySelector("[data-worker]");
  if (page && "serviceWorker" in navigator) {
    var pages = page.getAttribute("data-keep").split(" ");
    navigator.serviceWorker.register(page.getAttribute("data-worker")).then(function () { return navigator.serviceWorker.ready; }).then(function () {
      if (navigator.serviceWorker.controller) return null;
      return new Promise(function (done) { navigator.serviceWorker.addEventListener("controllerchange", done); });
    }).then(function () {
      /* the first visit was loaded before the worker: ask for this page and its neighbours once more, so that they are kept */
      if (navigator.onLine === false) return null;
      return Promise.all(pages.map(function (url) { return fetch(url, { credentials: "same-origin", headers: { "X-Keep": "1" } }); }));
    }).then(function () { page.setAttribute("data-kept", "1"); }).catch(function () { /* no worker here, such as over plain HTTP: the page still works while connected */ });
  }
  var MOST = 1600;
  doc.addEventListener("change", function (event) {
    var input = event.target;
    if (!input.matches || !input.matches("input[type=file][data-shrink]") || !window.createImageBitmap || !window.DataTransfer) return;
    var files = Array.prototype.slice.call(input.files);
    Promise.all(files.map(smaller)).then(function (found) {
      var bag = new DataTransfer();
      found.forEach(function (f) { bag.items.add(f); });
      input.files = bag.files;
    }).catch(function () { /* sent as it is */ });
  });
  function smaller(file) {
    return createImageBitmap(file).then(function (image) {
      var part = Math.min(1, MOST / Math.max(image.width, image.height));
      if (part === 1 && file.size < 1500000) return file;
      var canvas = doc.createElement("canvas");
      canvas.width = Math.round(image.width * part); canvas.height = Math.round(image.height * part);
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      return new Promise(function (done) { canvas.toBlob(function (b) { done(new File([b], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" })); }, "image/jpeg", 0.85); });
    });
  }
  /* while a check-in waits to be sent, the check-out can be pressed already */
  doc.addEventListener("outbox", function (event) {
    event.detail.urls.forEach(function (url) {
      var form = doc.querySelector('form[data-outbox="' + url + '"]'), card = form && form.closest("article"), after = card && card.querySelector("[data-after-in]");
      if (after && form !== after) { after.hidden = false; form.hidden = true; }
    });
  });
  /* a queued report leaves an empty form behind */
  doc.addEventListener("queued", function (event) { if (event.target.hasAttribute("data-reset")) event.target.reset(); });
  /* the way on duty: only while checked in, only with consent, only while this page is open; what a phone slept through is a gap */
  var told = doc.querySelector("[data-record]");
  if (told && window.portalOutbox && navigator.geolocation) {
    var words = JSON.parse(doc.getElementById("outbox-words").textContent), kept = [], seen = 0, BATCH = 60, WAIT = 60000, START = 1600000000, last = -1;
    var keep = function () {
      if (!kept.length) return;
      var sent = kept.splice(0, 500);
      window.portalOutbox.queue(told.getAttribute("data-record"), words.way, { points: JSON.stringify(sent) }).catch(function () { kept = sent.concat(kept); });
    };
    navigator.geolocation.watchPosition(function (p) {
      var n = Math.floor(p.timestamp / 1000) - START; /* the moment is the number: a second is one position however often it comes */
      if (n === last || n < 0) return;
      last = n; seen += 1;
      kept.push({ n: n, at: new Date(p.timestamp).toISOString(), lon: +p.coords.longitude.toFixed(7), lat: +p.coords.latitude.toFixed(7), acc: p.coords.accuracy, speed: p.coords.speed });
      told.textContent = words.recording.replace("{n}", seen);
      if (kept.length >= BATCH) keep();
    }, function () { told.textContent = words.noPosition; }, { enableHighAccuracy: true, maximumAge: 5000 });
    setInterval(keep, WAIT);
    doc.addEventListener("visibilitychange", keep); window.addEventListener("pagehide", keep);
    doc.addEventListener("submit", keep, true);
  }
})();
