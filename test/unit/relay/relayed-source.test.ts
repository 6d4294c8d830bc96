import { describe, expect, test } from "vitest";
import { relayedSource } from "../../../src/relay/relayed-source.js";
import { mailboxChangeSourceContract } from "../../../src/testing/change-source-contract.js";
import { FakeClock } from "../../../src/testing/fake-clock.js";
import { MemoryRelayHub } from "../../../src/testing/memory-relay.js";
import { MockChangeSource } from "../../../src/testing/mock-change-source.js";
import { SourceBench } from "./processes.js";

for (const role of ["watches", "hears from the process that watches"] as const) {
  describe(`relayedSource of a process that ${role}`, () => {
    const contract = mailboxChangeSourceContract(async () => {
      const clock = new FakeClock();
      const hub = new MemoryRelayHub();
      const mail = new MockChangeSource(clock);
      const source = relayedSource(mail, hub.connect(), { clock });
      const mailbox = { user: "alice" };
      if (role !== "watches") {
        await relayedSource(mail, hub.connect(), { clock }).watch(
          mailbox,
          ["inbox", "sent"],
          () => undefined,
        );
      }
      return {
        source,
        mailbox,
        folder: "inbox",
        otherFolder: "sent",
        change: async () => void mail.change("alice", "inbox"),
        changeOther: async () => void mail.change("alice", "sent"),
      };
    });
    for (const { name, run } of contract) test(name, run);
  });
}

describe("relayedSource", () => {
  test("watches each mailbox in one process, which tells the others", async () => {
    const bench = new SourceBench(3, relayedSource);
    const watches = [];
    for (const at of [0, 1, 2]) watches.push(await bench.watch(at, ["inbox"]));
    expect(bench.watching).toEqual([1, 0, 0]);
    for (const { heard } of watches) heard.length = 0;
    await bench.change("inbox");
    expect(watches.map(({ heard }) => heard)).toEqual([["inbox"], ["inbox"], ["inbox"]]);
  });

  test("watches what is held in other processes as well, which compare when that begins", async () => {
    const bench = new SourceBench(2, relayedSource);
    await bench.watch(0, ["inbox"]);
    const { heard } = await bench.watch(1, ["sent"]);
    expect(heard).toEqual(["sent?"]);
    await bench.change("sent");
    expect([heard, bench.watching]).toEqual([
      ["sent?", "sent"],
      [2, 0],
    ]);
  });

  test("costs nothing more for the next request of a device", async () => {
    const bench = new SourceBench(2, relayedSource);
    const first = await bench.watch(0, ["inbox"]);
    const second = await bench.watch(1, ["inbox"]);
    const { delivered } = bench.hub;
    for (const [at, watch] of [
      [0, first],
      [1, second],
    ] as const) {
      watch.stop();
      await bench.watch(at, ["inbox"]);
    }
    expect([bench.hub.delivered, bench.watching]).toEqual([delivered, [1, 0]]);
  });

  test("hands over when it is not needed any more, and the others compare", async () => {
    const bench = new SourceBench(2, relayedSource);
    const first = await bench.watch(0, ["inbox"]);
    const { heard } = await bench.watch(1, ["inbox"]);
    first.stop();
    await bench.clock.advance(30_000);
    heard.length = 0;
    await bench.clock.advance(4_000);
    expect([heard, bench.watching]).toEqual([["inbox?"], [0, 1]]);
    await bench.change("inbox");
    expect(heard).toEqual(["inbox?", "inbox"]);
  });

  test("hands over when it is closed", async () => {
    const bench = new SourceBench(3, relayedSource);
    await bench.watch(0, ["inbox"]);
    const watches = [await bench.watch(1, ["inbox"]), await bench.watch(2, ["inbox"])];
    await bench.at(0).source.close();
    await bench.clock.advance(4_000);
    expect(bench.watching.reduce((sum, open) => sum + open)).toBe(1);
    for (const { heard } of watches) heard.length = 0;
    await bench.change("inbox");
    expect(watches.map(({ heard }) => heard)).toEqual([["inbox"], ["inbox"]]);
  });

  test("another takes over once a process is gone, and all compare", async () => {
    const bench = new SourceBench(3, relayedSource);
    await bench.watch(0, ["inbox"]);
    const watches = [await bench.watch(1, ["inbox"]), await bench.watch(2, ["sent"])];
    for (const { heard } of watches) heard.length = 0;
    bench.hub.kill(bench.at(0).relay);
    await bench.clock.advance(9_000);
    expect(watches.map(({ heard }) => heard)).toEqual([[], []]);
    await bench.clock.advance(5_000);
    expect(watches.every(({ heard }) => heard.at(-1)?.endsWith("?") === true)).toBe(true);
    await bench.change("inbox");
    await bench.change("sent");
    expect(watches.map(({ heard }) => heard.at(-1))).toEqual(["inbox", "sent"]);
    expect(bench.watching.slice(1).filter((open) => open > 0)).toHaveLength(1);
  });

  test("each process watches for itself while it is cut off, and one for all afterwards", async () => {
    const bench = new SourceBench(2, relayedSource);
    const watches = [await bench.watch(0, ["inbox"]), await bench.watch(1, ["inbox"])];
    bench.hub.cut(bench.at(1).relay);
    await bench.clock.advance(4_000);
    expect(bench.watching).toEqual([1, 1]);
    expect(watches[1]?.heard.at(-1)).toBe("inbox?");
    for (const { heard } of watches) heard.length = 0;
    await bench.change("inbox");
    expect(watches.map(({ heard }) => heard)).toEqual([["inbox"], ["inbox"]]);
    bench.hub.heal(bench.at(1).relay);
    await bench.clock.advance(4_000);
    expect(bench.watching).toEqual([1, 0]);
    for (const { heard } of watches) heard.length = 0;
    await bench.change("inbox");
    expect(watches.map(({ heard }) => heard)).toEqual([["inbox"], ["inbox"]]);
  });

  test("a process that was taken for gone gives its mailboxes up when it is back", async () => {
    const bench = new SourceBench(2, relayedSource);
    const watches = [await bench.watch(0, ["inbox"]), await bench.watch(1, ["inbox"])];
    bench.hub.cut(bench.at(0).relay);
    await bench.clock.advance(20_000);
    expect(bench.watching).toEqual([1, 1]);
    bench.hub.heal(bench.at(0).relay);
    await bench.clock.advance(4_000);
    expect(bench.watching).toEqual([0, 1]);
    for (const { heard } of watches) heard.length = 0;
    await bench.change("inbox");
    expect(watches.map(({ heard }) => heard)).toEqual([["inbox"], ["inbox"]]);
  });

  test("after the relay was emptied one process watches, and all hear", async () => {
    const bench = new SourceBench(3, relayedSource);
    const watches = [];
    for (const at of [0, 1, 2]) watches.push(await bench.watch(at, ["inbox"]));
    bench.hub.empty();
    await bench.clock.advance(8_000);
    expect(bench.watching.filter((open) => open > 0)).toHaveLength(1);
    for (const { heard } of watches) heard.length = 0;
    await bench.change("inbox");
    expect(watches.map(({ heard }) => heard)).toEqual([["inbox"], ["inbox"], ["inbox"]]);
  });

  test("a watch that cannot be opened fails, and the next one tries again", async () => {
    const bench = new SourceBench(1, relayedSource);
    const { mail } = bench.at(0);
    mail.watchBehaviour = { kind: "throw", error: new Error("no connection") };
    await expect(bench.watch(0, ["inbox"])).rejects.toThrow("no connection");
    mail.watchBehaviour = { kind: "answer" };
    const { heard } = await bench.watch(0, ["inbox"]);
    await bench.change("inbox");
    expect(heard).toEqual(["inbox"]);
  });

  test("a mailbox that cannot be taken over is tried again", async () => {
    const bench = new SourceBench(2, relayedSource);
    await bench.watch(0, ["inbox"]);
    const { heard } = await bench.watch(1, ["inbox"]);
    bench.at(1).mail.watchBehaviour = { kind: "reject", error: new Error("no connection") };
    bench.hub.kill(bench.at(0).relay);
    await bench.clock.advance(15_000);
    expect(bench.watching[1]).toBe(0);
    bench.at(1).mail.watchBehaviour = { kind: "answer" };
    heard.length = 0;
    await bench.clock.advance(6_000);
    expect([heard, bench.watching[1]]).toEqual([["inbox?"], 1]);
  });

  test("closed, it leaves no timer, no watch and no subscription", async () => {
    const bench = new SourceBench(2, relayedSource);
    for (const at of [0, 1]) (await bench.watch(at, ["inbox"])).stop();
    for (const { source } of bench.processes) await source.close();
    await bench.clock.advance(10_000);
    expect(bench.watching).toEqual([0, 0]);
    expect(bench.processes.map(({ relay }) => relay.topics.size)).toEqual([0, 0]);
    expect(bench.clock.pendingTimers).toBe(0);
  });
});

test("folders are asked for again when the process that watches did not hear", async () => {
  const bench = new SourceBench(2, relayedSource);
  await bench.watch(0, ["inbox"]);
  const { relay } = bench.at(1);
  const publish = relay.publish;
  relay.publish = async () => undefined;
  const { heard } = await bench.watch(1, ["sent"]);
  relay.publish = publish;
  await bench.clock.advance(5_000);
  heard.length = 0;
  await bench.change("sent");
  expect(heard).toEqual(["sent"]);
  expect(bench.watching).toEqual([2, 0]);
});
