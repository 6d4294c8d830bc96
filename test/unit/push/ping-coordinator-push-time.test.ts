import { expect, test } from "vitest";
import { PingBench } from "./held-pings.js";

/** How long after the source's telling each hold that ended was answered. */
function pushTimes(bench: PingBench): (number | undefined)[] {
  return bench.told.flatMap((told) => (told.kind === "ended" ? [told.pushMilliseconds] : []));
}

test("the time of a push runs from the source's telling to the answer", async () => {
  const bench = new PingBench();
  bench.hold();
  await bench.clock.advance(5_000);
  bench.source.change("alice", "inbox");
  await bench.clock.advance(1_000);
  expect(pushTimes(bench)).toEqual([50]);
});

test("it runs from the first of several changes", async () => {
  const bench = new PingBench({ gatherMs: 80 });
  bench.hold({ folders: ["inbox", "calendar"] });
  await bench.clock.advance(5_000);
  bench.source.change("alice", "inbox");
  await bench.clock.advance(30);
  bench.source.change("alice", "calendar");
  await bench.clock.advance(1_000);
  expect(pushTimes(bench)).toEqual([80]);
});

test("a change that did not concern the device does not count", async () => {
  const bench = new PingBench();
  let concerns = false;
  bench.hold({ confirm: async () => concerns });
  await bench.clock.advance(5_000);
  bench.source.change("alice", "inbox");
  await bench.clock.advance(5_000);
  concerns = true;
  bench.source.change("alice", "inbox");
  await bench.clock.advance(1_000);
  expect(pushTimes(bench)).toEqual([50]);
});

test("what the device's state takes to be asked counts", async () => {
  const bench = new PingBench();
  bench.hold({
    confirm: () => new Promise((resolve) => bench.clock.setTimer(() => resolve(true), 300)),
  });
  await bench.clock.advance(5_000);
  bench.source.change("alice", "inbox");
  await bench.clock.advance(1_000);
  expect(pushTimes(bench)).toEqual([350]);
});

test("there is none for a change of before the hold, and none for another end", async () => {
  const bench = new PingBench();
  bench.hold({ folders: { inbox: "of-before" } });
  await bench.clock.advance(1_000);
  bench.hold({ heartbeatSeconds: 60 });
  await bench.clock.advance(61_000);
  bench.hold({ heartbeatSeconds: 60 }).gone();
  await bench.clock.advance(1_000);
  expect(pushTimes(bench)).toEqual([undefined, undefined, undefined]);
});
