// Tables and lists. Rows are kept and rewritten cell by cell, so that nothing flickers or loses a
// selection.

import { ago, bytes, count, decimal, percent, points } from "/assets/format.js";

const SHOWN_VERSIONS = 10;
const SHOWN_REFUSED = 5;
const SHOWN_EVENTS = 8;
const SHOWN_LABELS = 10;

export const $ = (id) => document.getElementById(id);

/** Writes only what changed, so that a quiet page stays quiet. */
export function text(element, value) {
  if (element.textContent !== value) element.textContent = value;
}

/** Cells are text, or {text, title, className, span}. */
function rows(table, items, cells, rowClass = () => "") {
  const body = table.tBodies[0];
  const labels = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
  items.forEach((item, i) => {
    const row = body.rows[i] ?? body.insertRow();
    // Said outright, since rows that are laid out as cards lose what they are.
    row.setAttribute("role", "row");
    row.className = rowClass(item);
    let column = 0;
    const values = cells(item);
    values.forEach((value, c) => {
      const cell = row.cells[c] ?? row.insertCell();
      const { span = 1, title = "", className = "" } = value;
      cell.setAttribute("role", "cell");
      cell.dataset.label = span === 1 ? labels[column] : "";
      cell.className = className;
      if (cell.colSpan !== span) cell.colSpan = span;
      if (cell.title !== title) cell.title = title;
      text(cell, value.text ?? value);
      column += span;
    });
    while (row.cells.length > values.length) row.deleteCell(-1);
  });
  while (body.rows.length > items.length) body.deleteRow(-1);
  table.hidden = items.length === 0;
}

function list(element, items, fill) {
  items.forEach((item, i) => {
    fill(element.children[i] ?? element.appendChild(document.createElement("li")), item);
  });
  while (element.children.length > items.length) element.lastChild.remove();
}

// --- freshness --------------------------------------------------------------------------------

const LEGS = {
  labelled: "request to teacher's answer",
  joined: "answer to joined example",
  trained: "example to learned",
  checkpointed: "learned to checkpoint",
  quantized: "checkpoint to accepted artifact",
  published: "artifact to published update",
  installed: "update to device",
};

function legs({ freshness }) {
  const { recent, overall } = freshness.legs;
  const shown = (recent[0].records > 0 ? recent : overall).filter((leg) => leg.records > 0);
  const whole = shown.reduce((sum, leg) => sum + leg.mean, 0);
  rows($("legs"), shown, (leg) => [LEGS[leg.leg] ?? leg.leg,
    ...[leg.p50, leg.p95, leg.p99, leg.mean].map((value) => `${decimal(value, 2)} s`),
    percent(leg.mean / whole, 0)]);
  $("legs-empty").hidden = shown.length > 0;
  const { objective, records, late, budget_left: left, alerts } = freshness.objective;
  const firing = alerts.filter((alert) => alert.firing);
  text($("objective"), `Objective ${objective}: ` + (records === 0 ? "no records yet."
    : `${percent((records - late) / records, 2)} of ${count(records)} records in time in 30 days, `
      + `${percent(left, 0)} of the error budget left.`
      + firing.map(({ severity, long_burn_rate: rate, long_window: span }) =>
        ` ${severity === "page" ? "Alert" : "Ticket"}: burn rate ${decimal(rate, 1)} over ${span / 3600} h.`)
        .join("")));
  $("objective").classList.toggle("alarm", firing.some(({ severity }) => severity === "page"));
}

// --- versions ---------------------------------------------------------------------------------

/** The difference to the incumbent, and in its title what the gate went by. */
function differing(incumbent, className) {
  if (incumbent?.difference == null) return { text: "–", className };
  const { version, difference, lower_bound: bound, margin, agreement, incumbent_agreement: other,
    samples, looks, worst_class: worst, worst_class_difference: worstDifference } = incumbent;
  return {
    className,
    text: points(difference) + (version == null ? "" : ` vs v${version}`),
    title: [
      agreement != null && other != null && `overlap ${percent(agreement)} against ${percent(other)}`,
      bound != null && `lower bound ${points(bound)}`,
      margin != null && `margin ${decimal(margin * 100, 1)} pts`,
      samples != null && `${count(samples)} held-out requests`,
      looks != null && `look ${count(looks)} at this incumbent`,
      worstDifference != null
        && `largest loss by label ${worst ? `${worst} ` : ""}${points(worstDifference)}`,
    ].filter(Boolean).join(", "),
  };
}

function versions({ versions: published, refused }, now) {
  const channels = new Set([...published, ...refused].map((v) => v.channel));
  const name = (v) => (channels.size > 1 ? `${v.version} ${v.channel}` : `${v.version}`);
  // Bounded apart, so that a run of refusals does not hide what devices run.
  const shown = [...refused.slice(0, SHOWN_REFUSED), ...published.slice(0, SHOWN_VERSIONS)]
    .sort((a, b) => b.version - a.version);
  const wasRefused = (v) => v.reason !== undefined;
  const refusedCells = (v) => [
    { text: `${name(v)} refused`, className: "refused" }, count(v.records_trained),
    { text: "–", className: "none" }, differing(v.incumbent, "refused wide"),
    { text: v.reason, className: "wide", span: 5 }, ago(v.at, now),
    { text: "–", className: "none" }];
  const publishedCells = (v) => [
    name(v), count(v.records_trained), percent(v.held_out_agreement),
    differing(v.incumbent, "wide"), percent(v.averaged_agreement),
    { text: v.precision, className: "plain" }, bytes(v.artifact_bytes), bytes(v.fp32_bytes),
    percent(v.agreement_with_fp32), ago(v.published_at, now), count(v.devices)];
  rows($("versions"), shown, (v) => (wasRefused(v) ? refusedCells(v) : publishedCells(v)),
    (v) => (wasRefused(v) ? "refusal" : ""));
  $("versions-empty").hidden = shown.length > 0;
}

// --- labels and events ------------------------------------------------------------------------

function labels({ held_out: scores }) {
  const all = Object.entries(scores?.labels ?? {});
  const lowest = all.sort((a, b) => a[1].agreement - b[1].agreement).slice(0, SHOWN_LABELS);
  rows($("labels"), lowest, ([label, s]) => [label, percent(s.agreement), decimal(s.kl, 3),
    percent(s.accuracy), decimal(s.ece, 3), count(s.records)]);
  const note = $("labels-empty");
  if (all.length > 0) {
    text(note, all.length > SHOWN_LABELS
      ? `The ${SHOWN_LABELS} lowest of ${count(all.length)} labels, with the published weights. All are in the status as JSON.`
      : "Agreement of the published weights with the teacher, lowest first.");
  }
}

const KINDS = { drift: "Drift", rollback: "Roll-back", stopped: "Stopped", pruned: "Pruned",
  refused: "Refused", other: "Other" };

function events({ events: all }, now) {
  list($("events"), all.slice(0, SHOWN_EVENTS), (item, event) => {
    if (item.children.length === 0) {
      item.append(document.createElement("b"), " ", document.createElement("span"), document.createElement("p"));
      item.children[1].className = "quiet";
    }
    item.dataset.kind = event.kind;
    text(item.children[0], KINDS[event.kind] ?? KINDS.other);
    text(item.children[1], [
      event.version > 0 && `version ${event.version}`, event.channel,
      `${count(event.records)} records`, ago(event.at, now)].filter(Boolean).join(" · "));
    text(item.children[2], event.message);
  });
  $("events-empty").hidden = all.length > 0;
}

// --- devices and dead letters -----------------------------------------------------------------

function devices({ devices: known }, now) {
  rows($("devices"), known.latest, (d) => [
    d.id, d.version == null ? "none yet" : `${d.version}`, ago(d.reported_at, now),
    d.rejected_version == null ? { text: "–", className: "none" }
      : { text: `${d.rejected_version}: ${d.reason}`, className: "refused wide" }]);
  $("devices-empty").hidden = known.known > 0;
}

function deadLetters({ dead_letters: dead }, now) {
  list($("dead"), dead.latest, (item, letter) =>
    text(item, `${letter.topic}, ${ago(letter.at, now)}: ${letter.error}`));
  $("dead-empty").hidden = dead.count > 0;
}

export function tables(status, now) {
  legs(status);
  versions(status, now);
  events(status, now);
  labels(status.training);
  devices(status, now);
  deadLetters(status, now);
}
