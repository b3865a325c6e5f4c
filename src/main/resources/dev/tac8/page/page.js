// What HTML alone cannot do. The page can be read without any of it.
(() => {
  "use strict";
  // Days and times are the reader's. The server makes them, so it is told once, by a cookie.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const shown = document.documentElement.dataset.zone;
  if (zone && !new URLSearchParams(location.search).has("zone") && shown !== zone && !document.cookie.includes(`tac8-zone=${zone}`)) {
    document.cookie = `tac8-zone=${zone}; path=/; max-age=31536000; SameSite=Strict`;
    if (document.cookie.includes(`tac8-zone=${zone}`)) {
      location.reload();
    }
  }

  // What is shown is asked for again when the server says that it is out of date, and only while somebody sees it: all tabs of a browser share six
  // connections to one address.
  let state = document.documentElement.dataset.state;
  let stream = null;
  const connect = () => {
    if (document.hidden) {
      stream?.close();
      stream = null;
    } else if (!stream) {
      stream = new EventSource("/live");
      stream.addEventListener("state", (message) => {
        if (message.data !== state) {
          state = message.data;
          document.body.dispatchEvent(new CustomEvent("changed"));
        }
      });
    }
  };
  document.addEventListener("visibilitychange", connect);
  connect();
})();
