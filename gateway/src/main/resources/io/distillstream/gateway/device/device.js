// A device that holds one model of one channel, and answers with it.

import { sha256 } from "./bytes.js";
import { Classifier } from "./classifier.js";
import { Rejection } from "./updates.js";

const MOST_REMEMBERED = 12;

export class BrowserDevice {
  #store;
  #ort;
  #view;
  #name;
  #reports;
  #kept = { installed: null, history: [] };
  /** What answers, {classifier, version}. */
  #model = null;
  #text = "";
  #asked = false;
  #answering = null;

  /**
   * @param ort ONNX Runtime; null where there is none: updates are then followed, and not run
   * @param reports told of what is installed and rejected, and of each answer
   */
  constructor(store, ort, view, { model, channel }, reports) {
    this.#store = store;
    this.#ort = ort;
    this.#view = view;
    this.#reports = reports;
    this.#name = `model/${model}/${channel}`;
  }

  /** Begins with what was installed before, which answers also without a gateway. */
  async begin() {
    this.#kept = (await this.#store.get(this.#name)) ?? this.#kept;
    const { installed } = this.#kept;
    if (installed) {
      try {
        if ((await sha256(installed.artifact)) !== installed.manifest.sha256) {
          throw new Rejection("its bytes are not those that were installed");
        }
        this.#model = await this.#open(installed);
      } catch (error) {
        this.#view.failed(`Version ${installed.manifest.version} cannot be used any more`,
          `${error.message}.`);
        this.#kept.installed = null;
      }
    }
    this.#show();
  }

  /** Answers the newest text; those that came while another was answered are left out. */
  ask(text) {
    this.#text = text;
    this.#asked = true;
    this.#answering ??= this.#answerAll().finally(() => { this.#answering = null; });
    return this.#answering;
  }

  async #answerAll() {
    while (this.#asked) {
      this.#asked = false;
      const text = this.#text;
      const model = this.#model;
      try {
        this.#view.answer(text.trim() === "" || !model ? null
          : { text, version: model.version, ...(await this.#predict(model, text)) });
      } catch (error) {
        this.#view.failed(`Version ${model.version} failed to answer`, `${error.message}.`);
      }
    }
  }

  async #predict({ classifier }, text) {
    const answer = await classifier.predict(text);
    this.#reports.answered++;
    return answer;
  }

  // What follows is called by Updates.

  version = () => this.#kept.installed?.manifest.version ?? 0;

  /** What is installed, {bytes, sha256}; null where nothing is. */
  artifact = () => {
    const { installed } = this.#kept;
    return installed && { bytes: installed.artifact, sha256: installed.manifest.sha256 };
  };

  connected = () => this.#view.connection("live", "Listening");

  lost = (reason, pause) => this.#view.connection("lost",
    `Not connected, next try in ${Math.ceil(pause / 1000)} s`, reason);

  /** Share of its bytes, 0 to 1. */
  downloading = (manifest, share) => this.#view.progress(manifest.version, share);

  looked = (facts) => this.#view.verified(facts);

  refused = (reason) => this.#view.refused(`${reason}.`);

  rejected = async (manifest, reason) => {
    this.#view.progress(null);
    await this.#keep(this.#kept.installed,
      { version: manifest.version, at: Date.now(), rejected: reason });
    await this.#reports.rejected(manifest, reason);
  };

  /** Swaps the model between two answers. */
  install = async ({ manifest, artifact, heard, byDelta, bytesReceived }) => {
    const model = await this.#open({ manifest, artifact });
    const at = Date.now();
    const event = {
      version: manifest.version,
      at,
      sizeBytes: manifest.sizeBytes,
      bytesReceived,
      byDelta,
      sinceHeard: at - heard,
      sinceArrival: manifest.newestArrival === null ? null : at - manifest.newestArrival,
    };
    try {
      await this.#keep({ manifest, artifact }, event);
    } catch (error) {
      await model?.classifier.release();
      throw error;
    }
    // What does not answer here is not installed, whatever is kept of it.
    if (model) await this.#reports.installed(manifest);
    const before = this.#model;
    this.#model = model;
    this.#view.progress(null);
    this.#show();
    await this.#answering;
    await before?.classifier.release();
    await this.ask(this.#text);
  };

  /** Null where there is no runtime. */
  async #open({ manifest, artifact }) {
    if (!this.#ort) return null;
    try {
      const classifier = await Classifier.open(this.#ort, artifact, manifest);
      return { classifier, version: manifest.version };
    } catch (error) {
      throw new Rejection(error.message);
    }
  }

  /** What is not written is not installed either. */
  async #keep(installed, event) {
    const earlier = this.#kept.history.filter(({ version }) => version !== event.version);
    const kept = { installed, history: [event, ...earlier].slice(0, MOST_REMEMBERED) };
    await this.#store.put(this.#name, kept);
    this.#kept = kept;
    this.#show();
  }

  #show() {
    const { installed, history } = this.#kept;
    const facts = history.find(({ version }) => version === installed?.manifest.version);
    this.#view.model(installed && { ...installed.manifest, ...facts }, history,
      this.#model !== null);
  }
}
