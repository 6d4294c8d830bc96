import { describe, expect, it } from "vitest";
import { systemClock } from "../../../src/clock.js";
import { createDirectPush, DirectPushError, type DirectPushOptions } from "../../../src/index.js";
import { resolveOptions } from "../../../src/server/resolved-options.js";
import { FakeClock } from "../../../src/testing/fake-clock.js";
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
      maxMessageBytes: 52_428_800,
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
      policy: { enforce: false, allowPartial: true, allowUnprovisionable: false },
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

  it("takes whole milliseconds of the clock alone, and all else as it is", async () => {
    const given = new FakeClock({ nowMs: 1_800_000_000_000.75, monotonicMs: 0.5 });
    const { clock } = resolveOptions({ ...required, clock: given });
    expect([clock.now(), clock.monotonicNow()]).toEqual([1_800_000_000_000, 0.5]);
    const fired: string[] = [];
    clock.setTimer(() => fired.push("one"), 10);
    clock.clearTimer(clock.setTimer(() => fired.push("other"), 10));
    await given.advance(10);
    expect(fired).toEqual(["one"]);
    expect(resolveOptions(required).clock).toBe(systemClock);
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

  it.each([
    ["", "gatherMs", 0, 10_000],
    ["", "closeSpreadMs", 0, 60_000],
    ["", "wakeSliceSize", 1, 2_147_483_647],
    ["", "callTimeoutMs", 1, 600_000],
    ["", "retryAfterSeconds", 1, 86_400],
    ["heartbeat", "minSeconds", 1, 3_540],
    ["limits", "maxBodyBytes", 1, 2_147_483_647],
    ["limits", "maxMessageBytes", 1, 2_147_483_647],
    ["limits", "maxConcurrentPerDevice", 1, 2_147_483_647],
    ["limits", "maxConcurrentPerUser", 1, 2_147_483_647],
    ["limits", "maxPingFolders", 1, 2_147_483_647],
    ["limits", "maxSyncCollections", 1, 2_147_483_647],
    ["limits", "maxSyncCommands", 1, 2_147_483_647],
    ["limits", "syncTimeBudgetMs", 1, 2_147_483_647],
  ])("takes %s %s from %d to %d, and nothing else", (group, name, least, most) => {
    const given = (value: unknown): DirectPushOptions => ({
      ...required,
      ...(group === "" ? { [name]: value } : { [group]: { [name]: value } }),
    });
    for (const value of [least, most]) expect(() => resolveOptions(given(value))).not.toThrow();
    const path = group === "" ? name : `${group}.${name}`;
    for (const wrong of [least - 1, most + 1, least + 0.5, String(least), null]) {
      expect(() => resolveOptions(given(wrong))).toThrow(
        `${path} must be a whole number from ${least} to ${most}`,
      );
    }
  });

  it.each<[string, object, string]>([
    ["mailbox", { mailbox: undefined }, "mailbox must be a Mailbox, got undefined"],
    ["source", { source: undefined }, "source must be a MailboxChangeSource, got undefined"],
    ["source.marker", { source: {} }, "source.marker must be a function, got undefined"],
    ["mailbox.folders", { mailbox: {} }, "mailbox.folders must be a function, got undefined"],
    ["state.write", { state: new Map() }, "state.read must be a function, got undefined"],
    ["clock", { clock: 5 }, "clock must be a Clock, got 5"],
    ["heartbeat", { heartbeat: 60 }, "heartbeat must be an object, got 60"],
    ["limits", { limits: null }, "limits must be an object, got null"],
    ["policy", { policy: true }, "policy must be an object, got true"],
    ["policy.enforce", { policy: { enforce: "false" } }, 'policy.enforce must be true or false, got "false"'],
    [
      "policy.allowPartial",
      { policy: { allowPartial: 1 } },
      "policy.allowPartial must be true or false, got 1",
    ],
    [
      "policy.allowUnprovisionable",
      { policy: { allowUnprovisionable: null } },
      "policy.allowUnprovisionable must be true or false, got null",
    ],
    ["strictGetChanges", { strictGetChanges: "no" }, 'strictGetChanges must be true or false, got "no"'],
    ["versions", { versions: ["16.1"] }, "versions must be a function, got an object"],
    ["network", { network: "lan" }, 'network must be a function, got "lan"'],
    ["emptySyncResponse", { emptySyncResponse: true }, "emptySyncResponse must be a function, got true"],
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
      "heartbeat.maxSeconds must be at least heartbeat.minSeconds, which is 100, got 99",
    ],
    [
      "heartbeat.maxSeconds",
      { heartbeat: { maxSeconds: 3541 } },
      "heartbeat.maxSeconds must be a whole number from 1 to 3540, got 3541",
    ],
    [
      "heartbeat.learning",
      { heartbeat: { learning: "on" } },
      'heartbeat.learning must be one of off, observe, answer-early, refuse, got "on"',
    ],
    [
      "heartbeat.alertSeconds",
      { heartbeat: { alertSeconds: -1 } },
      "heartbeat.alertSeconds must be a whole number from 0 to 3540, got -1",
    ],
    [
      "heartbeat.alertSamples",
      { heartbeat: { alertSamples: 0 } },
      "heartbeat.alertSamples must be a whole number from 1 to 100000, got 0",
    ],
    ["trustedProxies", { trustedProxies: "10.0.0.0/8" }, 'trustedProxies must be an array, got "10.0.0.0/8"'],
    [
      "trustedProxies",
      { trustedProxies: ["proxy"], network: () => "one" },
      'trustedProxies must name an address or a network such as 10.0.0.0/8 each, got "proxy"',
    ],
    [
      "limits.maxBodyBytes",
      { limits: { maxBodyBytes: 1.5 } },
      "limits.maxBodyBytes must be a whole number from 1 to 2147483647, got 1.5",
    ],
    [
      "callTimeoutMs",
      { callTimeoutMs: Number.NaN },
      "callTimeoutMs must be a whole number from 1 to 600000, got NaN",
    ],
    ["wakePolicy", { wakePolicy: "all" }, 'wakePolicy must be "any-change" or "additions", got "all"'],
    ["realm", { realm: 5 }, "realm must be printable ASCII, got 5"],
    ["realm", { realm: "a\r\nb" }, 'realm must be printable ASCII, got "a\\r\\nb"'],
    [
      "policy.document",
      { policy: { document: { minDevicePasswordLength: 17 } } },
      "policy.document.minDevicePasswordLength must be a whole number from 1 to 16, or null, got 17",
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
