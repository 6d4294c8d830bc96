import { describe, expect, it } from "vitest";
import { readPingResult } from "../../../../src/cli/probe/read-ping-result.js";
import type { EasResult } from "../../../../src/client/index.js";
import { DirectPushError } from "../../../../src/errors.js";
import { element, Ping, textElement, type WbxmlElement } from "../../../../src/wbxml/index.js";

function answered(
  status: number,
  afterSeconds: number,
  headers: Readonly<Record<string, string>> = {},
  document?: WbxmlElement,
): EasResult {
  return { kind: "answered", status, headers, document, afterSeconds };
}

function ping(status: number, afterSeconds: number, ...more: readonly WbxmlElement[]): EasResult {
  return answered(200, afterSeconds, {}, element(Ping.Ping, [textElement(Ping.Status, status), ...more]));
}

function cut(message: string, code: string): EasResult {
  return { kind: "cut", error: Object.assign(new Error(message), { code }), afterSeconds: 60 };
}

describe("what became of a Ping of 100 seconds", () => {
  it.each([
    [100.2, { kind: "carried" }],
    [99.7, { kind: "carried" }],
    [95, { kind: "carried" }],
    [94, { kind: "early", afterSeconds: 94 }],
    [3, { kind: "early", afterSeconds: 3 }],
  ])('that was answered "no changes" after %d s', (afterSeconds, outcome) => {
    expect(readPingResult(100, ping(1, afterSeconds))).toEqual({ outcome, next: "nothing" });
  });

  it("that was ended by a change: the folder is to be synced", () => {
    const folders = element(Ping.Folders, [textElement(Ping.Folder, "notes")]);
    expect(readPingResult(100, ping(2, 40, folders))).toEqual({
      outcome: { kind: "changed", afterSeconds: 40 },
      next: "sync",
    });
  });

  it("that the server has other folders for: everything is to begin anew", () => {
    expect(readPingResult(100, ping(7, 40))).toMatchObject({
      outcome: { kind: "changed" },
      next: "start over",
    });
  });

  it("that the server would hold for another interval", () => {
    expect(readPingResult(100, ping(5, 0.1, textElement(Ping.HeartbeatInterval, 60)))).toMatchObject({
      outcome: { kind: "refused", nearestSeconds: 60 },
    });
  });

  it.each([
    [cut("socket hang up", "ECONNRESET"), "closed"],
    [cut("aborted", "ECONNRESET"), "closed"],
    [cut("read ECONNRESET", "ECONNRESET"), "reset"],
  ] as const)("whose connection ended: %j", (result, how) => {
    expect(readPingResult(100, result).outcome).toEqual({ kind: "cut", how, afterSeconds: 60 });
  });

  it("that was lost in silence, and that the probe ended itself", () => {
    expect(readPingResult(100, { kind: "silent", afterSeconds: 110 }).outcome).toEqual({
      kind: "silent",
      afterSeconds: 110,
    });
    expect(readPingResult(100, { kind: "aborted", afterSeconds: 5 }).outcome).toBeUndefined();
  });

  it.each([
    [504, { server: "nginx/1.22.1" }, "nginx/1.22.1"],
    [524, { server: "cloudflare", "cf-ray": "8" }, "Cloudflare"],
    [504, { "x-azure-ref": "x" }, "Azure Front Door"],
    [502, { via: "1.1 google" }, "1.1 google"],
    [504, {}, undefined],
    [408, {}, undefined],
    [503, { server: "x" }, "x"],
  ])("that a proxy answered %i with %j", (status, headers, proxy) => {
    expect(readPingResult(100, answered(status, 60, headers)).outcome).toEqual({
      kind: "gateway",
      status,
      proxy,
      afterSeconds: 60,
    });
  });

  it("that the server had no room for", () => {
    expect(readPingResult(100, answered(503, 0.1)).outcome).toEqual({ kind: "busy" });
    expect(readPingResult(100, answered(429, 0.1)).outcome).toEqual({ kind: "busy" });
  });

  it.each([
    answered(502, 0.2),
    answered(401, 0.2),
    answered(401, 50),
    answered(200, 5),
    ping(3, 1),
    ping(6, 1, textElement(Ping.MaxFolders, 1)),
    ping(8, 1),
    { kind: "unreachable", error: new Error("refused") } as const,
    {
      kind: "unreadable",
      status: 200,
      headers: {},
      error: new DirectPushError("ERR_WBXML_HEADER", "html"),
      afterSeconds: 1,
    } as const,
  ])("that says nothing of the path: %j", (result: EasResult) => {
    expect(readPingResult(100, result).outcome).toMatchObject({
      kind: "unclear",
      reason: expect.any(String),
    });
  });
});
