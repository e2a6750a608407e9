// Tables and lists beside the versions.

import { $, list, rows, text } from "/assets/dom.js";
import { age, ago, count, decimal, percent } from "/assets/format.js";

const SHOWN_EVENTS = 8;
const SHOWN_LABELS = 10;
/** Longer than transactions of the pipeline may take. */
const HELD_BACK_SECONDS = 60;

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

// --- topics and groups ------------------------------------------------------------------------

export function groups({ total, rows: known }) {
  const isHeldBack = ({ held_back_seconds: held }) => held >= HELD_BACK_SECONDS;
  rows($("groups"), known, ({ group, topic, partitions, state, members, lag, ...row }) => [
    group, topic, { text: count(partitions), className: "number" },
    state + (members > 0 ? `, ${count(members)}` : ""),
    { text: (lag.exact ? "" : "≤ ") + count(lag.records), className: "number",
      title: lag.exact ? "" : "An upper bound, from offsets: the records are not counted" },
    isHeldBack(row)
      ? { text: `held back for ${age(row.held_back_seconds)}`, className: "number refused",
        title: "A transaction that does not end keeps the group from what lies behind it, which is not counted as lag" }
      : { text: lag.records > 0 ? age(lag.seconds) : "–", className: "number" },
    { text: count(lag.lost), className: lag.lost > 0 ? "number refused" : "number" }],
  { key: ({ group, topic }) => `${group} ${topic}` });
  const behind = known.filter(({ lag }) => lag.records > 0).length;
  const lost = known.filter(({ lag }) => lag.lost > 0).length;
  const heldBack = known.filter(isHeldBack).length;
  text($("groups-sum"), total === 0 ? "no group yet" : [
    `${count(total)} watched`, `${count(behind)} behind`, lost > 0 && `${count(lost)} with losses`,
    heldBack > 0 && `${count(heldBack)} held back`,
  ].filter(Boolean).join(", "));
  text($("groups-empty"), total === 0
    ? "No consumer group yet. Stages show here once they have read, and groups that monitor.groups names."
    : total > known.length
      ? `The ${known.length} farthest behind of ${count(total)}. All, by partition, are in the status as JSON.`
      : "By partition they are in the status as JSON.");
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
  events(status, now);
  labels(status.training);
  devices(status, now);
  deadLetters(status, now);
}
