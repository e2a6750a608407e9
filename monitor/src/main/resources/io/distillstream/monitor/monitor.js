// The page: one event stream in, figures out. Nothing is asked for twice.

import { chart } from "/assets/charts.js";
import { $, join, text } from "/assets/dom.js";
import { bytes, count, decimal, percent, points, seconds } from "/assets/format.js";
import { pipeline } from "/assets/pipeline.js";
import { groups, tables } from "/assets/tables.js";
import { origins, versions } from "/assets/versions.js";

const STALE_AFTER_MS = 5000;

// --- figures --------------------------------------------------------------------------------

function heldOut({ held_out: scores }) {
  const best = scores?.published;
  text($("f-held-out"), percent(best?.agreement));
  text($("n-held-out"), best == null ? "none held out, or too few yet"
    : `KL ${decimal(best.kl, 3)} nats, ${count(best.records)} requests`);
  text($("n-held-out-truth"), best?.accuracy == null ? ""
    : `accuracy ${percent(best.accuracy)}, ECE ${decimal(best.ece, 3)}`);
  text($("n-held-out-newest"), scores?.newest == null ? ""
    : `newest weights ${percent(scores.newest.agreement)}`);
}

function figures(status) {
  const { training, freshness, devices, versions, refused } = status;
  heldOut(training);
  text($("f-agreement"), percent(training.agreement));
  text($("n-agreement"), training.kl == null
    ? "newest weights" : `KL ${decimal(training.kl, 3)} nats`);
  text($("f-averaged"), percent(training.averaged_agreement));
  text($("n-averaged"), training.averaged_kl == null
    ? "averaged weights" : `KL ${decimal(training.averaged_kl, 3)} nats`);
  const minutes = Math.round(freshness.recent_seconds / 60);
  const shown = freshness.recent.records > 0 ? freshness.recent : freshness.overall;
  text($("f-freshness"), seconds(shown.p95));
  text($("n-freshness"), shown.records === 0 ? "request to device"
    : `p50 ${seconds(shown.p50)}, ` + (shown === freshness.recent ? `last ${minutes} min` : "all"));
  text($("f-records"), count(training.records_trained));
  text($("n-records"), training.version == null
    ? "up to the last checkpoint" : `at checkpoint ${training.version}`);
  text($("f-replayed"), count(training.replayed_trained));
  text($("n-replayed"), training.records_trained > 0
    ? `${percent(training.replayed_trained / training.records_trained, 0)} of those trained`
    : "from the replay memory");
  text($("f-kept"), count(training.held_out_records));
  text($("f-refused"), count(status.event_counts.refused));
  text($("n-refused"), refused[0] == null ? "worse than the incumbent"
    : join(`newest v${refused[0].version}`, refused[0].incumbent.difference != null
      && points(refused[0].incumbent.difference)));
  text($("f-devices"), versions[0] ? `v${versions[0].version}` : "–");
  text($("n-devices"), devices.known === 0 ? "no device yet"
    : `on ${count(devices.current)} of ${count(devices.known)} devices`);
  const newest = versions[0];
  text($("f-size"), newest ? bytes(newest.artifact_bytes) : "–");
  text($("n-size"), newest
    ? `${percent(newest.artifact_bytes / newest.fp32_bytes, 0)} of fp32` : "of its fp32 model");
  text($("f-dead"), count(status.dead_letters.count));
  $("f-dead").classList.toggle("alarm", status.dead_letters.count > 0);
}

// --- charts ---------------------------------------------------------------------------------

/** From zero, with head room; a flat line at zero still has a scale. */
const fromZero = (u, min, max) => [0, max > 0 ? max * 1.1 : 1];
const awaiting = "Waiting for the first checkpoint. The trainer writes one as soon as it has learned its first records.";

const draw = {
  agreement: chart($("c-agreement"), {
    title: "Agreement with the teacher", empty: awaiting,
    series: [{ label: "held out, published", scale: "y", format: (v) => percent(v) },
      { label: "prequential, newest weights", scale: "y", format: (v) => percent(v) },
      { label: "prequential, published (averaged)", scale: "y", format: (v) => percent(v) },
      { label: "newest against truth", scale: "y", format: (v) => percent(v) }],
    scales: { y: { range: [0, 1], tick: (v) => `${Math.round(v * 100)} %` } },
  }),
  kl: chart($("c-kl"), {
    title: "KL to the teacher, nats", empty: awaiting,
    series: [{ label: "held out, published", scale: "y", format: (v) => decimal(v, 3) },
      { label: "prequential, newest weights", scale: "y", format: (v) => decimal(v, 3) },
      { label: "prequential, published (averaged)", scale: "y", format: (v) => decimal(v, 3) }],
    scales: { y: { range: fromZero, tick: (v) => `${+v.toFixed(2)}` } },
  }),
  schedule: chart($("c-schedule"), {
    title: "Schedule", empty: awaiting,
    series: [{ label: "temperature", scale: "t", format: (v) => decimal(v, 2) },
      { label: "alpha", scale: "a", format: (v) => decimal(v, 2) }],
    scales: { t: { range: fromZero, tick: (v) => `${+v.toFixed(1)}` },
      a: { range: [0, 1.05], side: 1, tick: (v) => `${+v.toFixed(2)}` } },
  }),
  freshness: chart($("c-freshness"), {
    title: "Freshness, request to device", time: true,
    empty: "Waiting for the first installation on a device.",
    series: [{ label: "p95", scale: "y", format: seconds }, { label: "p50", scale: "y", format: seconds }],
    scales: { y: { range: fromZero, tick: (v) => `${+v.toFixed(1)} s` } },
  }),
};

/** Refused versions belong to the curve at the records that they had learned. */
const mark = (refusal) => ({ x: refusal.records_trained,
  words: `Version ${refusal.version} refused`
    + (refusal.channel ? ` on ${refusal.channel}` : "")
    + ` at ${count(refusal.records_trained)} records: ${refusal.reason}` });

function charts({ training: t, refused, freshness: f }) {
  draw.agreement([t.records, t.held_out_agreement, t.agreement, t.averaged_agreement, t.accuracy],
    refused.map(mark));
  draw.kl([t.records, t.held_out_kl, t.kl, t.averaged_kl]);
  draw.schedule([t.records, t.temperature, t.alpha]);
  draw.freshness([f.at, f.p95, f.p50]);
}

// --- connection -----------------------------------------------------------------------------

let heardAt = null;
let brokers = true;
let spoken = "";

function connection() {
  const silent = heardAt == null ? null : Date.now() - heardAt;
  const lost = silent != null && silent > STALE_AFTER_MS;
  const state = heardAt == null ? "waiting" : lost ? "lost" : brokers ? "live" : "waiting";
  // The age is left to the eye: a screen reader hears changes of state, not each second.
  const words = heardAt == null ? "Connecting" : lost ? "Connection lost, trying again"
    : brokers ? "Live" : "The brokers do not answer";
  $("connection").dataset.state = state;
  if (words !== spoken) {
    text($("connection"), words);
    spoken = words;
  }
  $("connection").title = lost ? `last heard ${seconds(silent / 1000)} ago` : "";
  document.body.classList.toggle("stale", lost || (heardAt != null && !brokers));
}

function listen() {
  const source = new EventSource("/api/stream");
  source.addEventListener("status", (event) => {
    const status = JSON.parse(event.data);
    const now = Date.parse(status.at);
    heardAt = Date.now();
    brokers = status.connected;
    text($("pipeline"), status.pipeline);
    text($("model"), status.model);
    pipeline(status, now);
    figures(status);
    versions(status, now);
    tables(status, now);
    connection();
  });
  source.addEventListener("history", (event) => charts(JSON.parse(event.data)));
  source.addEventListener("groups", (event) => groups(JSON.parse(event.data)));
  source.addEventListener("lineage", (event) => origins(JSON.parse(event.data)));
  source.onerror = () => {
    // The browser tries again by itself unless the answer was an error: then it gives up.
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 2000);
  };
}

charts({ training: { records: [], agreement: [], accuracy: [], kl: [], temperature: [], alpha: [],
  averaged_agreement: [], averaged_kl: [], held_out_agreement: [], held_out_kl: [] }, refused: [],
  freshness: { at: [], p95: [], p50: [] } });
listen();
setInterval(connection, 1000);
