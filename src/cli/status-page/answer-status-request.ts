import type { IncomingMessage, ServerResponse } from "node:http";
import { mergeSnapshots, type StatusSource } from "../observed/status-snapshot.js";
import { isOurHost } from "./host-check.js";
import type { LiveUpdates } from "./live-updates.js";
import { readPageQuery } from "./page-query.js";
import { pageScript } from "./page-script.js";
import { statusPage } from "./status-view.js";
import { icon, styles } from "./styles.js";

/** What answers need. */
export interface StatusAnswers {
  readonly source: StatusSource;
  readonly live: LiveUpdates;
  /** What the server is called besides its addresses and `localhost`, in lower case. */
  readonly names: readonly string[];
}

/** With every answer: nothing from elsewhere, nothing inline, in no frame, kept nowhere, and told to nobody. */
const headers = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
} as const;

const files: ReadonlyMap<string, readonly [type: string, text: string]> = new Map([
  ["/status.css", ["text/css; charset=utf-8", styles]],
  ["/status.js", ["text/javascript; charset=utf-8", pageScript]],
  ["/icon.svg", ["image/svg+xml", icon]],
]);

/** Answers one request for the operators' page. Never rejects. */
export async function answerStatusRequest(
  answers: StatusAnswers,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    await answer(answers, request, response);
  } catch {
    if (!response.headersSent) plain(response, 503, "The state of the server could not be read.");
    else response.destroy();
  }
}

async function answer(
  answers: StatusAnswers,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== "GET" && request.method !== "HEAD") {
    return plain(response, 405, "GET and HEAD alone.", { allow: "GET, HEAD" });
  }
  if (!isOurHost(request.headers.host, answers.names)) {
    return plain(response, 421, "Not a name of this server: use its address, or tell the server its name.");
  }
  // The host is no part of what is looked at from here on, so any will do.
  const url = URL.canParse(request.url ?? "", "http://localhost")
    ? new URL(request.url ?? "", "http://localhost")
    : undefined;
  const query = readPageQuery(url?.searchParams ?? new URLSearchParams());
  const file = files.get(url?.pathname ?? "");
  if (file !== undefined) return send(response, ...file);
  switch (url?.pathname) {
    case "/": {
      const overview = mergeSnapshots(await answers.source.snapshots(query), query);
      return send(response, "text/html; charset=utf-8", statusPage(overview, query));
    }
    case "/status.json": {
      const overview = mergeSnapshots(await answers.source.snapshots(query), query);
      return send(response, "application/json", JSON.stringify(overview));
    }
    case "/events":
      return readAlong(answers.live, query, request, response);
    default:
      return plain(response, 404, "There is nothing here.");
  }
}

function readAlong(
  live: LiveUpdates,
  query: ReturnType<typeof readPageQuery>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (!live.hasRoom) {
    plain(response, 503, "Too many pages are open.", { "retry-after": "10" });
    return;
  }
  response.writeHead(200, { ...headers, "content-type": "text/event-stream", "x-accel-buffering": "no" });
  if (request.method === "HEAD") {
    response.end();
    return;
  }
  response.flushHeaders();
  response.on("close", live.add(query, response));
}

function send(response: ServerResponse, type: string, text: string): void {
  // Node leaves the body out of an answer to HEAD by itself.
  response.writeHead(200, { ...headers, "content-type": type, "content-length": Buffer.byteLength(text) });
  response.end(text);
}

function plain(
  response: ServerResponse,
  status: number,
  text: string,
  more: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { ...headers, "content-type": "text/plain; charset=utf-8", ...more });
  response.end(`${text}\n`);
}
