import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { EventParser, Gateway } from "./page/gateway.js";

let server;
let base;

before(async () => {
  server = createServer((request, response) => {
    if (request.headers.authorization !== "Bearer secret") {
      response.writeHead(401).end("{}");
    } else if (request.url === "/v1/file") {
      response.end(Buffer.alloc(1000, 1));
    } else if (request.url === "/v1/busy") {
      response.writeHead(503, { "Retry-After": "2" }).end('{"error":"starting"}');
    } else if (request.url === "/v1/events") {
      response.writeHead(200, { "Content-Type": "text/event-stream" });
      response.end(`:\n\nid: 2\nevent: update\ndata: after ${request.headers["last-event-id"]}\n\n`);
    } else {
      response.writeHead(404).end("{}");
    }
  });
  await new Promise((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  base = new URL(`http://127.0.0.1:${server.address().port}/v1/`);
});

after(() => server.close());

test("asks for a token once, and again where it was refused", async () => {
  const asked = [];
  const gateway = new Gateway(base, null, async (refused) => {
    asked.push(refused);
    return asked.length === 1 ? "wrong" : "secret";
  });
  const files = await Promise.all([gateway.file("file", 2000), gateway.file("file", 2000)]);
  assert.deepEqual(files.map((file) => file.length), [1000, 1000]);
  assert.deepEqual(asked, [false, true]);
  assert.equal(gateway.received, 2000);
});

test("reads no more than one byte beyond the limit, and tells what is not there", async () => {
  const gateway = new Gateway(base, "secret");
  assert.equal((await gateway.file("file", 100)).length, 101);
  assert.equal(await gateway.file("nothing", 100), undefined);
});

test("tells how long a gateway asks to wait", async () => {
  await assert.rejects(new Gateway(base, "secret").file("busy", 100),
    { message: "starting", status: 503, retryAfterMillis: 2000 });
});

test("listens from the last event on", async () => {
  const events = [];
  for await (const event of new Gateway(base, "secret").events("events", "1", () => {})) {
    events.push(event);
  }
  assert.deepEqual(events, [{ id: "2", name: "update", data: "after 1" }]);
});

test("puts events together however they are cut into pieces", () => {
  const stream = "retry: 5\r\n\r\nid: 1\r\nevent: update\r\ndata: a\r\ndata:b\r\n\r\n:\n\ndata: c\n\n";
  for (let cut = 0; cut <= stream.length; cut++) {
    const parser = new EventParser();
    const events = [...parser.push(stream.slice(0, cut)), ...parser.push(stream.slice(cut))];
    assert.deepEqual(events, [
      { id: "1", name: "update", data: "a\nb" },
      { id: "1", name: "message", data: "c" },
    ], `cut at ${cut}`);
  }
});
