import { describe, expect, test } from "vitest";
import { MemoryRelayHub } from "../../../src/testing/memory-relay.js";
import { relayContract } from "../../../src/testing/relay-contract.js";

describe("MemoryRelay", () => {
  const contract = relayContract(() => {
    const hub = new MemoryRelayHub();
    return {
      connect: async () => hub.connect(),
      kill: async (relay) => hub.kill(relay),
      interrupt: async (relay) => {
        hub.cut(relay);
        hub.heal(relay);
      },
    };
  });
  for (const { name, run } of contract) test(name, run);
});

describe("MemoryRelayHub", () => {
  test("a process that is cut off asks in vain, hears nothing, and is told when that is over", async () => {
    const hub = new MemoryRelayHub();
    const [one, other] = [hub.connect(), hub.connect()];
    const heard: string[] = [];
    await other.subscribe("topic", (message) => heard.push(message));
    other.onLink((link) => heard.push(link));
    hub.cut(other);
    await one.publish("topic", "lost");
    await expect(other.claim("name")).rejects.toMatchObject({ code: "ERR_RELAY_UNAVAILABLE" });
    hub.heal(other);
    await one.publish("topic", "heard");
    await new Promise(setImmediate);
    expect(heard).toEqual(["lost", "restored", "heard"]);
    expect(hub.lost).toBe(1);
  });

  test("emptied, it knows no claim and no lease, and each process hears of an interruption", async () => {
    const hub = new MemoryRelayHub();
    const [one, other] = [hub.connect(), hub.connect()];
    const heard: string[] = [];
    other.onLink((link) => heard.push(link));
    await one.claim("name");
    await one.lease("name");
    hub.empty();
    expect(await one.claimed(["name"])).toEqual([undefined]);
    expect(await other.lease("name")).toBe(other.id);
    expect(heard).toEqual(["lost", "restored"]);
  });
});
