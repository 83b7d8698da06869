"use strict";
(() => {
  const STEP = 200;
  const MISSING = "\u2014";
  const language = document.documentElement.lang;
  const collator = new Intl.Collator(language, { numeric: true });
  const numbers = new Intl.NumberFormat(language);

  const read = (key, part) =>
    JSON.parse(document.querySelector(`script[data-table="${key}"][data-part="${part}"]`).textContent);

  /** Chunks of columns become whole columns: texts to show and, where there are any, numbers to sort by. */
  function load(chunks, width) {
    const columns = Array.from({ length: width }, () => ({ texts: [], keys: null }));
    for (const chunk of chunks) {
      chunk.forEach(({ t, k }, n) => {
        const column = columns[n];
        for (const text of t ?? k) column.texts.push(text === null ? null : String(text));
        if (k) (column.keys ??= []).push(...k);
      });
    }
    return columns;
  }

  /** Nulls come last in both directions. */
  function comparer({ texts, keys }, sign) {
    const values = keys ?? texts;
    const compare = keys ? (a, b) => a - b : collator.compare;
    return (a, b) => {
      const left = values[a];
      const right = values[b];
      if (left === null || right === null) return (left === null) - (right === null) || a - b;
      return sign * compare(left, right) || a - b;
    };
  }

  /** In which third of the table a rate lies; nothing for what is no number. */
  function bandOf(value, { low, high, more }) {
    if (value === null || value === undefined || Math.abs(value) === Number.MAX_VALUE) return null;
    if (low <= value && value <= high) return "warn";
    return value > high === more ? "good" : "bad";
  }

  function start(table) {
    const { right, thirds, small } = read(table.id, "settings");
    const columns = load(read(table.id, "rows"), right.length);
    const total = columns.length ? columns[0].texts.length : 0;
    const body = table.tBodies[0];
    const frame = table.parentElement;
    const heads = [...table.tHead.rows[0].cells];
    const tools = frame.parentElement.querySelector(".tools");
    const input = tools.querySelector("input");
    const status = tools.querySelector(".count");
    const all = Array.from({ length: total }, (_, n) => n);
    let words = null;
    let sorted = all;
    let shown = all;
    let drawn = 0;

    /** Below the minimum sample; an unknown count is not. */
    function isSmall(row) {
      const count = small && columns[small.column].keys?.[row];
      return typeof count === "number" && count < small.least;
    }

    function cell(row, n, grey) {
      const element = document.createElement("td");
      const text = columns[n].texts[row] ?? MISSING;
      element.textContent = text;
      if (right[n]) element.className = "right";
      const band = !grey && thirds[n] && bandOf(columns[n].keys?.[row], thirds[n]);
      if (band) element.classList.add(band);
      if (text.length > 45) element.title = text;
      return element;
    }

    function draw(count) {
      const part = document.createDocumentFragment();
      const end = Math.min(drawn + count, shown.length);
      for (; drawn < end; drawn += 1) {
        const line = document.createElement("tr");
        line.setAttribute("aria-rowindex", drawn + 2);
        const grey = isSmall(shown[drawn]);
        if (grey) line.className = "small";
        line.append(...columns.map((_, n) => cell(shown[drawn], n, grey)));
        part.append(line);
      }
      body.append(part);
    }

    function redraw() {
      body.replaceChildren();
      drawn = 0;
      frame.scrollTop = 0;
      table.setAttribute("aria-rowcount", shown.length + 1);
      draw(STEP);
    }

    function filter() {
      const wanted = input.value.trim().toLocaleLowerCase(language);
      if (wanted) {
        words ??= all.map((row) => columns.map(({ texts }) => texts[row] ?? "").join("\n").toLocaleLowerCase(language));
        shown = sorted.filter((row) => words[row].includes(wanted));
        status.textContent = `${numbers.format(shown.length)} of ${numbers.format(total)} rows`;
      } else {
        shown = sorted;
        status.textContent = "";
      }
      redraw();
    }

    /** First ascending, then descending, then as the query gave them. */
    function sort(n) {
      const next = { none: "ascending", ascending: "descending" }[heads[n].ariaSort ?? "none"];
      heads.forEach((head) => head.removeAttribute("aria-sort"));
      if (next) heads[n].setAttribute("aria-sort", next);
      sorted = next ? [...all].sort(comparer(columns[n], next === "ascending" ? 1 : -1)) : all;
      filter();
    }

    const labels = heads.map((head) => head.firstElementChild);
    const buttons = heads.map((head, n) => {
      const button = document.createElement("button");
      button.type = "button";
      button.title = `Sort by ${head.textContent}`;
      button.addEventListener("click", () => sort(n));
      return button;
    });
    const arm = () =>
      heads.forEach((head, n) => {
        buttons[n].append(labels[n]);
        head.replaceChildren(buttons[n]);
      });
    /** Browsers do not repeat a header on paper that has buttons in it. */
    const disarm = () => heads.forEach((head, n) => head.replaceChildren(labels[n]));
    const fill = () => {
      if (frame.scrollHeight - frame.scrollTop - frame.clientHeight < 600 && drawn < shown.length) draw(STEP);
    };
    const print = () => {
      disarm();
      draw(shown.length);
    };
    frame.addEventListener("scroll", fill, { passive: true });
    input.addEventListener("input", filter);
    addEventListener("beforeprint", print);
    addEventListener("afterprint", arm);
    matchMedia("print").addEventListener("change", ({ matches }) => (matches ? print() : arm()));
    tools.hidden = false;
    arm();
    redraw();
  }

  document.querySelectorAll("table[id]").forEach(start);
})();
