/** A phone and a server over real connections through a line that forgets them, with fake hours. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  directPushStrategy,
  type EasClient,
  fixedInterval,
  type IntervalOutcome,
  mailSummary,
  type SyncPage,
  type WaitedEvent,
} from "../../../src/client/index.js";
import { type LineConduct, UnreliableLine } from "../../../src/testing/index.js";
import { until } from "../../contract/deadline.js";
import { ClientBench, heard, story, type Told } from "./client-bench.js";

let bench: ClientBench;
let line: UnreliableLine;
beforeEach(async () => {
  bench = new ClientBench();
  await bench.start();
});
afterEach(async () => {
  await line.close();
  await bench.close();
});

async function open(conduct: LineConduct): Promise<string> {
  line = await UnreliableLine.open(
    { port: Number(new URL(bench.url).port) },
    { clock: bench.clock, ...conduct },
  );
  return `http://127.0.0.1:${line.port}`;
}

/** Lets time pass for a phone that waits, and the pause after a failure; tells what was asked and what came of it. */
async function pass(
  told: readonly Told[],
  round: number,
  seconds: number,
): Promise<[number, IntervalOutcome["kind"]]> {
  await heard(told, "waiting", round);
  await until("the Ping to arrive", () => bench.commands.filter((name) => name === "Ping").length === round);
  await bench.held();
  await bench.clock.advance(seconds * 1000);
  const { heartbeatSeconds, outcome } = (await heard(told, "waited", round)) as WaitedEvent;
  if (outcome.kind === "failed") {
    await until("the pause", () => told.at(-1)?.[0] === "delayed");
    await bench.clock.advance(1_000);
  }
  return [heartbeatSeconds, outcome.kind];
}

function running(phone: EasClient): Told[] {
  const told = story(phone);
  void phone.run();
  return told;
}

describe("on a network that forgets connections after 13 minutes", () => {
  it.each([
    ["silence", 920, 980],
    ["rst", 780, 780],
    ["fin", 780, 780],
  ] as const)("Direct Push finds 12 minutes, where the end is by %s", async (how, first, second) => {
    const url = await open({ idleCut: { afterMs: 780_000, how } });
    const told = running(bench.phone({ url, heartbeat: directPushStrategy() }));
    const rounds: [number, string][] = [];
    for (const [index, seconds] of [first, 480, 720, second, 720, 720].entries()) {
      rounds.push(await pass(told, index + 1, seconds));
    }
    expect(rounds).toEqual([
      [900, "failed"],
      [480, "expired"],
      [720, "expired"],
      [960, "failed"],
      [720, "expired"],
      [720, "expired"],
    ]);
  });
});

it("mail that came into the dead time is there with the next Sync", async () => {
  const url = await open({ idleCut: { afterMs: 300_000, how: "silence" } });
  const told = running(bench.phone({ url, heartbeat: fixedInterval(600) }));
  await heard(told, "waiting");
  await bench.held();
  await bench.clock.advance(400_000);
  bench.deliver("Nobody heard");
  await until("the answer that nobody gets", () => bench.directPush.heldCount === 0);
  await bench.clock.advance(220_000);
  expect(await heard(told, "waited")).toMatchObject({ outcome: { kind: "failed", how: "silent" } });
  await bench.clock.advance(10_000);
  const page = (await heard(told, "synced", 2)) as SyncPage;
  expect(page.added.map((item) => mailSummary(item).subject)).toEqual(["Nobody heard"]);
});

it("an answer to a Sync that is lost in silence comes again", async () => {
  const url = await open({});
  bench.deliver("Once");
  const phone = bench.phone({ url });
  await phone.folderSync();
  line.behave({ lostAnswers: 1 });
  const told = running(phone);
  await until("the Sync to be lost", () => line.counts.lostAnswers === 1);
  await bench.clock.advance(125_000);
  await heard(told, "delayed");
  await bench.clock.advance(5_000);
  await bench.held();
  const pages = told.flatMap(([name, page]) => (name === "synced" ? [page as SyncPage] : []));
  expect(pages.flatMap(({ added }) => added.map((item) => mailSummary(item).subject))).toEqual(["Once"]);
});
