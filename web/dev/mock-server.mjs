/**
 * A desk server to develop the page against: replays a golden call log over the desk protocol.
 *
 *   npm run dev:mock -- [--log upgrade] [--until SEQ] [--from SEQ] [--role agent] [--idle] [--port 8765] [--drop SECONDS]
 *
 * --from sends everything up to SEQ at once, --until stops there, --idle has no live call, --drop closes every desk
 * connection once after that many seconds. Any password but `wrong` works.
 * Serves the built page too.
 */

import { createReadStream, existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { parseArgs } from "node:util";

import { WebSocketServer } from "ws";

const repository = join(import.meta.dirname, "../..");
const site = join(repository, "gateway/static");
const logs = join(repository, "tests/fixtures/logs");
const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };

const { values: options } = parseArgs({
  options: {
    log: { type: "string", default: "upgrade" },
    from: { type: "string", default: "1" },
    until: { type: "string", default: "100000" },
    role: { type: "string", default: "agent" },
    idle: { type: "boolean", default: false },
    port: { type: "string", default: "8765" },
    drop: { type: "string", default: "0" },
  },
});

const user = { user_id: "u-wang", name: "王小敏", role: options.role, agent_id: "agent-7" };
const log = readFileSync(join(logs, `${options.log}.jsonl`), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));
const finalView = JSON.parse(readFileSync(join(logs, `${options.log}.views.json`), "utf8")).at(-1);
const emptyView = JSON.parse(readFileSync(join(logs, "edges.views.json"), "utf8"))[0];

/** Moves the log's wall times so that the envelope numbered `from` is logged now. */
function liveLog() {
  const loggedAt = Date.parse(log[Math.min(Number(options.from), log.length) - 1].at);
  const shift_ms = Date.now() - loggedAt;
  return log.slice(0, Number(options.until)).map((envelope) => ({
    ...envelope,
    call_id: "live-1",
    at: new Date(Date.parse(envelope.at) + shift_ms).toISOString(),
  }));
}

const live = options.idle ? [] : liveLog();

function summary(callId, view, overrides) {
  return {
    call_id: callId,
    source: "native/1",
    opened_at: view.opened_at,
    closed_at: null,
    cause: null,
    duration_ms: view.position_ms,
    agent_id: "agent-7",
    agent_name: "王小敏",
    customer_id: "C-88213",
    customer_name: "李女士",
    external_id: null,
    playbook: "telecom-zh@1",
    utterances: view.lines.length,
    prompts: view.prompts.length,
    flags: 2,
    last_seq: view.seq,
    has_audio: false,
    ...overrides,
  };
}

const recent = ["赵先生", "钱女士", "孙先生", "周先生", "吴女士"].map((customer_name, index) =>
  summary(`stored-${index + 1}`, finalView, {
    customer_name,
    cause: "hangup",
    opened_at: new Date(Date.now() - (index * 47 + 12) * 60_000).toISOString(),
    closed_at: new Date().toISOString(),
    duration_ms: 92_000 + index * 71_000,
    flags: index % 3,
  }),
);

function liveSummaries() {
  const [opened] = live;
  if (opened === undefined) return [];
  const first = summary("live-1", finalView, { opened_at: opened.at, flags: 1 });
  const others =
    user.role === "agent"
      ? []
      : ["陈女士", "刘先生"].map((customer_name, index) =>
          summary(`live-${index + 2}`, finalView, {
            customer_name,
            agent_name: ["李雷", "韩梅"][index],
            opened_at: opened.at,
            flags: index,
          }),
        );
  return [first, ...others];
}

let signedIn = true;

function answer(response, status, content) {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(content));
}

const routes = {
  "GET /api/v1/session": (_, response) =>
    signedIn
      ? answer(response, 200, user)
      : answer(response, 401, { error: { code: "not-authenticated", message: "Sign in." } }),
  "DELETE /api/v1/session": (_, response) => {
    signedIn = false;
    response.writeHead(204).end();
  },
  "POST /api/v1/session": async (request, response) => {
    const chunks = await request.toArray();
    const { password } = JSON.parse(Buffer.concat(chunks).toString());
    signedIn = password !== "wrong";
    routes["GET /api/v1/session"](request, response);
  },
  "GET /api/v1/calls": (_, response) => answer(response, 200, { calls: recent, next: null }),
};

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, "http://localhost");
  const route = routes[`${request.method} ${pathname}`];
  const stored = recent.find(({ call_id }) => pathname === `/api/v1/calls/${call_id}`);
  if (route !== undefined) route(request, response);
  else if (stored !== undefined)
    answer(response, 200, { call: stored, view: { ...finalView, call_id: stored.call_id } });
  else if (pathname.startsWith("/api/"))
    answer(response, 404, { error: { code: "unknown-call", message: "No such call." } });
  else serveFile(pathname, response);
});

function serveFile(pathname, response) {
  const path = join(site, normalize(pathname === "/" ? "/index.html" : pathname));
  if (!path.startsWith(site) || !existsSync(path)) return response.writeHead(404).end();
  const policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'";
  response.writeHead(200, { "Content-Type": types[extname(path)] ?? "text/plain", "Content-Security-Policy": policy });
  return createReadStream(path).pipe(response);
}

const sockets = new WebSocketServer({ server, path: "/desk/v1" });
sockets.on("connection", (socket) => {
  const send = (message) => socket.send(JSON.stringify(message));
  let timers = [];
  send({ type: "hello", version: 1, user, server: { name: "mock", version: "0" } });
  send({ type: "calls", calls: liveSummaries() });
  const follow = (after) => {
    timers.forEach(clearTimeout);
    if (after === 0)
      send({
        type: "snapshot",
        call_id: "live-1",
        view: { ...emptyView, call_id: "live-1", seq: 0, status: "opening", opened_at: null, legs: [] },
      });
    const missed = live.filter(({ seq, at }) => seq > after && Date.parse(at) <= Date.now());
    send({ type: "events", call_id: "live-1", envelopes: missed });
    timers = live
      .filter(({ seq, at }) => seq > after && Date.parse(at) > Date.now())
      .map((envelope) =>
        setTimeout(send, Date.parse(envelope.at) - Date.now(), {
          type: "events",
          call_id: "live-1",
          envelopes: [envelope],
        }),
      );
  };
  socket.on("message", (data) => {
    const message = JSON.parse(data);
    if (message.type === "ping") send({ type: "pong", id: message.id });
    if (message.type === "subscribe" && message.call_id === "live-1") follow(message.after ?? 0);
    if (message.type === "subscribe" && message.call_id !== "live-1")
      send({ type: "error", code: "unknown-call", message: "Only live-1 is live here." });
    if (message.type === "outcome") {
      console.log(JSON.stringify(message));
      send({ type: "outcome-stored", id: message.id, seq: 0 });
    }
  });
  socket.on("close", () => timers.forEach(clearTimeout));
});

if (Number(options.drop) > 0) {
  setTimeout(() => sockets.clients.forEach((socket) => socket.terminate()), Number(options.drop) * 1000);
}
server.listen(Number(options.port), "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
