/* Sorting, filtering, light and dark, live charts: all of it beside a page that is whole without script. */
(() => {
  "use strict";
  const root = document.documentElement;
  const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));
  const SHOWN = 12;

  /* Tables: the first rows, and a button for the rest. */
  const shorten = (table) => {
    const rows = all("tbody tr", table);
    const words = (document.getElementById("filter").value || "").trim().toLowerCase().split(/\s+/).filter(Boolean);
    const whole = table.dataset.whole === "1";
    let hits = 0;
    rows.forEach((row) => {
      const text = row.textContent.toLowerCase();
      const fits = words.every((word) => text.includes(word));
      hits += fits ? 1 : 0;
      row.hidden = !fits || (!whole && hits > SHOWN);
    });
    const button = table.parentElement.nextElementSibling;
    button.hidden = hits <= SHOWN && !words.length;
    button.disabled = hits <= SHOWN;
    button.textContent = hits <= SHOWN ? hits + " of " + rows.length + " rows fit the filter"
      : whole ? "Show fewer" : "Show all " + hits + (words.length ? " that fit" : "");
  };
  const sort = (table, index, header) => {
    const falling = header.getAttribute("aria-sort") !== "descending";
    const order = new Intl.Collator("en", { numeric: true });
    const key = (row) => row.cells[index].dataset.v;
    const figures = all("tbody tr", table).every((row) => key(row) === "" || !Number.isNaN(Number(key(row))));
    const rows = all("tbody tr", table).sort((a, b) => {
      if (key(a) === "" || key(b) === "") return (key(a) === "") - (key(b) === "");
      const by = figures ? key(a) - key(b) : order.compare(key(a), key(b));
      return falling ? -by : by;
    });
    all("th", table).forEach((cell) => cell.removeAttribute("aria-sort"));
    header.setAttribute("aria-sort", falling ? "descending" : "ascending");
    table.tBodies[0].append(...rows);
    shorten(table);
  };
  const tables = all("main table");
  tables.forEach((table) => {
    const more = document.createElement("button");
    more.type = "button";
    more.className = "more";
    more.addEventListener("click", () => {
      table.dataset.whole = table.dataset.whole === "1" ? "0" : "1";
      shorten(table);
    });
    table.parentElement.after(more);
    all("thead th", table).forEach((header, index) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...header.childNodes);
      button.addEventListener("click", () => sort(table, index, header));
      header.append(button);
    });
    shorten(table);
  });

  /* The filter: words, all of which a row or an incident must hold. */
  const filter = document.getElementById("filter");
  filter.addEventListener("input", () => {
    const words = filter.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    tables.forEach(shorten);
    all(".card").forEach((card) => {
      const text = card.textContent.toLowerCase();
      card.hidden = !words.every((word) => text.includes(word));
    });
    all("details.behind, details.notices").forEach((each) => {
      if (words.length && !each.open) each.dataset.opened = "1";
      if (words.length) each.open = true;
      else if (each.dataset.opened) each.open = delete each.dataset.opened && false;
    });
  });
  all(".tools").forEach((tools) => { tools.hidden = false; });

  /* Light and dark. */
  const dark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const kept = (value) => {
    try {
      if (value) localStorage.setItem("mailtrend-theme", value);
      return localStorage.getItem("mailtrend-theme");
    } catch { return null; }
  };
  if (["light", "dark"].includes(kept())) root.dataset.theme = kept();

  /* Charts: the still picture stays until the live one has been drawn in its place. Their colours are the page's
     variables, so that they follow light, dark and paper by themselves. */
  const specs = document.getElementById("specs");
  const live = specs ? JSON.parse(specs.textContent) : {};
  const coloured = (value, swap) => {
    if (typeof value === "string") return swap.get(value) || value;
    if (Array.isArray(value)) return value.map((each) => coloured(each, swap));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) =>
      [key, key === "values" || key === "datasets" ? each : coloured(each, swap)]));
  };
  const draw = (place) => {
    const chart = live[place.dataset.chart];
    if (!chart || typeof vegaEmbed === "undefined") return;
    const swap = new Map(Object.entries(chart.tokens).map(([name, colour]) => [colour, "var(--" + name + ")"]));
    const stage = document.createElement("div");
    place.dataset.drawn = "1";
    const still = Array.from(place.childNodes);
    place.append(stage);
    stage.style.width = "100%";
    still.forEach((node) => { if (node.style) node.style.display = "none"; });
    vegaEmbed(stage, coloured(chart.spec, swap), {
      actions: false, ast: true, renderer: "svg", defaultStyle: false, tooltip: { disableDefaultStyle: true },
    }).then(() => still.forEach((node) => node.remove()), (error) => {
      stage.remove();
      still.forEach((node) => { if (node.style) node.style.display = ""; });
      console.warn("chart " + place.dataset.chart + " stays a still picture: " + error.message);
    });
  };
  const near = new IntersectionObserver((entries) => entries.forEach((entry) => {
    if (entry.isIntersecting && !entry.target.dataset.drawn) draw(entry.target);
  }), { rootMargin: "400px" });
  all("[data-chart]").forEach((place) => near.observe(place));

  document.getElementById("theme").addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    kept(root.dataset.theme);
  });
})();
