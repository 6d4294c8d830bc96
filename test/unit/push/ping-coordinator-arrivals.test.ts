import { describe, expect, test } from "vitest";
import { NOTHING_LEFT, PingBench, type PingWish } from "./held-pings.js";

const hourMs = 3_600_000;

/** A hold of a mail folder that counts the questions about it. */
function asking(wish: PingWish = {}, answer = true): { readonly wish: PingWish; readonly asked: string[] } {
  const asked: string[] = [];
  const confirm = async (folder: string): Promise<boolean> => {
    asked.push(folder);
    return answer;
  };
  return { wish: { folders: ["inbox", "calendar"], mail: ["inbox"], confirm, ...wish }, asked };
}

describe("a mail that the source says has arrived", () => {
  test("ends the hold without a question", async () => {
    const bench = new PingBench();
    const { wish, asked } = asking();
    const ping = bench.hold(wish);
    await bench.clock.advance(5_000);
    bench.source.arrive("alice", "inbox");
    await bench.clock.advance(49);
    expect(ping.outcomes).toEqual([]);
    await bench.clock.advance(1);
    expect(ping.outcomes).toEqual([{ kind: "changed", folders: ["inbox"] }]);
    expect(asked).toEqual([]);
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
  });

  test.each([
    ["while the folders are still compared", {}, 0],
    ["in a folder that is not one of mail", { mail: [] }, 5_000],
    ["of a day that a filter may leave out", { dated: -13 * hourMs }, 5_000],
    ["of a date to come", { dated: 13 * hourMs }, 5_000],
  ])(
    "is asked about when it is told %s",
    async (_when, { dated, ...wish }: PingWish & { dated?: number }, afterMs) => {
      const bench = new PingBench();
      const held = asking(wish, false);
      const ping = bench.hold(held.wish);
      if (afterMs > 0) await bench.clock.advance(afterMs);
      bench.source.arrive("alice", "inbox", { dateReceivedMs: bench.clock.now() + (dated ?? 0) });
      await bench.clock.advance(100);
      expect(held.asked).toEqual(["inbox"]);
      expect(ping.outcomes).toEqual([]);
    },
  );

  test("is not news when it is told so late that the device has it", async () => {
    const bench = new PingBench();
    bench.source.setMarker("alice", "inbox", "with-the-mail");
    const { wish, asked } = asking();
    const ping = bench.hold(wish);
    await bench.clock.advance(5_000);
    bench.source.notify("alice", "inbox", { marker: "with-the-mail", dateReceivedMs: bench.clock.now() });
    await bench.clock.advance(100);
    expect(asked).toEqual([]);
    expect(ping.outcomes).toEqual([]);
  });

  test("comes in one answer with what changed beside it", async () => {
    const bench = new PingBench();
    const { wish, asked } = asking();
    const ping = bench.hold(wish);
    await bench.clock.advance(5_000);
    bench.source.arrive("alice", "inbox");
    bench.source.change("alice", "calendar");
    await bench.clock.advance(100);
    expect(ping.outcomes).toEqual([{ kind: "changed", folders: ["inbox", "calendar"] }]);
    expect(asked).toEqual(["calendar"]);
  });

  test("waits no longer than a second window for an answer about another folder", async () => {
    const bench = new PingBench();
    const { wish } = asking({ confirm: () => new Promise<boolean>(() => {}) });
    const ping = bench.hold(wish);
    await bench.clock.advance(5_000);
    bench.source.change("alice", "calendar");
    bench.source.arrive("alice", "inbox");
    await bench.clock.advance(100);
    expect(ping.outcomes).toEqual([{ kind: "changed", folders: ["inbox"] }]);
  });

  test("ends the hold while another folder is asked about", async () => {
    const bench = new PingBench();
    const { wish } = asking({ confirm: () => new Promise<boolean>(() => {}) });
    const ping = bench.hold(wish);
    await bench.clock.advance(5_000);
    bench.source.change("alice", "calendar");
    await bench.clock.advance(1_000);
    bench.source.arrive("alice", "inbox");
    await bench.clock.advance(49);
    expect(ping.outcomes).toEqual([]);
    await bench.clock.advance(1);
    expect(ping.outcomes).toEqual([{ kind: "changed", folders: ["inbox"] }]);
  });

  test("counts although another folder cannot be asked about", async () => {
    const bench = new PingBench();
    const { wish } = asking({ confirm: () => Promise.reject(new Error("down")) });
    const ping = bench.hold(wish);
    await bench.clock.advance(5_000);
    bench.source.arrive("alice", "inbox");
    bench.source.change("alice", "calendar");
    await bench.clock.advance(100);
    expect(ping.outcomes).toEqual([{ kind: "changed", folders: ["inbox"] }]);
  });

  test("that comes as the interval ends is answered as a change", async () => {
    const bench = new PingBench();
    const { wish } = asking({ heartbeatSeconds: 60 });
    const ping = bench.hold(wish);
    await bench.clock.advance(59_740);
    bench.source.arrive("alice", "inbox");
    await bench.clock.advance(300);
    expect(ping.outcomes).toEqual([{ kind: "changed", folders: ["inbox"] }]);
  });
});
