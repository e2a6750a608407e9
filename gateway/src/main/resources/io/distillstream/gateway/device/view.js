// What the page shows. Texts alone are set, never markup.

import { ago, bytes, count, duration, fingerprint, moment, percent } from "./format.js";
import { notice, trouble } from "./notices.js";

const SHOWN_CLASSES = 5;
const ROLES = ["root", "timestamp", "snapshot"];

const $ = (id) => document.getElementById(id);
const text = (id, value) => { if ($(id).textContent !== value) $(id).textContent = value; };

const width = (share) => `${(share * 100).toFixed(2)}%`;

function tag(name, className, content) {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = content;
  return element;
}

export class View {
  /** Set by whoever answers and forgets. */
  onText = () => {};
  onForget = () => {};

  #bars = [];
  #times = [];

  constructor() {
    $("text").addEventListener("input", () => this.onText($("text").value));
    $("forget").addEventListener("click", () => {
      if (confirm("Forget the trusted root, and every model that came by it?")) this.onForget();
    });
    setInterval(() => this.#tick(), 1000);
  }

  connection(state, label, reason = "") {
    $("connection").dataset.state = state;
    $("connection").title = reason;
    text("connection", label);
  }

  /** One of a kind at a time. */
  notice(name, detail) {
    this.#show(name, notice(name, detail));
    if (name.endsWith("-root")) {
      this.#verdict("bad", "refused");
      text("why", "Nothing is taken from this gateway.");
    }
    if (name === "other-root") $("forget").hidden = false;
  }

  /** What this browser has stays as it is. */
  failed(title, reason) {
    this.#show("failure", trouble(title, reason));
  }

  refused(reason) {
    this.#show("refusal", trouble("An update was refused", reason));
    this.#verdict("bad", "refused");
    text("why", "The newest state of the repository is not trusted. What is here goes on answering.");
  }

  channels(channels, chosen) {
    const name = ({ model, channel }) => `${model}/${channel}`;
    const names = [...new Set([...channels, chosen].map(name))];
    const select = $("channel");
    select.replaceChildren(...names.map((one) => new Option(one, one, false, one === name(chosen))));
    select.disabled = names.length < 2;
    select.onchange = () => {
      const address = new URLSearchParams(location.hash.slice(1));
      address.set("follow", select.value);
      location.hash = address;
    };
  }

  askToken(refused) {
    this.connection("waiting", "Waiting for a token");
    $("token-form").hidden = false;
    $("token-refused").hidden = !refused;
    $("token").value = "";
    $("token").focus();
    return new Promise((resolve) => {
      $("token-form").onsubmit = (event) => {
        event.preventDefault();
        $("token-form").hidden = true;
        this.connection("waiting", "Connecting");
        resolve($("token").value.trim());
      };
    });
  }

  root({ digest, since, named }) {
    text("fingerprint", fingerprint(digest));
    $("fingerprint").dataset.digest = digest;
    text("root-note", named
      ? "The page's address names this root: the gateway could not choose another."
      : `Trusted since the first visit, ${moment(since)}. It came from the same server as this page;`
        + " an address that ends in #root= and this digest would hold the server to it.");
    $("forget").hidden = false;
  }

  /** The newest state that was verified. */
  verified({ role, ...versions }) {
    $("notices").querySelector("[data-name=refusal]")?.remove();
    this.#verdict(role ? "good" : "none", role ? "verified" : "nothing signed yet");
    text("why", role
      ? "Every signature from the root below to this model was checked in this browser."
      : "The root's signatures hold; nothing of this channel is signed yet.");
    const rows = ROLES.map((name) => [name, versions[name]]);
    if (role) rows.push([role.name, role.version]);
    $("roles").replaceChildren(...rows.map(([name, version]) => {
      const row = document.createElement("div");
      row.append(tag("dt", "", name), tag("dd", "", count(version)));
      return row;
    }));
    $("roles").title = role ? `${role.name} is valid until ${moment(role.expires)}` : "";
  }

  /** How much of a version is here; null once none is under way. */
  progress(version, share) {
    $("progress").hidden = version === null;
    $("progress").firstElementChild.style.width = width(share ?? 0);
    text("taking", version === null ? "" : share < 1
      ? `Receiving version ${version}, ${Math.floor(share * 100)} %` : `Trying version ${version}`);
  }

  /**
   * The installed model with how it came.
   *
   * @param installed null where there is none
   * @param runs whether it answers
   */
  model(installed, history, runs) {
    const changed = installed && $("version").textContent !== String(installed.version);
    $("state").dataset.state = runs ? "good" : "none";
    text("state", runs ? "answers here" : installed ? "verified, not running" : "none yet");
    if (installed) {
      text("version", String(installed.version));
      text("size", bytes(installed.sizeBytes));
      text("received", bytes(installed.bytesReceived));
      text("taken", duration(installed.sinceHeard));
      text("freshness", duration(installed.sinceArrival));
      text("records", `${count(installed.recordsTrained)} texts`);
      $("came").title = installed.at ? moment(installed.at) : "";
    }
    this.#times = installed?.at ? [[$("came"), installed.at]] : [];
    this.#history(history, installed?.version);
    if (changed) this.#flash($("version"));
    $("text").disabled = !runs && Boolean(installed);
    this.#tick();
  }

  /** The most probable classes; null for none. */
  answer(answer) {
    const shown = answer ? answer.classes.slice(0, SHOWN_CLASSES) : [];
    while (this.#bars.length < shown.length) this.#bars.push(this.#bar());
    this.#bars.forEach((bar, i) => bar(shown[i]));
    text("answered", answer
      ? `${duration(answer.millis)} · ${answer.tokens} tokens · version ${answer.version}` : "");
    $("answered").dataset.text = answer?.text ?? "";
    $("answered").dataset.version = answer?.version ?? "";
  }

  #bar() {
    const item = document.createElement("li");
    const label = tag("span", "label", "");
    const value = tag("span", "value", "");
    const track = tag("span", "track", "");
    const fill = tag("span", "fill", "");
    track.append(fill);
    item.append(label, value, track);
    $("answers").append(item);
    return (shown) => {
      item.hidden = !shown;
      if (shown) {
        label.textContent = shown.label;
        value.textContent = percent(shown.probability);
        fill.style.width = width(shown.probability);
        item.dataset.label = shown.label;
        item.dataset.probability = shown.probability;
      }
    };
  }

  #history(history, current) {
    $("history-empty").hidden = history.length > 0;
    $("history").replaceChildren(...history.map((event) => {
      const item = document.createElement("li");
      item.dataset.state = event.rejected ? "bad" : event.version === current ? "current" : "past";
      item.dataset.version = event.version;
      const when = tag("time", "quiet", "");
      when.title = moment(event.at);
      this.#times.push([when, event.at]);
      item.append(tag("b", "", String(event.version)), tag("span", "what", event.rejected
        ? `refused: ${event.rejected}`
        : `${bytes(event.bytesReceived)}${event.byDelta ? " as a delta" : ""} in ${duration(event.sinceHeard)}`),
        when);
      return item;
    }));
  }

  #verdict(state, label) {
    $("verdict").dataset.state = state;
    text("verdict", label);
  }

  #show(name, element) {
    element.dataset.name = name;
    $("notices").querySelector(`[data-name="${name}"]`)?.remove();
    $("notices").append(element);
  }

  #tick() {
    const now = Date.now();
    for (const [element, at] of this.#times) element.textContent = ago(at, now);
  }

  #flash(element) {
    element.classList.remove("fresh");
    void element.offsetWidth;
    element.classList.add("fresh");
  }
}
