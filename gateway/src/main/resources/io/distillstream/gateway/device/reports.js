// What this browser tells its gateway, as any device does: what became of each update, kept until the
// gateway has it, and now and then which one answers. Nothing that is typed is in it, and the name of
// this browser is drawn at random. Tabs of one browser are one device.

const ENTRY = "reports";
const MOST_WAITING = 100;
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;
const STATUS_EVERY = 15_000;

const NO_ARRIVALS = { starts_millis: [], counts: [] };

export class Reports {
  /** Texts answered since this page was opened. */
  answered = 0;

  #store;
  #gateway;
  #failed;
  #locks;
  #sending = Promise.resolve();

  /**
   * @param failed told of an error of this browser's own; a gateway that is away is none
   * @param locks shared with other tabs
   */
  constructor(store, gateway, failed, locks = navigator.locks) {
    this.#store = store;
    this.#gateway = gateway;
    this.#failed = failed;
    this.#locks = locks;
  }

  /** Texts that arrived before this count for no freshness of this browser. */
  async begin() {
    const kept = await this.#change(() => true);
    if (kept.waiting.length > 0) this.#send();
  }

  installed = (manifest) => this.#add(manifest, null);

  rejected = (manifest, reason) => this.#add(manifest, reason);

  /** For ever, while somebody looks at the page. */
  tell(version) {
    setInterval(() => { if (!document.hidden) this.status(version()); }, STATUS_EVERY);
  }

  /** May be lost: the next one says it again. */
  async status(version) {
    try {
      const { name } = await this.#change(() => false);
      await this.#gateway.post("status", {
        device_id: name,
        at: new Date().toISOString(),
        answers_served: this.answered,
        installed_version: version,
      });
    } catch (error) {
      if (error.name !== "GatewayError") this.#failed(error);
    }
  }

  async #add({ model, channel, version, arrivals }, reason) {
    const outcome = reason === null ? "INSTALLED" : "REJECTED";
    await this.#change((kept) => {
      const said = `${outcome} ${version}`;
      const before = kept.last[`${model}/${channel}`];
      kept.last[`${model}/${channel}`] = said;
      // Another tab was first, or this is tried anew after a reload.
      if (before === said) return false;
      kept.waiting = [...kept.waiting, {
        device_id: kept.name,
        model,
        channel,
        version,
        outcome,
        reason,
        arrivals: reason === null ? since(arrivals, kept.joined) : NO_ARRIVALS,
        answers_served: this.answered,
        at: new Date().toISOString(),
      }].slice(-MOST_WAITING);
      return true;
    });
    this.#send();
  }

  #send() {
    this.#sending = this.#sending
      .then(() => this.#locks.request("distillstream-sending", () => this.#sendAll()))
      .catch(this.#failed);
  }

  async #sendAll() {
    for (let pause = FIRST_PAUSE; ;) {
      const { waiting: [first] } = await this.#change(() => false);
      if (!first) return;
      try {
        await this.#gateway.post("reports", first);
      } catch (error) {
        if (error.name !== "GatewayError") throw error;
        if (!isFinal(error.status)) {
          await sleep(Math.max(pause * (0.5 + Math.random() / 2), error.retryAfterMillis));
          pause = Math.min(2 * pause, LONGEST_PAUSE);
          continue;
        }
        // Sent again it would be refused again, for ever.
      }
      pause = FIRST_PAUSE;
      await this.#change((kept) => {
        kept.waiting = kept.waiting.filter(({ at, version }) => at !== first.at || version !== first.version);
        return true;
      });
    }
  }

  /** What is kept, once `change` has been made to it and said whether to keep that. */
  #change(change) {
    return this.#locks.request("distillstream-reports", async () => {
      const kept = (await this.#store.get(ENTRY))
        ?? { name: randomName(), joined: Date.now(), waiting: [], last: {} };
      if (change(kept)) await this.#store.put(ENTRY, kept);
      return kept;
    });
  }
}

/** Neither a gateway that is away or starts, nor one that wants fewer requests. */
const isFinal = (status) => status >= 400 && status < 500 && ![401, 408, 429].includes(status);

function since({ starts, counts }, joined) {
  const later = starts.map((start, i) => [start, counts[i]]).filter(([start]) => start >= joined);
  return { starts_millis: later.map(([start]) => start), counts: later.map(([, count]) => count) };
}

const randomName = () => "browser-" + [...crypto.getRandomValues(new Uint8Array(8))]
  .map((byte) => byte.toString(16).padStart(2, "0")).join("");

const sleep = (millis) => new Promise((resolve) => { setTimeout(resolve, millis); });
