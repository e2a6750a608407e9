// Follows a channel: news is a reason to look and nothing more. What is taken is what the channel's
// key vouches for, whole and unchanged, newer than what is there, and answering as it should.

import { parseJson, sha256 } from "./bytes.js";
import { InvalidDelta } from "./delta/invalid-delta.js";
import { applyDelta } from "./delta/model-delta.js";
import { deltaRoute } from "./delta-route.js";
import { GatewayError } from "./gateway.js";
import { MOST_MANIFEST_BYTES, readManifest } from "./manifest.js";
import { TufRefusal } from "./metadata.js";
import { checkTarget } from "./tuf.js";

const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;
const GOOD_STREAM = 10_000;

/** Without news, so that an expiry or a new root is noticed. */
const QUIET = 600_000;

/** The metadata of an update may come after it; for this long it is looked for again and again. */
const NEWS = 30_000;
const AGAIN = 500;
const LONGEST_AGAIN = 4_000;

/** What is published must not be used, however often one asks for it. */
export class Rejection extends Error {}

export class Updates {
  #gateway;
  #metadata;
  #channel;
  #device;
  #seen = null;
  #lastEvent = "";
  #looking = Promise.resolve();

  /**
   * @param metadata TrustedMetadata of the gateway's repository
   * @param channel {model, channel}
   * @param device told of what happens: connected(), lost(reason, pause), downloading(manifest,
   *     share), looked(facts), refused(reason), rejected(manifest, reason); asked for version(), for
   *     artifact(), and to install(update), which may throw a Rejection
   */
  constructor(gateway, metadata, channel, device) {
    this.#gateway = gateway;
    this.#metadata = metadata;
    this.#channel = channel;
    this.#device = device;
  }

  /** For ever: pauses between attempts grow, and each is shortened at random by up to half. */
  async follow() {
    setInterval(() => this.#look(0), QUIET);
    this.#look(0);
    for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      const begun = performance.now();
      let reason = "the gateway ended the stream";
      let asked = 0;
      try {
        await this.#listen();
      } catch (error) {
        reason = error.message;
        asked = error.retryAfterMillis ?? 0;
      }
      if (performance.now() - begun > GOOD_STREAM) pause = FIRST_PAUSE;
      const jittered = asked > 0
        ? asked * (1 + Math.random() / 2) : pause * (0.5 + Math.random() / 2);
      this.#device.lost(reason, jittered);
      await this.#pause(jittered);
    }
  }

  async #listen() {
    const { model, channel } = this.#channel;
    const path = `models/${encodeURIComponent(model)}/${encodeURIComponent(channel)}/events`;
    for await (const event of this.#gateway.events(path, this.#lastEvent, this.#device.connected)) {
      if (event.name === "update") {
        this.#lastEvent = event.id;
        this.#look(JSON.parse(event.data).version);
      }
    }
  }

  /** One look at a time, in this tab and in others, which share what is trusted. */
  #look(announced) {
    const heard = Date.now();
    this.#looking = this.#looking.then(async () => {
      for (let pause = AGAIN; ; pause = Math.min(2 * pause, LONGEST_AGAIN)) {
        const found = await navigator.locks.request("distillstream-device", () => this.#tryLook(heard));
        if (found >= announced || Date.now() - heard > NEWS) return;
        await sleep(pause);
      }
    });
  }

  /** The version that the metadata vouches for; 0 if that cannot be told. */
  async #tryLook(heard) {
    try {
      return await this.#lookOnce(heard);
    } catch (error) {
      if (error instanceof GatewayError) {
        // The stream is told of this version again when it comes back.
        this.#lastEvent = "";
      } else if (!(error instanceof TufRefusal && error.kind === "missing")) {
        this.#device.refused(error.message);
      }
      return 0;
    }
  }

  async #lookOnce(heard) {
    const before = this.#gateway.received;
    await this.#metadata.refresh();
    const folder = `${this.#channel.model}/${this.#channel.channel}/`;
    const target = await this.#metadata.find(`${folder}latest.json`);
    this.#device.looked({ ...this.#metadata.versions(), role: target?.role });
    if (!target) return 0;
    if (this.#seen?.sha256 === target.sha256) return this.#seen.version;
    const json = await this.#download(target, MOST_MANIFEST_BYTES);
    const manifest = readManifest(parseJson(json), this.#channel);
    if (manifest.newestArrival !== null) await this.#metadata.passed(manifest.newestArrival);
    if (manifest.version > this.#device.version()) {
      await this.#take(manifest, folder, before, heard);
    }
    this.#seen = { sha256: target.sha256, version: manifest.version };
    return manifest.version;
  }

  async #take(manifest, folder, before, heard) {
    const target = await this.#metadata.find(`${folder}${manifest.version}.onnx`);
    try {
      if (target?.sha256 !== manifest.sha256 || target.length !== manifest.sizeBytes) {
        throw new Rejection("the channel's key vouches for another artifact of this version");
      }
      const made = await this.#made(manifest);
      const artifact = made ?? await this.#download(target, target.length, (bytes) =>
        this.#device.downloading(manifest, bytes / Math.max(1, target.length)));
      await this.#device.install({
        manifest, artifact, heard, byDelta: made !== null, bytesReceived: this.#gateway.received - before,
      });
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      await this.#device.rejected(manifest, error.message);
    }
  }

  /** The artifact, of the one that is here and deltas; null where these lead nowhere or fail. */
  async #made(manifest) {
    const here = this.#device.artifact();
    const route = here ? deltaRoute(manifest, here.sha256) : [];
    const all = route.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    let file = null;
    let fetched = 0;
    try {
      for (const delta of route) {
        const bytes = await this.#gateway.file(`artifacts/${delta.sha256}`, delta.sizeBytes, (size) =>
          this.#device.downloading(manifest, (fetched + size) / all));
        if (!bytes || (await sha256(bytes)) !== delta.sha256) return null;
        fetched += bytes.length;
        file = await applyDelta(file ?? here.bytes, bytes, delta.fromSha256, delta.toSizeBytes);
        if ((await sha256(file)) !== delta.toSha256) return null;
      }
      return file;
    } catch (error) {
      if (error instanceof InvalidDelta) return null;
      throw error;
    }
  }

  async #download(target, mostBytes, progress) {
    const name = target.path.lastIndexOf("/") + 1;
    const path = `tuf/targets/${target.path.slice(0, name)}${target.sha256}.${target.path.slice(name)}`;
    const file = await this.#gateway.file(path, mostBytes, progress);
    if (!file) throw new TufRefusal("missing", target.path, "the repository does not have it yet");
    return checkTarget(target, file);
  }

  /** Ends early when the browser is back on the network. */
  async #pause(millis) {
    let online;
    await Promise.race([
      sleep(millis),
      new Promise((resolve) => { online = resolve; addEventListener("online", online, { once: true }); }),
    ]);
    removeEventListener("online", online);
  }
}

const sleep = (millis) => new Promise((resolve) => { setTimeout(resolve, millis); });
