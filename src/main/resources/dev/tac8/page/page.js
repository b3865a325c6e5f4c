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
})();
