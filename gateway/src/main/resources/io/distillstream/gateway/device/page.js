// The page from its start: what the browser needs, which channel, which root, and then the device.

import { loadRuntime } from "./classifier.js";
import { BrowserDevice } from "./device.js";
import { Gateway, GatewayError } from "./gateway.js";
import { TufRefusal } from "./metadata.js";
import { RootRefusal, Unsigned, pinnedRoot } from "./pinned-root.js";
import { Reports } from "./reports.js";
import { Store } from "./store.js";
import { TrustedMetadata } from "./tuf.js";
import { Updates } from "./updates.js";
import { View } from "./view.js";

const TOKEN = "distillstream-token";
const FOLLOWED = "followed";
const PAUSE = 2_000;

const view = new View();
const address = new URLSearchParams(location.hash.slice(1));
const here = new URL(".", import.meta.url);

async function begin() {
  if (!isSecureContext || !crypto?.subtle) {
    view.notice("insecure");
    return;
  }
  if (!(await hasEd25519())) {
    view.notice("no-ed25519");
    return;
  }
  const store = await Store.open();
  view.onForget = async () => {
    await store.clear();
    location.reload();
  };
  const [ort, followed] = await Promise.all([runtime(), chosen(store)]);
  const gateway = new Gateway(new URL("../v1/", here), sessionStorage.getItem(TOKEN), askToken);
  const reports = new Reports(store, gateway, (error) =>
    view.failed("The gateway is told nothing more of this browser", `${error.message}.`));
  await reports.begin();
  // A model that is here already answers before the gateway does.
  let device = followed && (await started(store, ort, followed, reports));
  const channels = await patiently(() => listed(gateway));
  const channel = followed ?? channels[0];
  view.channels(channels, channel);
  device ??= await started(store, ort, channel, reports);
  const trust = store.below("trust/");
  const source = (name, maxBytes) => gateway.file(`tuf/metadata/${name}`, maxBytes);
  const root = await patiently(() => pinnedRoot(trust, source, address.get("root")?.toLowerCase() ?? null));
  view.root(root);
  const metadata = await new TrustedMetadata(trust, source).open(root.file);
  await store.put(FOLLOWED, channel);
  if (ort) reports.tell(device.version);
  await new Updates(gateway, metadata, channel, device).follow();
}

async function started(store, ort, channel, reports) {
  const device = new BrowserDevice(store, ort, view, channel, reports);
  await device.begin();
  view.onText = (text) => device.ask(text);
  return device;
}

async function runtime() {
  try {
    const ort = await loadRuntime(new URL("runtime/", here));
    if (!ort) view.notice("no-runtime");
    return ort;
  } catch (error) {
    view.notice("no-runtime", `It could not be loaded: ${error.message}.`);
    return null;
  }
}

/** The channel that the address names, or that was followed last. */
async function chosen(store) {
  const [model, channel] = (address.get("follow") ?? "").split("/");
  return model && channel ? { model, channel } : ((await store.get(FOLLOWED)) ?? null);
}

async function listed(gateway) {
  const { models } = await gateway.json("models");
  if (models.length === 0) throw new GatewayError(404, "nothing is published yet");
  return models.map(({ model, channel }) => ({ model, channel }));
}

/** Tries again while the gateway cannot be reached, or has nothing yet. */
async function patiently(attempt) {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      const waiting = error.status === 404;
      view.connection(waiting ? "waiting" : "lost",
        waiting ? "Waiting for the first version" : "Not connected, trying again", error.message);
      const pause = Math.max(error.retryAfterMillis, PAUSE * (0.5 + Math.random() / 2));
      await new Promise((resolve) => { setTimeout(resolve, pause); });
    }
  }
}

async function askToken(refused) {
  const token = await view.askToken(refused);
  sessionStorage.setItem(TOKEN, token);
  return token;
}

async function hasEd25519() {
  try {
    await crypto.subtle.importKey("raw", new Uint8Array(32), "Ed25519", false, ["verify"]);
    return true;
  } catch (error) {
    return error.name !== "NotSupportedError";
  }
}

addEventListener("hashchange", () => location.reload());
begin().catch((error) => {
  view.connection("refused", "Not following");
  if (error instanceof Unsigned) view.notice("unsigned");
  else if (error instanceof RootRefusal) view.notice(error.trusted ? "other-root" : "wrong-root", error.message);
  else if (error instanceof TufRefusal) view.refused(`${error.message}.`);
  else view.failed("This page cannot go on", `${error.message}.`);
});
