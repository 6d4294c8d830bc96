import { describe, expect, it } from "vitest";
import { createDirectPush, DirectPushError, type DirectPushOptions } from "../../../src/index.js";
import { resolveOptions } from "../../../src/server/resolved-options.js";
import { MemoryMailbox } from "../../../src/testing/memory-mailbox.js";

const mailbox = new MemoryMailbox();
const required: DirectPushOptions = {
  mailbox,
  source: mailbox,
  authenticate: async () => ({ kind: "refused" }),
};

describe("resolveOptions", () => {
  it("has these defaults", () => {
    const { mailbox: _, source: __, state, clock: ___, command, ...rest } = resolveOptions(required);
    expect(state).toBeDefined();
    expect(rest).toMatchObject({
      maxBodyBytes: 20_971_520,
      maxConcurrentPerDevice: 20,
      maxConcurrentPerUser: 200,
      callTimeoutMs: 15_000,
      gatherMs: 50,
      closeSpreadMs: 1_000,
      retryAfterSeconds: 30,
      realm: "Direct Push",
      wakeSliceSize: 200,
    });
    expect(command).toMatchObject({
      heartbeatMinSeconds: 60,
      heartbeatMaxSeconds: 3_540,
      maxPingFolders: 1_000,
      maxSyncCollections: 1_000,
      maxSyncCommands: 200,
      syncTimeBudgetMs: 10_000,
      wakePolicy: "any-change",
      strictGetChanges: false,
      policy: { enforce: false, allowPartial: true, allowUnprovisionable: true },
    });
    expect(command.emptySyncResponse("any")).toBe(true);
  });

  it("is frozen", () => {
    const resolved = resolveOptions(required);
    expect(Object.isFrozen(resolved)).toBe(true);
    expect(Object.isFrozen(resolved.command)).toBe(true);
    expect(Object.isFrozen(resolved.command.policy)).toBe(true);
    expect(Object.isFrozen(resolved.command.policy.document)).toBe(true);
  });

  it("keeps `this` of the hooks", async () => {
    class Hooks {
      readonly mailbox = mailbox;
      readonly source = mailbox;
      readonly name = "alice";
      async authenticate(): Promise<{ kind: "user"; user: string }> {
        return { kind: "user", user: this.name };
      }
    }
    const { authenticate } = resolveOptions(new Hooks());
    const request = { method: "POST", url: "", headers: {}, remoteAddress: undefined, raw: undefined };
    expect(await authenticate({ kind: "none" }, request)).toEqual({ kind: "user", user: "alice" });
  });

  it.each<[string, object, string]>([
    ["mailbox", { mailbox: undefined }, "mailbox must be a Mailbox, got undefined"],
    ["source", { source: {} }, "source must be a MailboxChangeSource, got an object"],
    ["authenticate", { authenticate: "x" }, 'authenticate must be a function, got "x"'],
    ["authorizeDevice", { authorizeDevice: 1 }, "authorizeDevice must be a function, got 1"],
    [
      "heartbeat.minSeconds",
      { heartbeat: { minSeconds: 0 } },
      "heartbeat.minSeconds must be a whole number from 1 to 3540, got 0",
    ],
    [
      "heartbeat.maxSeconds",
      { heartbeat: { minSeconds: 100, maxSeconds: 99 } },
      "heartbeat.maxSeconds must be a whole number from 100 to 3540, got 99",
    ],
    [
      "heartbeat.maxSeconds",
      { heartbeat: { maxSeconds: 3541 } },
      "heartbeat.maxSeconds must be a whole number from 60 to 3540, got 3541",
    ],
    [
      "limits.maxBodyBytes",
      { limits: { maxBodyBytes: 1.5 } },
      "limits.maxBodyBytes must be a whole number from 1 to 2147483647, got 1.5",
    ],
    [
      "callTimeoutMs",
      { callTimeoutMs: Number.NaN },
      "callTimeoutMs must be a whole number from 1 to 600000, got null",
    ],
    ["wakePolicy", { wakePolicy: "all" }, 'wakePolicy must be "any-change" or "additions", got "all"'],
    ["realm", { realm: "a\r\nb" }, 'realm must be printable ASCII, got "a\\r\\nb"'],
    [
      "policy.document",
      { policy: { document: { minDevicePasswordLength: 17 } } },
      "policy.document.minDevicePasswordLength must be a whole number from 1 to 16, got 17",
    ],
  ])("refuses a wrong %s", (_, wrong, message) => {
    const make = (): unknown => createDirectPush({ ...required, ...wrong } as DirectPushOptions);
    expect(make).toThrow(DirectPushError);
    expect(make).toThrow(message);
    try {
      make();
    } catch (error) {
      expect(error).toMatchObject({ code: "ERR_OPTION_INVALID" });
    }
  });
});
