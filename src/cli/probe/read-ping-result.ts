import { readPing } from "../../client/documents/ping.js";
import type { AnswerHeaders, EasResult } from "../../client/transport/eas-transport.js";
import type { HoldOutcome } from "./hold-outcome.js";

/** What the answer to a Ping asks the device to do before the next. */
export interface ReadPing {
  /** Undefined for a Ping that the probe itself ended. */
  readonly outcome: HoldOutcome | undefined;
  readonly next: "nothing" | "sync" | "start over";
}

/** A server may end an interval earlier by this share, or by half a second, and keeps its word all the same. */
const EARLY_SHARE = 0.05;
const EARLY_SECONDS = 0.5;
/** What is answered sooner was never held: it says something of the server and nothing of the path. */
const AT_ONCE_SECONDS = 1;

/** What became of a Ping of so many seconds. */
export function readPingResult(askedSeconds: number, result: EasResult): ReadPing {
  switch (result.kind) {
    case "aborted":
      return { outcome: undefined, next: "nothing" };
    case "unreachable":
      return unclear(`There was no connection any more: ${result.error.message}.`);
    case "unreadable":
      return unclear("Something answered with status 200 and no ActiveSync document.");
    case "silent":
      return { outcome: { kind: "silent", afterSeconds: result.afterSeconds }, next: "nothing" };
    case "cut":
      return {
        outcome: { kind: "cut", how: howCut(result.error), afterSeconds: result.afterSeconds },
        next: "nothing",
      };
    case "answered":
      return result.status === 200 ? readAnswer(askedSeconds, result) : readStatus(askedSeconds, result);
  }
}

/** How an intermediary calls itself in an answer of its own; undefined when it does not. */
function proxyName(headers: AnswerHeaders): string | undefined {
  if (headers["cf-ray"] !== undefined) return "Cloudflare";
  if (headers["x-azure-ref"] !== undefined) return "Azure Front Door";
  return headers["server"] || headers["via"] || undefined;
}

/** Node tells a reset by its code, and an end before the answer by these words. */
function howCut(error: Error): "closed" | "reset" {
  const isReset = "code" in error && error.code === "ECONNRESET" && error.message !== "socket hang up";
  return isReset && error.message !== "aborted" ? "reset" : "closed";
}

function readAnswer(askedSeconds: number, result: EasResult & { kind: "answered" }): ReadPing {
  const { document, afterSeconds } = result;
  const answer = readPing(document);
  switch (answer.kind) {
    case "no-change": {
      const leastSeconds = askedSeconds - Math.max(EARLY_SECONDS, askedSeconds * EARLY_SHARE);
      const isInTime = afterSeconds >= leastSeconds;
      return { outcome: isInTime ? { kind: "carried" } : { kind: "early", afterSeconds }, next: "nothing" };
    }
    case "changed":
      return { outcome: { kind: "changed", afterSeconds }, next: "sync" };
    case "out-of-bounds":
      return { outcome: { kind: "refused", nearestSeconds: answer.nearestSeconds }, next: "nothing" };
    case "hierarchy-outdated":
      return { outcome: { kind: "changed", afterSeconds }, next: "start over" };
    case "incomplete":
    case "too-many-folders":
      return unclear(`The server answered a whole Ping of one folder with "${answer.kind}".`);
    case "unusable":
      return unclear(`The server answered a Ping with Status ${answer.status ?? "none"}.`);
  }
}

function readStatus(askedSeconds: number, result: EasResult & { kind: "answered" }): ReadPing {
  const { status, headers, afterSeconds } = result;
  const wasHeld = afterSeconds >= Math.min(AT_ONCE_SECONDS, askedSeconds / 4);
  if (!wasHeld && (status === 503 || status === 429)) return { outcome: { kind: "busy" }, next: "nothing" };
  if (!wasHeld || status < 500) {
    if (status !== 408)
      return unclear(`A Ping was answered HTTP ${status} after ${afterSeconds.toFixed(1)} s.`);
  }
  return { outcome: { kind: "gateway", status, proxy: proxyName(headers), afterSeconds }, next: "nothing" };
}

function unclear(reason: string): ReadPing {
  return { outcome: { kind: "unclear", reason }, next: "nothing" };
}
