// The pipeline as a picture: the stages, and between two of them the topic, as an arrow that tells
// what it carries and how far its reader is behind.

import { $, list, text } from "/assets/dom.js";
import { age, count, decimal, elapsed, rate } from "/assets/format.js";

// In the order of the data: what a stage reads, and whose counter tells how much of it is written.
const STAGES = {
  teacher: { reads: "requests", written: ["teacher", "records_received"], facts: (s) => [
    s.total != null && `${count(s.total)} labelled`,
    s.gauges.batch_seconds != null && `${decimal(1000 * s.gauges.batch_seconds, 0)} ms`,
    s.notes.teacher_version,
    s.counters.records_rejected > 0 && `${count(s.counters.records_rejected)} refused`] },
  joiner: { reads: "soft-labels", written: ["teacher", "records_labelled"], facts: (s) => [
    s.total != null && `${count(s.total)} joined`,
    s.gauges.teacher_disagreement != null
      && `disagreement ${decimal(s.gauges.teacher_disagreement, 3)} nats`,
    s.counters.corrections_joined > 0 && `${count(s.counters.corrections_joined)} corrected`] },
  trainer: { reads: "training-examples", written: ["joiner", "examples_joined"],
    facts: (s, { training }) => [
      s.rate_per_second != null && `${rate(s.rate_per_second)} trained / s`,
      training.version != null && `checkpoint ${training.version}`,
      training.loss != null && `loss ${decimal(training.loss, 2)}`] },
  quantizer: { reads: "checkpoints", written: ["trainer", "checkpoints"], seldom: true,
    facts: (s, { versions }) => [
      versions[0] && `version ${versions[0].version}`,
      versions[0]?.precision,
      s.counters.artifacts_rejected > 0 && `${count(s.counters.artifacts_rejected)} rejected`,
      s.counters.candidates_worse > 0 && `${count(s.counters.candidates_worse)} refused`] },
  // Its topic is what it writes: what it reads is the arrow from the quantizer to the devices.
  signer: { reads: "trust", written: ["signer", "repositories_signed"], seldom: true, facts: (s) => [
    s.total != null && `${count(s.total)} signed`,
    s.counters.metadata_refused > 0 && `${count(s.counters.metadata_refused)} refused`] },
  device: { title: "devices", reads: "model-updates", written: ["quantizer", "artifacts_published"],
    seldom: true, behind: "behind", facts: (s, { devices }) => [
      s.rate_per_second != null && `${rate(s.rate_per_second)} answers / s`,
      devices.known > 0 && `${count(devices.current)} of ${count(devices.known)} up to date`] },
};

const STATE = { awaited: "not seen yet", running: "running", silent: "silent", stopped: "stopped" };

function draw(name, stage) {
  const item = document.createElement("li");
  item.dataset.stage = name;
  item.innerHTML = `<div class="flow" data-flow="idle">
      <div class="carried"><span class="topic"></span> <span><b class="rate">–</b> <span class="per"></span></span></div>
      <div class="line" aria-hidden="true"></div>
      <div class="waiting"><span><span class="word"></span> <b class="lag">–</b></span> <span class="age"></span> <span class="lost"></span></div>
    </div>
    <div class="node" data-state="awaited"><span class="name"></span>
      <span class="state" data-state="awaited"></span><ul class="facts"></ul></div>`;
  const find = (selector) => item.querySelector(selector);
  text(find(".name"), stage.title ?? name);
  text(find(".topic"), stage.reads);
  text(find(".per"), stage.seldom ? "/ min" : "/ s");
  text(find(".word"), stage.behind ?? "lag");
  text(find(".state"), STATE.awaited);
  if (name === "signer") item.hidden = true;
  $("stages").append(item);
  return { item, find, stage };
}

const drawn = Object.fromEntries(
  Object.entries(STAGES).map(([name, stage]) => [name, draw(name, stage)]));

function arrow({ find, stage }, of, byName) {
  const [writer, counter] = stage.written;
  const speed = byName[writer]?.rates[counter];
  text(find(".rate"), rate(stage.seldom && speed != null ? speed * 60 : speed));
  text(find(".lag"), (of.lag_exact === false ? "≤\u00a0" : "") + count(of.lag));
  text(find(".age"), of.lag > 0 && of.lag_seconds != null ? `${age(of.lag_seconds)} old` : "");
  text(find(".lost"), of.lost > 0 ? `lost: ${count(of.lost)}` : "");
  find(".flow").dataset.flow = of.lost > 0 ? "lost" : speed > 0 ? "flowing" : "idle";
}

function box({ find, stage }, of, status, now) {
  find(".node").dataset.state = of.state;
  find(".state").dataset.state = of.state;
  // One that gave up goes on reporting.
  const gone = of.state === "silent" || (of.state === "stopped" && !of.notes.failure);
  const since = gone ? ` for ${elapsed(of.last_report_at, now)}` : "";
  text(find(".state"), (of.instances > 1 ? `${count(of.instances)} ` : "") + STATE[of.state] + since);
  list(find(".facts"), [of.notes.failure, ...stage.facts(of, status)].filter(Boolean), text);
}

let heard = null;

/** Says to those who do not see it what became of a stage; the first state is no news. */
function announce(stages) {
  const states = Object.fromEntries(stages.map(({ name, state }) => [name, state]));
  const news = heard == null ? []
    : Object.keys(states).filter((name) => heard[name] !== undefined && heard[name] !== states[name]);
  heard = states;
  if (news.length > 0) {
    text($("news"), news.map((name) => `${STAGES[name].title ?? name} ${STATE[states[name]]}`).join(", "));
  }
}

export function pipeline(status, now) {
  const byName = Object.fromEntries(status.stages.map((stage) => [stage.name, stage]));
  for (const stage of status.stages) {
    const picture = drawn[stage.name];
    picture.item.hidden = false;
    arrow(picture, stage, byName);
    box(picture, stage, status, now);
  }
  announce(status.stages);
}
