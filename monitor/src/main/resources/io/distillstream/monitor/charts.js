// Line charts over uPlot. Each shows its newest values in the caption, and those under the pointer
// while there is one; colours come from the style sheet, so a change of scheme only redraws.

import uPlot from "/assets/uplot.js";

/** Size of the page's type in pixels; it is larger on a wall. */
const rootEm = () => parseFloat(getComputedStyle(document.documentElement).fontSize);
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function clock(epochSeconds, step) {
  const parts = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  if (step < 60) parts.second = "2-digit";
  if (step >= 86400) return new Date(epochSeconds * 1000).toLocaleDateString("en", { day: "numeric", month: "short" });
  return new Date(epochSeconds * 1000).toLocaleTimeString("en", parts);
}

/**
 * @param figure the element to fill
 * @param options title, empty (what is awaited), x (uPlot's time flag), series: [{label, format,
 *     scale}], y: {scale: {range, side, values}}
 * @return takes the columns, x first, and marks: [{x, words}], which are put on the first line
 */
export function chart(figure, { title, empty, time = false, series, scales }) {
  figure.innerHTML = `<figcaption><b></b></figcaption><div class="plot"><p class="empty"></p></div>`;
  const caption = figure.querySelector("figcaption");
  const plot = figure.querySelector(".plot");
  const placeholder = figure.querySelector(".empty");
  caption.firstChild.textContent = title;
  caption.classList.toggle("many", series.length > 2);
  placeholder.textContent = empty;
  plot.setAttribute("role", "img");
  const outputs = series.map((line, index) => {
    const key = document.createElement("span");
    key.className = "key";
    key.dataset.series = index;
    key.append(line.label + " ", document.createElement("output"));
    key.lastChild.setAttribute("aria-live", "off");
    key.lastChild.textContent = "–";
    caption.append(key);
    return key.lastChild;
  });

  const refusals = document.createElement("span");
  refusals.className = "key refusals";
  refusals.hidden = true;
  refusals.append("refused ", document.createElement("output"));
  caption.append(refusals);
  const spoken = document.createElement("ul");
  spoken.className = "hidden";
  spoken.setAttribute("aria-label", "Refused versions");
  figure.append(spoken);

  let data = [[], ...series.map(() => [])];
  let marks = [];
  let drawn = null;
  let em = 0;

  const show = (index) => {
    series.forEach((line, i) => {
      const value = index == null ? undefined : data[i + 1][index];
      outputs[i].textContent = line.format(value);
    });
  };
  const newest = () => (data[0].length ? data[0].length - 1 : null);

  /** Where the first line that has values passes x; null outside of it. */
  function height(x) {
    const line = data.findIndex((column, i) => i > 0 && column.some((v) => v != null));
    if (line < 0) return null;
    const known = data[0].map((at, i) => [at, data[line][i]]).filter(([, value]) => value != null);
    const next = known.findIndex(([at]) => at >= x);
    if (next < 0) return { line, value: known.at(-1)[1] };
    const [to, upper] = known[next];
    const [from, lower] = known[Math.max(0, next - 1)];
    return { line, value: to === from ? upper : lower + ((upper - lower) * (x - from)) / (to - from) };
  }

  function placeMarks(u) {
    let tip = u.over.querySelector(".tip");
    if (tip == null) {
      tip = document.createElement("p");
      tip.className = "tip";
      tip.hidden = true;
      u.over.append(tip);
    }
    const old = u.over.querySelectorAll(".refusal");
    marks.forEach((mark, i) => {
      const element = old[i] ?? u.over.appendChild(document.createElement("span"));
      element.className = "refusal";
      const at = height(mark.x);
      element.hidden = at == null || mark.x < u.scales.x.min || mark.x > u.scales.x.max;
      if (element.hidden) return;
      element.style.left = `${u.valToPos(mark.x, "x")}px`;
      element.style.top = `${u.valToPos(at.value, series[at.line - 1].scale)}px`;
      element.onmouseenter = () => { tip.textContent = mark.words; tip.hidden = false; };
      element.onmouseleave = () => { tip.hidden = true; };
    });
    if (old.length > marks.length) {
      // A mark that is gone no longer hears the pointer leave.
      tip.hidden = true;
      [...old].slice(marks.length).forEach((element) => element.remove());
    }
  }

  function describeMarks() {
    refusals.hidden = marks.length === 0;
    refusals.lastChild.textContent = `${marks.length}`;
    spoken.replaceChildren(...marks.map((mark) => {
      const item = document.createElement("li");
      item.textContent = mark.words;
      return item;
    }));
  }

  function options() {
    em = rootEm();
    const font = `${0.786 * em}px system-ui, sans-serif`;
    const quiet = css("--quiet");
    const grid = { stroke: css("--grid"), width: 1 };
    const colors = [css("--accent"), css("--second"), css("--third"), quiet];
    const dashes = [undefined, [6, 4], [2, 3], [8, 3, 2, 3]];
    return {
      width: plot.clientWidth,
      height: plot.clientHeight,
      legend: { show: false },
      padding: [10, 8, 0, 0],
      cursor: { y: false, drag: { x: true, y: false }, points: { size: 6 } },
      scales: {
        x: { time },
        ...Object.fromEntries(
          Object.entries(scales).map(([name, scale]) => [name, { range: scale.range }])),
      },
      axes: [
        { stroke: quiet, font, grid, ticks: { show: false }, size: 1.86 * em, space: 5.7 * em,
          values: (u, ticks, axis, space, step) => ticks.map((v) => time ? clock(v, step) : v.toLocaleString("en")) },
        ...Object.entries(scales).map(([name, scale]) => ({
          scale: name, side: scale.side ?? 3, stroke: quiet, font, size: 3.3 * em, gap: 8, space: 2.4 * em,
          grid: scale.side === 1 ? { show: false } : grid, ticks: { show: false },
          values: (u, ticks) => ticks.map(scale.tick),
        })),
      ],
      series: [
        {},
        ...series.map((line, i) => ({
          scale: line.scale, stroke: colors[i], width: i === 0 ? 3 : 1.5, dash: dashes[i],
          spanGaps: true,
          points: { show: (u) => u.data[0].length < 40, size: 5, fill: colors[i] },
        })),
      ],
      hooks: { setCursor: [(u) => show(u.cursor.idx ?? newest())], draw: [placeMarks] },
    };
  }

  function draw() {
    drawn?.destroy();
    drawn = null;
    const hasData = data[0].length > 0;
    placeholder.hidden = hasData;
    if (hasData && plot.clientWidth > 0) {
      drawn = new uPlot(options(), data, plot);
    }
  }

  new ResizeObserver(() => {
    if (drawn && em === rootEm()) drawn.setSize({ width: plot.clientWidth, height: plot.clientHeight });
    else draw();
  }).observe(plot);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);

  return (columns, marked = []) => {
    marks = marked;
    data = columns.map((column) => column.map((v) => (typeof v === "number" ? v : null)));
    show(newest());
    // A line of which nothing is known has no key, unless none has.
    outputs.forEach((output, i) => {
      output.parentElement.hidden = data[0].length > 0 && data[i + 1].every((v) => v == null);
    });
    describeMarks();
    plot.setAttribute(
      "aria-label",
      data[0].length
        ? `${title}: ` + series.map((line, i) => `${line.label} ${outputs[i].textContent}`)
          .filter((words, i) => !outputs[i].parentElement.hidden).join(", ")
          + (marks.length ? `, refused versions ${marks.length}` : "")
        : `${title}: ${empty}`);
    if (drawn && data[0].length) drawn.setData(data);
    else draw();
  };
}
