import { expect, test } from "vitest";
import { mergeSnapshots, type StatusSnapshot } from "../../../../src/cli/observed/status-snapshot.js";
import { readPageQuery } from "../../../../src/cli/status-page/page-query.js";
import { statusPage, viewStatus } from "../../../../src/cli/status-page/status-view.js";
import { observedServer } from "../observed/observed-server.js";

const nasty = `<img src=x onerror=alert(1)>"'&`;

function nastySnapshot(node: string): StatusSnapshot {
  const { collector, hold, tell } = observedServer({ node });
  hold({ user: nasty, deviceId: nasty, deviceType: nasty });
  tell("heartbeatLearned", {
    user: nasty,
    deviceId: nasty,
    network: nasty,
    limit: { carriedSeconds: 280, lostSeconds: 300, end: "cut" },
  });
  tell("connectionsCut", { seconds: 60, network: nasty, networks: 1, likelyCulprits: [nasty] });
  return collector.snapshot(readPageQuery(new URLSearchParams()));
}

test("nothing from the network becomes markup, wherever it is shown", () => {
  const query = readPageQuery(new URLSearchParams({ q: nasty, after: JSON.stringify([0, "", nasty]) }));
  const page = statusPage(mergeSnapshots([nastySnapshot(nasty), nastySnapshot("n2")], query), query);
  expect(page).not.toContain("<img");
  expect(page.match(/&lt;img src=x onerror=alert\(1\)&gt;/g)?.length).toBeGreaterThan(6);
  // Nothing that the page's policy forbids either.
  expect(page).not.toMatch(/<style|style="|<script(?! src)|\son\w+=(?!alert)|javascript:/);
});

test("a page is complete without its script: what is held, what was asked, what was learned", () => {
  const { collector, hold, tell } = observedServer();
  hold({ user: "alice", deviceId: "APPL1", deviceType: "iPhone", askedSeconds: 900, heartbeatSeconds: 840 });
  const limit = { carriedSeconds: 840, lostSeconds: 870, end: "silent" } as const;
  tell("heartbeatLearned", { user: "alice", deviceId: "APPL1", network: "192.0.2.0/24", limit });
  tell("heartbeatsShort", { averageSeconds: 480, samples: 200 });
  const query = readPageQuery(new URLSearchParams());
  const page = statusPage(mergeSnapshots([collector.snapshot(query)], query), query);
  for (const text of [
    "APPL1",
    "iPhone",
    "15m",
    "14m",
    "lost at 14m 30s",
    "192.0.2.0/24",
    "8m</strong> on average",
  ]) {
    expect(page).toContain(text);
  }
});

test("a row stays as it is while nothing happens to its device", async () => {
  const { collector, hold, pass } = observedServer();
  hold({});
  const query = readPageQuery(new URLSearchParams());
  const rows = () => viewStatus(mergeSnapshots([collector.snapshot(query)], query), query).rows;
  const before = rows();
  await pass(100_000);
  expect(rows()).toEqual(before);
});

test("many devices come in pages, and the last page names no next one", () => {
  const { collector, hold } = observedServer();
  for (let index = 0; index < 120; index += 1)
    hold({ user: `user${String(index).padStart(3, "0")}`, sequence: index });
  const seen: string[] = [];
  let next: string | undefined = "";
  while (next !== undefined) {
    const query = readPageQuery(new URLSearchParams(next));
    const { parts, rows } = viewStatus(mergeSnapshots([collector.snapshot(query)], query), query);
    seen.push(...rows.map(({ key }) => key));
    next = /href="\/\?([^"]*)#devices" rel="next"/
      .exec(parts["device-pages"]?.text ?? "")?.[1]
      ?.replaceAll("&amp;", "&");
  }
  expect(seen).toHaveLength(120);
  expect(new Set(seen).size).toBe(120);
});

test("devices of several nodes are counted by each, and the page says so", () => {
  const query = readPageQuery(new URLSearchParams());
  const snapshotOf = (node: string): StatusSnapshot => {
    const { collector, hold } = observedServer({ node });
    hold({ user: "alice", deviceId: "APPL1" });
    return collector.snapshot(query);
  };
  const tile = (nodes: readonly string[]): string | undefined =>
    /Devices known.*/.exec(statusPage(mergeSnapshots(nodes.map(snapshotOf), query), query))?.[0];
  expect(tile(["n1"])).toMatch(/<dd>1<\/dd>.*held or seen lately</);
  expect(tile(["n1", "n2"])).toMatch(/<dd>2<\/dd>.*held or seen lately, by each node</);
});
