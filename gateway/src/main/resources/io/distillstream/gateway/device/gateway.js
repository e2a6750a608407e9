// The gateway as this page sees it: files, lists, and a stream of events. `fetch` and not
// EventSource, since a token has to be sent as a header.

/** A gateway sends a heartbeat each 15 s; without any the connection is dead. */
const SILENCE_MILLIS = 45_000;

const LONGEST_LINE = 1 << 20;

/** No answer (status 0), or one that is neither what was asked for nor "not found". */
export class GatewayError extends Error {
  constructor(status, message, retryAfterMillis = 0) {
    super(message);
    this.name = "GatewayError";
    this.status = status;
    this.retryAfterMillis = retryAfterMillis;
  }
}

export class Gateway {
  #base;
  #token;
  #askToken;
  #asking = null;
  #received = 0;

  /**
   * @param base the address that all paths are below
   * @param token sent with each request; null where none is known
   * @param askToken (whether one was refused) to a promise of another token
   */
  constructor(base, token, askToken) {
    this.#base = base;
    this.#token = token;
    this.#askToken = askToken;
  }

  /** Bytes that came over the network so far, compressed as they came. */
  get received() {
    return this.#received;
  }

  async json(path) {
    const response = await this.#ask(path);
    if (response.status === 404) return null;
    return connected(response.json());
  }

  /** Resolves once the gateway has taken it in, or answers that it takes in no such thing. */
  async post(path, content) {
    const response = await this.#ask(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(content),
    });
    await response.body?.cancel();
  }

  /**
   * A file, undefined if there is none. Reading ends one byte beyond the limit, so that the caller
   * sees that it is too long.
   *
   * @param progress told of the bytes read so far
   */
  async file(path, maxBytes, progress = () => {}) {
    const response = await this.#ask(path);
    if (response.status === 404) return undefined;
    const pieces = [];
    let size = 0;
    const reader = response.body.getReader();
    const next = () => connected(reader.read());
    for (let part = await next(); !part.done; part = await next()) {
      pieces.push(part.value);
      size += part.value.length;
      progress(size);
      if (size > maxBytes) {
        await reader.cancel();
        break;
      }
    }
    this.#received += Number(response.headers.get("Content-Length") ?? size);
    return joined(pieces, Math.min(size, maxBytes + 1));
  }

  /**
   * Events of one stream, {id, name, data}, until it ends.
   *
   * @param lastId id of the last event that was taken in; empty for none
   * @param opened called once the gateway has answered
   */
  async *events(path, lastId, opened) {
    const silence = new AbortController();
    let timer = 0;
    const heard = () => {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(new Error("not even a heartbeat came")), SILENCE_MILLIS);
    };
    heard();
    try {
      const headers = { Accept: "text/event-stream", ...(lastId && { "Last-Event-ID": lastId }) };
      const response = await this.#ask(path, { headers, cache: "no-store", signal: silence.signal });
      if (response.status === 404) throw new GatewayError(404, "nothing is published yet");
      opened();
      const parser = new EventParser();
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        heard();
        yield* parser.push(part.value);
      }
    } finally {
      clearTimeout(timer);
      silence.abort();
    }
  }

  async #ask(path, options = {}) {
    for (let refused = false; ; refused = true) {
      const token = this.#token;
      const headers = { ...options.headers, ...(token && { Authorization: `Bearer ${token}` }) };
      const response = await connected(fetch(new URL(path, this.#base), { ...options, headers }));
      if (response.status !== 401) return accepted(response);
      await response.body?.cancel();
      // Somebody else may have asked for it meanwhile.
      if (this.#token === token) {
        this.#asking ??= this.#askToken(refused || token !== null);
        this.#token = await this.#asking;
        this.#asking = null;
      }
    }
  }
}

/** Takes pieces of a stream apart, by the HTML standard's section on server-sent events. */
export class EventParser {
  #rest = "";
  #event = { id: "", name: "", data: [] };

  /** The events that a piece of text completes. */
  *push(text) {
    this.#rest += text;
    const lines = this.#rest.split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop();
    if (this.#rest.length > LONGEST_LINE) throw new Error("an event of the gateway is too long");
    for (const line of lines) {
      if (line !== "") {
        this.#field(line);
      } else {
        const { id, name, data } = this.#event;
        this.#event = { id, name: "", data: [] };
        if (data.length > 0) yield { id, name: name || "message", data: data.join("\n") };
      }
    }
  }

  #field(line) {
    const [, name, value] = /^([^:]*):? ?(.*)$/s.exec(line);
    if (name === "id") this.#event.id = value;
    else if (name === "event") this.#event.name = value;
    else if (name === "data") this.#event.data.push(value);
  }
}

/** What fails on the way is no mistake of anybody's, and may go well the next time. */
const connected = (answer) => answer.catch((error) => {
  throw new GatewayError(0, `the gateway cannot be reached: ${error.message}`);
});

async function accepted(response) {
  if (response.ok || response.status === 404) {
    if (!response.ok) await response.body?.cancel();
    return response;
  }
  const body = await response.json().catch(() => ({}));
  const seconds = Number(response.headers.get("Retry-After"));
  throw new GatewayError(response.status, body.error ?? `the gateway answers ${response.status}`,
    Number.isFinite(seconds) ? seconds * 1000 : 0);
}

function joined(pieces, size) {
  const all = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    const part = piece.subarray(0, size - at);
    all.set(part, at);
    at += part.length;
  }
  return all;
}
