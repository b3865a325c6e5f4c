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
  const clock = new Intl.DateTimeFormat("en-GB", {hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone: shown === "Z" ? "UTC" : undefined});
  let asOf = clock.format(new Date());
  const say = (words) => {
    const connection = document.getElementById("connection");
    if (connection.textContent !== words) {
      connection.textContent = words;
    }
  };
  // What could not be answered is asked again, also if nothing changes any more.
  const PAUSE_MILLISECONDS = 10000;
  let waiting = 0;
  const ask = () => document.body.dispatchEvent(new CustomEvent("changed"));
  const failed = (words) => {
    say(`${words}: shown as of ${asOf}.`);
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE_MILLISECONDS);
  };
  document.addEventListener("htmx:afterOnLoad", (event) => {
    if (event.detail.successful) {
      asOf = clock.format(new Date());
      clearTimeout(waiting);
      if (stream?.readyState === EventSource.OPEN) {
        say("Live.");
      }
    }
  });
  document.addEventListener("htmx:responseError", () => failed("The last question was not answered"));
  document.addEventListener("htmx:sendError", () => failed("Not connected"));
  let state = document.documentElement.dataset.state;
  let stream = null;
  const connect = () => {
    if (document.hidden) {
      stream?.close();
      stream = null;
    } else if (!stream) {
      stream = new EventSource("/live");
      stream.addEventListener("open", () => say("Live."));
      stream.addEventListener("error", () => {
        say(`Not connected: shown as of ${asOf}.`);
        if (stream?.readyState === EventSource.CLOSED) {
          // It was refused, as while too many are open, and a browser does not try again by itself then.
          stream = null;
          setTimeout(connect, 3000);
        }
      });
      stream.addEventListener("state", (message) => {
        if (message.data !== state) {
          state = message.data;
          ask();
        }
      });
    }
  };
  document.addEventListener("visibilitychange", connect);
  connect();
})();

// --- Rows, keys, the palette ---
(() => {
  "use strict";
  const one = (selector) => document.querySelector(selector);
  const rows = () => [...document.querySelectorAll("main tbody tr")].filter((row) => row.offsetParent !== null || row.getClientRects().length > 0);
  const key = (row) => row.dataset.key || row.querySelector("a[href]")?.getAttribute("href") || row.textContent;
  document.querySelectorAll(".keys").forEach((hint) => { hint.hidden = false; });

  const focusRow = (row) => {
    if (row) {
      row.tabIndex = -1;
      row.focus({preventScroll: true});
      row.scrollIntoView({block: "nearest"});
    }
  };
  const move = (step) => {
    const all = rows();
    const at = all.indexOf(document.activeElement.closest("main tbody tr"));
    focusRow(all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + step))]);
  };
  const openRow = (row) => {
    const target = row.querySelector("summary") && !row.querySelector("a[href]") ? row.querySelector("summary") : row.querySelector("a[href]");
    target?.click();
  };

  // What is shown anew keeps the row that has the focus, and what was unfolded.
  let kept = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const unfolded = new Set([...event.target.querySelectorAll("tr details[open]")].map((details) => key(details.closest("tr"))));
    const row = document.activeElement.closest("main tbody tr");
    kept = {unfolded, row: row && document.activeElement === row ? key(row) : null};
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (kept) {
      for (const row of rows()) {
        if (kept.unfolded.has(key(row))) {
          row.querySelectorAll("details").forEach((details) => { details.open = true; });
        }
        if (kept.row === key(row)) {
          focusRow(row);
        }
      }
      kept = null;
    }
  });

  const palette = one("#palette");
  const input = palette.querySelector("input");
  const found = () => [...palette.querySelectorAll("#results a")];
  let chosen = 0;
  const choose = (index) => {
    const all = found();
    chosen = all.length === 0 ? 0 : (index + all.length) % all.length;
    all.forEach((link, at) => {
      link.id = `found-${at}`;
      link.classList.toggle("chosen", at === chosen);
    });
    input.setAttribute("aria-activedescendant", all.length ? `found-${chosen}` : "");
    all[chosen]?.scrollIntoView({block: "nearest"});
  };
  let latest = 0;
  const find = async () => {
    const number = ++latest;
    try {
      const answer = await fetch(`/find?text=${encodeURIComponent(input.value)}`);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (number === latest) {
        // What was chosen stays chosen while more letters narrow the list down.
        const before = chosen > 0 ? found()[chosen]?.href : undefined;
        palette.querySelector("#results").replaceChildren(...(page.querySelector("#found") ?? page.querySelector("main")).childNodes);
        choose(Math.max(0, found().findIndex((link) => link.href === before)));
      }
    } catch (e) {
      if (number === latest) {
        palette.querySelector("#results").textContent = "tac8 cannot be asked just now.";
      }
    }
  };
  let typing = 0;
  input.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(find, 100);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
      event.preventDefault();
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      clearTimeout(typing);
      (typing ? find() : Promise.resolve()).then(() => found()[chosen]?.click());
    }
  });
  const openPalette = () => {
    if (!palette.open) {
      one("#help").close();
      palette.showModal();
      input.select();
      find();
    }
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.seek, a.keys");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      link.matches(".keys") ? one("#help").showModal() : openPalette();
    }
    if (event.target.matches("dialog")) {
      event.target.close();
    }
  });

  const views = {o: "/", t: "/tasks", w: "/workers", s: "/sessions", e: "/events", d: "/events?type=decision", c: "/calls", q: "/quarantine", a: "/archive", m: "/stores"};
  let going = 0;
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      palette.open ? palette.close() : openPalette();
      return;
    }
    const typed = event.target.closest?.("input, select, textarea, [contenteditable]");
    if (typed && event.key === "Escape" && !event.target.closest("dialog")) {
      typed.blur();
    }
    if (typed || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || one("dialog[open]")) {
      return;
    }
    const isGoing = Date.now() - going < 1500;
    going = 0;
    if (isGoing && views[event.key]) {
      event.preventDefault();
      location.assign(views[event.key]);
    } else if (event.key === "g") {
      going = Date.now();
    } else if (event.key === "j" || event.key === "k") {
      event.preventDefault();
      move(event.key === "j" ? 1 : -1);
    } else if (event.key === "Enter" && event.target.matches?.("main tbody tr")) {
      openRow(event.target);
    } else if (event.key === "/") {
      const filter = one(".filters input[type=text], .filters select");
      event.preventDefault();
      filter ? (filter.focus(), filter.select?.()) : openPalette();
    } else if (event.key === "?") {
      event.preventDefault();
      one("#help").showModal();
    } else if (event.key === "Escape") {
      document.activeElement.blur();
    }
  });
})();
