// The waves as they go on: the server sends the list anew when it has changed, and a browser asks
// again by itself when a stream ends. Without this script one loads the page anew.
"use strict";
addEventListener("DOMContentLoaded", () => {
  const MINUTE = 60000;
  const list = document.querySelector("[data-events]");
  const said = document.getElementById("said");
  const button = document.getElementById("pause");
  let source = null, shown = "", told = Date.now(), paused = false;

  const stop = () => {
    if (source) source.close();
    source = null;
  };
  const begin = () => {
    stop();
    source = new EventSource(list.dataset.events);
    source.addEventListener("waves", (event) => {
      const now = JSON.parse(event.data);
      if (now.html !== shown) list.innerHTML = shown = now.html;
      // who hears the page is told once a minute at most
      if (Date.now() - told > MINUTE) {
        said.textContent = now.said;
        told = Date.now();
      }
    });
    source.addEventListener("error", () => {
      // the session has ended, or the page is older than what answers it
      if (source && source.readyState === EventSource.CLOSED) {
        stop();
        button.hidden = true;
        said.textContent = said.dataset.ended;
      }
    });
  };
  button.addEventListener("click", () => {
    paused = !paused;
    [button.textContent, button.dataset.other] = [button.dataset.other, button.textContent];
    if (paused) stop();
    else begin();
  });
  // nobody looks at a page in the background
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) stop();
    else if (!paused && !button.hidden) begin();
  });
  button.hidden = false;
  begin();
});
