import { describe, expect, test } from "vitest";
import type { DeviceQuery } from "../../../../src/cli/observed/device-query.js";
import { LiveUpdates } from "../../../../src/cli/status-page/live-updates.js";
import { observedServer } from "../observed/observed-server.js";

const query: DeviceQuery = { text: "", show: "held", order: "name", after: undefined, limit: 50 };

interface Update {
  readonly parts: Readonly<Record<string, string>>;
  readonly order?: readonly string[];
  readonly rows?: Readonly<Record<string, string>>;
}

class TestReader {
  readonly written: string[] = [];
  writableNeedDrain = false;
  isDestroyed = false;

  write(text: string): void {
    this.written.push(text);
  }

  destroy(): void {
    this.isDestroyed = true;
  }

  get updates(): Update[] {
    return this.written.flatMap((text) => {
      const data = /^event: update\ndata: (.*)\n\n$/.exec(text)?.[1];
      return data === undefined ? [] : [JSON.parse(data) as Update];
    });
  }
}

function setUp(maxReaders = 3) {
  const server = observedServer();
  let asked = 0;
  const live = new LiveUpdates({
    source: {
      snapshots: (wanted) => {
        asked += 1;
        return server.collector.snapshots(wanted);
      },
    },
    clock: server.clock,
    maxReaders,
  });
  return { ...server, live, asked: () => asked };
}

const key = '["alice","D1"]';

describe("a reader", () => {
  test("gets everything at first, then what has changed", async () => {
    const { live, pass, hold, end } = setUp();
    const reader = new TestReader();
    live.add(query, reader);
    await pass(0);
    expect(reader.updates).toHaveLength(1);
    expect(reader.updates[0]).toMatchObject({ order: [], rows: {} });
    hold({});
    await pass(1_000);
    expect(reader.updates.at(-1)?.order).toEqual([key]);
    expect(reader.updates.at(-1)?.rows?.[key]).toContain("alice");
    hold({ deviceId: "D2", sequence: 2 });
    await pass(1_000);
    expect(reader.updates.at(-1)?.order).toEqual([key, '["alice","D2"]']);
    expect(Object.keys(reader.updates.at(-1)?.rows ?? {})).toEqual(['["alice","D2"]']);
    end({});
    await pass(1_000);
    expect(reader.updates.at(-1)?.order).toEqual(['["alice","D2"]']);
    expect(reader.updates.at(-1)?.parts["warnings"]).toBeUndefined();
  });

  test("gets one update a second, whatever the load", async () => {
    const { live, pass, hold, end } = setUp();
    const reader = new TestReader();
    live.add(query, reader);
    for (let turn = 0; turn < 100; turn += 1) {
      hold({ sequence: turn });
      end({ sequence: turn }, { kind: "changed", pushMilliseconds: 50 });
      await pass(100);
    }
    expect(reader.updates.length).toBeLessThanOrEqual(11);
    expect(reader.updates.length).toBeGreaterThan(5);
  });

  test("hears now and then that the line lives when there is no news", async () => {
    const { live, pass } = setUp();
    const reader = new TestReader();
    live.add(query, reader);
    await pass(60_000);
    expect(reader.updates).toHaveLength(1);
    expect(reader.written.filter((text) => text === ":\n\n").length).toBeGreaterThan(1);
  });

  test("that is slow is written nothing more, and dropped in the end", async () => {
    const { live, pass, hold, clock } = setUp();
    const reader = new TestReader();
    live.add(query, reader);
    await pass(0);
    reader.writableNeedDrain = true;
    const before = reader.written.length;
    hold({});
    await pass(5_000);
    expect(reader.written).toHaveLength(before);
    expect(reader.isDestroyed).toBe(false);
    reader.writableNeedDrain = false;
    await pass(1_000);
    expect(reader.updates.at(-1)?.order).toEqual([key]);
    reader.writableNeedDrain = true;
    await pass(10_000);
    expect(reader.isDestroyed).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });
});

test("readers of one query share what is asked, and without readers nothing runs", async () => {
  const { live, pass, asked, clock } = setUp();
  const gone = [new TestReader(), new TestReader()].map((reader) => live.add(query, reader));
  const other = live.add({ ...query, text: "bob" }, new TestReader());
  expect(live.hasRoom).toBe(false);
  await pass(0);
  const before = asked();
  await pass(1_000);
  expect(asked() - before).toBe(2);
  for (const leave of [...gone, other]) leave();
  expect(live.hasRoom).toBe(true);
  expect(clock.pendingTimers).toBe(0);
});

test("a source that fails or is slow delays the news and nothing else", async () => {
  const { collector, clock, pass, hold } = observedServer();
  let conduct: "fails" | "hangs" | "works" = "fails";
  let going: (() => void) | undefined;
  let underWay = 0;
  const live = new LiveUpdates({
    source: {
      snapshots: async (wanted) => {
        underWay += 1;
        if (conduct === "fails") throw new Error("no worker answers");
        if (conduct === "hangs") await new Promise<void>((resolve) => (going = resolve));
        underWay -= 1;
        return [collector.snapshot(wanted)];
      },
    },
    clock,
    maxReaders: 1,
  });
  const reader = new TestReader();
  live.add(query, reader);
  await pass(1_000);
  expect(reader.updates).toEqual([]);
  conduct = "hangs";
  underWay = 0;
  await pass(5_000);
  expect(underWay).toBe(1);
  conduct = "works";
  hold({});
  going?.();
  await pass(1_000);
  expect(reader.updates.at(-1)?.order).toEqual([key]);
  live.close();
  expect(reader.isDestroyed).toBe(true);
  expect(clock.pendingTimers).toBe(0);
});
