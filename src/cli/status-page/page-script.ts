/**
 * What runs in the page: it puts what the server rendered into its place, and turns moments into how long ago they were. It knows nothing
 * of what it shows; without it the page is complete, and stays as it was loaded.
 */
export const pageScript = `"use strict";
(() => {
  const element = (id) => document.getElementById(id);
  const live = element("live");
  const pause = element("pause");
  let stream;
  let ahead = 0;

  const ago = (milliseconds) => {
    const seconds = Math.max(0, Math.round(milliseconds / 1000));
    const minutes = Math.floor(seconds / 60);
    if (minutes === 0) return seconds + "s";
    const hours = Math.floor(minutes / 60);
    if (hours === 0) return minutes + "m " + (seconds % 60) + "s";
    if (hours < 48) return hours + "h " + (minutes % 60) + "m";
    return Math.floor(hours / 24) + "d " + (hours % 24) + "h";
  };

  const tick = () => {
    for (const time of document.querySelectorAll("time[data-since]")) {
      if (!time.title) time.title = time.dateTime;
      const text = ago(Date.now() + ahead - Number(time.dataset.since)) + (time.closest(".devices") ? "" : " ago");
      if (time.textContent !== text) time.textContent = text;
    }
  };

  const fill = (id, text) => {
    const target = element(id);
    if (target) target.innerHTML = text;
  };

  const rowOf = (text) => {
    const body = document.createElement("tbody");
    body.innerHTML = text;
    return body.firstElementChild;
  };

  const arrange = (order, changed) => {
    const body = element("device-rows");
    const present = new Map([...body.children].map((row) => [row.dataset.key, row]));
    let place = body.firstElementChild;
    for (const key of order) {
      const old = present.get(key);
      present.delete(key);
      const row = key in changed ? rowOf(changed[key]) : old;
      if (!row) continue;
      if (old === place && place) place = place.nextElementSibling;
      if (row === old) {
        if (row.nextElementSibling !== place) body.insertBefore(row, place);
      } else {
        if (old) old.remove();
        body.insertBefore(row, place);
      }
    }
    for (const row of present.values()) row.remove();
  };

  const say = (text) => {
    if (live.textContent !== text) live.textContent = text;
  };

  const connect = () => {
    stream = new EventSource("/events" + location.search);
    stream.addEventListener("update", (event) => {
      const update = JSON.parse(event.data);
      ahead = update.nowMs - Date.now();
      for (const [id, text] of Object.entries(update.parts)) fill(id, text);
      if (update.order) arrange(update.order, update.rows);
      say("Live");
      tick();
    });
    stream.addEventListener("error", () => say(stream.readyState === 2 ? "Not live: reload" : "Connecting…"));
  };

  pause.hidden = false;
  pause.addEventListener("click", () => {
    if (stream) {
      stream.close();
      stream = undefined;
      pause.textContent = "Go on";
      say("Paused");
      return;
    }
    pause.textContent = "Pause";
    connect();
  });
  say("Connecting…");
  connect();
  tick();
  setInterval(tick, 1000);
})();
`;
