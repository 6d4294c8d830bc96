import { describe, expect, test } from "vitest";
import { publishedSource } from "../../../src/relay/published-source.js";
import { mailboxChangeSourceContract } from "../../../src/testing/change-source-contract.js";
import { FakeClock } from "../../../src/testing/fake-clock.js";
import { MemoryRelayHub } from "../../../src/testing/memory-relay.js";
import { MockChangeSource } from "../../../src/testing/mock-change-source.js";
import { SourceBench } from "./processes.js";

const arrival = { marker: "m1", dateReceivedMs: 1 };

describe("publishedSource", () => {
  const contract = mailboxChangeSourceContract(() => {
    const clock = new FakeClock();
    const hub = new MemoryRelayHub();
    const mail = new MockChangeSource(clock);
    const publisher = publishedSource(mail, hub.connect(), { clock });
    return {
      source: publishedSource(mail, hub.connect(), { clock }),
      mailbox: { user: "alice" },
      folder: "inbox",
      otherFolder: "sent",
      change: async () => {
        mail.change("alice", "inbox");
        await publisher.publish("alice", "inbox");
      },
      changeOther: async () => {
        mail.change("alice", "sent");
        await publisher.publish("alice", "sent");
      },
    };
  });
  for (const { name, run } of contract) test(name, run);

  test("wakes every process that watches the folder, once, with what is known of the mail", async () => {
    const bench = new SourceBench(3, publishedSource);
    const watches = [await bench.watch(0, ["inbox"]), await bench.watch(1, ["inbox", "sent"])];
    const others = [await bench.watch(2, ["sent"]), await bench.watch(2, ["inbox"], "bob")];
    await bench.at(0).source.publish("alice", "inbox", arrival);
    await bench.clock.settle();
    expect(watches.map(({ heard }) => heard)).toEqual([["inbox m1"], ["inbox m1"]]);
    expect(others.map(({ heard }) => heard)).toEqual([[], []]);
  });

  test("a process that watches nothing can publish", async () => {
    const bench = new SourceBench(2, publishedSource);
    const { heard } = await bench.watch(0, ["inbox"]);
    await bench.at(1).source.publish("alice", "inbox");
    await bench.clock.settle();
    expect(heard).toEqual(["inbox"]);
  });

  test("is subscribed to each mailbox once, and until half a minute after the last watch", async () => {
    const bench = new SourceBench(1, publishedSource);
    const { relay } = bench.at(0);
    const before = await bench.watch(0, ["inbox"], "bob");
    const watches = [await bench.watch(0, ["inbox"]), await bench.watch(0, ["sent"])];
    expect(relay.topics.get("mailbox/alice")?.size).toBe(1);
    for (const { stop } of watches) stop();
    await bench.clock.advance(29_000);
    const { heard, stop } = await bench.watch(0, ["inbox"]);
    await bench.clock.advance(60_000);
    await bench.at(0).source.publish("alice", "inbox");
    expect(heard).toEqual(["inbox"]);
    stop();
    await bench.clock.advance(30_000);
    expect([relay.topics.has("mailbox/alice"), relay.topics.has("mailbox/bob")]).toEqual([false, true]);
    before.stop();
    bench.at(0).source.close();
    await bench.clock.settle();
    expect([relay.topics.size, bench.clock.pendingTimers]).toEqual([0, 0]);
  });

  test("what may have been missed is looked for after an interruption, a short while later", async () => {
    const bench = new SourceBench(2, publishedSource);
    const { heard } = await bench.watch(0, ["inbox", "sent"]);
    bench.hub.cut(bench.at(0).relay);
    await bench.at(1).source.publish("alice", "inbox");
    await bench.clock.advance(60_000);
    expect(heard).toEqual([]);
    bench.hub.heal(bench.at(0).relay);
    await bench.clock.advance(900);
    expect(heard).toEqual([]);
    await bench.clock.advance(3_100);
    expect(heard).toEqual(["inbox?", "sent?"]);
  });

  test("what a process that is cut off publishes wakes its own at once, and the others when it can", async () => {
    const bench = new SourceBench(2, publishedSource);
    const [own, other] = [await bench.watch(0, ["inbox"]), await bench.watch(1, ["inbox"])];
    bench.hub.cut(bench.at(0).relay);
    await bench.at(0).source.publish("alice", "inbox", arrival);
    await bench.clock.advance(60_000);
    expect([own.heard, other.heard]).toEqual([["inbox m1"], []]);
    bench.hub.heal(bench.at(0).relay);
    await bench.clock.settle();
    expect(other.heard).toEqual(["inbox"]);
  });

  test("of more than it can remember it tells that all may have changed", async () => {
    const bench = new SourceBench(2, publishedSource);
    const { heard } = await bench.watch(1, ["inbox"], "user 7");
    bench.hub.cut(bench.at(0).relay);
    for (let user = 0; user < 50_001; user += 1) await bench.at(0).source.publish(`user ${user}`, "inbox");
    bench.hub.heal(bench.at(0).relay);
    await bench.clock.advance(4_000);
    expect(heard).toEqual(["inbox?"]);
  });

  test("options out of their bounds are named", () => {
    const make = (options: object) => () =>
      publishedSource(new MockChangeSource(), new MemoryRelayHub().connect(), options);
    expect(make({ lingerMs: -1 })).toThrow("lingerMs must be a whole number from 0 to 3600000, got -1");
    expect(make({ spreadMs: 1.5 })).toThrow("spreadMs must be a whole number from 0 to 600000, got 1.5");
  });
});
