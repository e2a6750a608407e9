// Versions, published and refused. Each opens to what it was made from, and what the gates said.

import { $, rows, text } from "/assets/dom.js";
import { ago, bytes, count, decimal, percent, points } from "/assets/format.js";

const SHOWN_VERSIONS = 10;
const SHOWN_REFUSED = 5;

const open = new Set();
let lineage = new Map();
let last = null;

/** What the gate went by in the comparison with the incumbent. */
function grounds({ difference, lower_bound: bound, margin, agreement, incumbent_agreement: other,
  samples, looks, worst_class: worst, worst_class_difference: worstDifference }) {
  return difference == null ? "" : [
    agreement != null && other != null && `overlap ${percent(agreement)} against ${percent(other)}`,
    bound != null && `lower bound ${points(bound)}`,
    margin != null && `margin ${decimal(margin * 100, 1)} pts`,
    samples != null && `${count(samples)} held-out requests`,
    looks != null && `look ${count(looks)} at this incumbent`,
    worstDifference != null
      && `largest loss by label ${worst ? `${worst} ` : ""}${points(worstDifference)}`,
  ].filter(Boolean).join(", ");
}

function differing(incumbent, className) {
  if (incumbent?.difference == null) return { text: "–", className };
  const { version, difference } = incumbent;
  return { className, title: grounds(incumbent),
    text: points(difference) + (version == null ? "" : ` vs v${version}`) };
}

const wasRefused = (v) => v.reason !== undefined;
const keyOf = (v) => `${v.version} ${v.channel}${wasRefused(v) ? " refused" : ""}`;

// --- what it was made from --------------------------------------------------------------------

const moment = (iso) => iso.replace("T", " ").replace(/(\.\d+)?Z$/, " UTC");

function trained({ partitions, records, offsets }) {
  if (partitions === 0) return "nothing since the previous version";
  const ranges = offsets.map(({ partition, from, to }) =>
    `${partition}: ${count(from)} to ${count(to - 1)}`);
  return `${count(records)} offsets of training-examples, by partition ${ranges.join("; ")}`
    + (partitions > offsets.length ? `; and ${count(partitions - offsets.length)} more partitions` : "");
}

function origin(from) {
  if (from == null) return [["Made from", "a checkpoint that is no longer on the topic"]];
  const teachers = Object.entries(from.teachers).map(([id, version]) => `${id} ${version}`).join(", ");
  return [
    ["Previous version", from.parent === 0 ? "none, a fresh start" : `${from.parent}`
      + (from.instead == null ? "" : `, restored in place of ${from.instead}`)],
    ["Learned", trained(from)],
    ["Teachers", teachers || "–"],
    ["Checkpoint", `${moment(from.created_at)}, after ${count(from.steps)} steps`],
  ];
}

function judged(v) {
  const compared = v.incumbent?.difference == null ? null
    : ["Against the incumbent", `${differing(v.incumbent).text}, ${grounds(v.incumbent)}`];
  if (wasRefused(v)) {
    return [["Refused", `${moment(v.at)}: ${v.reason}`], compared].filter(Boolean);
  }
  return [
    compared,
    ["Against its fp32 model", `agreement ${percent(v.agreement_with_fp32)} on ${count(v.gate_samples)}`
      + ` live inputs, largest difference of logits ${decimal(v.max_abs_difference, 3)}`
      + `, ${decimal(v.latency_ratio, 2)} of its latency`],
    ["Published", `${moment(v.published_at)} on ${v.channel}, ${v.signed ? "signed" : "not signed"}`],
  ].filter(Boolean);
}

function detail(v) {
  const facts = [...judged(v), ...origin(lineage.get(v.version))];
  return (cell) => {
    const dl = cell.querySelector("dl") ?? cell.appendChild(document.createElement("dl"));
    facts.forEach(([term, words], i) => {
      if (dl.children.length <= i) {
        const pair = dl.appendChild(document.createElement("div"));
        pair.append(document.createElement("dt"), document.createElement("dd"));
      }
      text(dl.children[i].firstChild, term);
      text(dl.children[i].lastChild, words);
    });
    while (dl.children.length > facts.length) dl.lastChild.remove();
  };
}

// --- the table --------------------------------------------------------------------------------

function toggle(v, label) {
  const key = keyOf(v);
  return (cell) => {
    let button = cell.querySelector("button");
    if (button == null) {
      cell.textContent = "";
      button = cell.appendChild(document.createElement("button"));
      button.type = "button";
      button.title = "What it was made from, and what the gates said";
      button.addEventListener("click", () => {
        if (!open.delete(key)) open.add(key);
        show();
      });
    }
    text(button, label);
    button.setAttribute("aria-expanded", `${open.has(key)}`);
  };
}

function cells(v, name, now) {
  if (v.detail) return [{ fill: detail(v.detail), className: "detail", span: 11 }];
  if (wasRefused(v)) {
    return [
      { fill: toggle(v, `${name(v)} refused`), className: "refused" }, count(v.records_trained),
      { text: "–", className: "none" }, differing(v.incumbent, "refused wide"),
      { text: v.reason, className: "wide", span: 5 }, ago(v.at, now),
      { text: "–", className: "none" }];
  }
  return [
    { fill: toggle(v, name(v)) }, count(v.records_trained), percent(v.held_out_agreement),
    differing(v.incumbent, "wide"), percent(v.averaged_agreement),
    { text: v.precision, className: "plain" }, bytes(v.artifact_bytes), bytes(v.fp32_bytes),
    percent(v.agreement_with_fp32), ago(v.published_at, now), count(v.devices)];
}

function show() {
  const [{ versions: published, refused }, now] = last;
  const channels = new Set([...published, ...refused].map((v) => v.channel));
  const name = (v) => (channels.size > 1 ? `${v.version} ${v.channel}` : `${v.version}`);
  // Bounded apart, so that a run of refusals does not hide what devices run.
  const shown = [...refused.slice(0, SHOWN_REFUSED), ...published.slice(0, SHOWN_VERSIONS)]
    .sort((a, b) => b.version - a.version);
  const keys = new Set(shown.map(keyOf));
  [...open].filter((key) => !keys.has(key)).forEach((key) => open.delete(key));
  rows($("versions"), shown.flatMap((v) => (open.has(keyOf(v)) ? [v, { detail: v }] : [v])),
    (v) => cells(v, name, now), {
      rowClass: (v) => (v.detail ? "opened" : wasRefused(v) ? "refusal" : ""),
      key: (v) => (v.detail ? `${keyOf(v.detail)} opened` : keyOf(v)),
    });
  $("versions-empty").hidden = shown.length > 0;
}

export function versions(status, now) {
  last = [status, now];
  show();
}

/** What versions were made from; the next status shows it. */
export function origins(all) {
  lineage = new Map(all.map((one) => [one.version, one]));
}
