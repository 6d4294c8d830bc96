import { describe, expect, it } from "vitest";
import { type Findings, judge } from "../../../../src/cli/probe/findings.js";
import type { HoldOutcome } from "../../../../src/cli/probe/hold-outcome.js";
import type { DeviceReadiness } from "../../../../src/cli/probe/probe-device.js";
import type { ProbeRunOptions } from "../../../../src/cli/probe/probe-run.js";
import { type PathModel, type SimulatedProbe, simulateProbe } from "./simulated-path.js";

interface Judged extends SimulatedProbe {
  readonly findings: Findings;
}

async function probe(model: PathModel, options: Partial<ProbeRunOptions> = {}): Promise<Judged> {
  const simulated = await simulateProbe(model, options);
  const { wantSeconds = 900, upToSeconds = 1800 } = options;
  expect(simulated.pendingTimers).toBe(0);
  expect(simulated.closed).toBe(options.atOnce ?? 8);
  return { ...simulated, findings: judge(simulated.result, wantSeconds, upToSeconds) };
}

const failure = (reason: string): DeviceReadiness => ({
  kind: "failed",
  problem: { code: "refused", text: reason },
});

describe("a path without a limit", () => {
  it("is known to carry the longest interval right after the longest, and not after the sum", async () => {
    const { findings, result, mostAtOnce } = await probe({});
    expect(findings).toMatchObject({ verdict: "carries", carriedSeconds: 1800, limit: undefined });
    expect(result.elapsedSeconds).toBeCloseTo(1800, 0);
    expect(mostAtOnce).toBe(8);
  });

  it("takes the longest and no more when few are wanted at once", async () => {
    const { findings, result } = await probe({}, { atOnce: 2 });
    expect(findings.carriedSeconds).toBe(1800);
    expect(result.elapsedSeconds).toBeCloseTo(1800, 0);
  });
});

describe("a limit that is seen", () => {
  it.each([20, 60, 100, 240, 350, 1000])("of %i seconds is found to the second, twice", async (limit) => {
    const { findings, result } = await probe({ limitSeconds: () => limit, end: "gateway", leastSeconds: 5 });
    expect(findings.limit).toMatchObject({ toSeconds: limit });
    expect(findings.carriedSeconds).toBeLessThanOrEqual(limit);
    expect(findings.carriedSeconds).toBeGreaterThanOrEqual(limit * 0.7);
    expect(findings.verdict).toBe(limit < 900 ? "does-not-carry" : "carries");
    expect(result.elapsedSeconds).toBeLessThan(limit * 3 + 10);
  });

  it("names who gave up, by its own name first", async () => {
    const { findings } = await probe({ limitSeconds: () => 60, end: "gateway" });
    expect(findings.limit?.culprits[0]?.setting).toContain("proxy_read_timeout 3600s;");
  });

  it("of the age of no one in particular is found as well, when the connection is reset", async () => {
    const { findings } = await probe({ limitSeconds: () => 777, end: "reset" });
    expect(findings.limit).toMatchObject({ toSeconds: 777, failure: { kind: "cut", how: "reset" } });
  });

  it("is not believed of one moment's trouble, which cuts all that is under way", async () => {
    const limitSeconds = (started: number): number =>
      started < 100 ? 100 - started : Number.POSITIVE_INFINITY;
    const { findings, result } = await probe({ limitSeconds, end: "closed" });
    expect(findings).toMatchObject({ verdict: "carries", carriedSeconds: 1800, limit: undefined });
    expect(result.elapsedSeconds).toBeLessThan(2000);
  });

  it("that jumps about is told as the longest that any request lived", async () => {
    let ping = 0;
    const ages = [130, 37, 205, 61, 88, 170, 12, 99, 45, 150];
    const { findings } = await probe({ limitSeconds: () => ages[ping++ % ages.length] ?? 50, end: "closed" });
    expect(findings.verdict).not.toBe("carries");
    expect(findings.limit?.toSeconds).toBe(205);
  });
});

describe("a limit in silence", () => {
  it.each([70, 240, 300, 780, 1250])("of %i seconds is narrowed down while there is time", async (limit) => {
    const { findings, result } = await probe({ limitSeconds: () => limit, end: "silent", leastSeconds: 5 });
    const { carriedSeconds } = findings;
    const toSeconds = findings.limit?.toSeconds ?? 0;
    expect(carriedSeconds).toBeLessThanOrEqual(limit);
    expect(toSeconds).toBeGreaterThan(limit);
    expect(toSeconds / carriedSeconds).toBeLessThan(1.3);
    expect(findings.verdict).toBe(limit < 900 ? "does-not-carry" : "carries");
    expect(result.elapsedSeconds).toBeLessThan(2700);
  });
});

describe("the server", () => {
  it("is held to its own longest interval", async () => {
    const { findings } = await probe({ mostSeconds: 600 });
    expect(findings).toMatchObject({
      verdict: "does-not-carry",
      serverMostSeconds: 600,
      carriedSeconds: 600,
    });
    expect(findings.limit).toBeUndefined();
    const enough = await probe({ mostSeconds: 1200 });
    expect(enough.findings).toMatchObject({
      verdict: "carries",
      serverMostSeconds: 1200,
      carriedSeconds: 1200,
    });
  });

  it("is held to its own shortest interval", async () => {
    const { findings } = await probe({ leastSeconds: 300, limitSeconds: () => 700, end: "silent" });
    expect(findings.carriedSeconds).toBeGreaterThanOrEqual(480);
    expect(findings.verdict).toBe("does-not-carry");
  });

  it("that names another bound each time is not followed for ever", async () => {
    let bound = 3000;
    const { findings, result } = await probe({
      firstOutcomes: {
        shift: () => ({ kind: "refused", nearestSeconds: bound-- }),
      },
    });
    expect(findings.verdict).not.toBe("carries");
    expect(result.held.length).toBeLessThan(1000);
  });

  it("that has room for three gets three", async () => {
    const { findings, mostAtOnce, result } = await probe({ room: 3 });
    expect(mostAtOnce).toBe(3);
    expect(findings.carriedSeconds).toBe(1800);
    expect(result.elapsedSeconds).toBeCloseTo(1800, 0);
  });

  it("that has room for one gets one after another: the wanted interval first", async () => {
    const { findings, result } = await probe({ room: 1, limitSeconds: () => 1000, end: "silent" });
    expect(findings).toMatchObject({ verdict: "carries", carriedSeconds: 900 });
    // The first had begun to climb before the others were turned away.
    expect(result.held.slice(0, 3).map(({ askedSeconds }) => askedSeconds)).toEqual([65, 900, 1800]);
  });

  it("that has room for none is given up on", async () => {
    const { findings } = await probe({ room: 0 });
    expect(findings).toMatchObject({ verdict: "unknown", problem: { code: "busy" } });
  });

  it("that ends waits by itself proves nothing beyond", async () => {
    const { findings } = await probe({ endsItselfAfterSeconds: 500 });
    expect(findings).toMatchObject({
      verdict: "unknown",
      carriedSeconds: 500,
      problem: { code: "ended-early" },
    });
  });

  it("that answers nonsense is given up on", async () => {
    const nonsense = (): HoldOutcome => ({ kind: "unclear", reason: "Status 8" });
    const { findings } = await probe({ firstOutcomes: [nonsense(), nonsense(), nonsense()] });
    expect(findings).toMatchObject({
      verdict: "unknown",
      problem: { code: "server-trouble", text: "Status 8" },
    });
  });
});

describe("a mailbox that changes", () => {
  it("makes the probe try again, and what was carried until then counts", async () => {
    const { findings } = await probe({ changesAtSeconds: [400] });
    expect(findings).toMatchObject({ verdict: "carries", carriedSeconds: 1800 });
  });

  it("all the time lets nothing be told", async () => {
    const changesAtSeconds = Array.from({ length: 400 }, (_, index) => index * 30);
    const { findings } = await probe({ changesAtSeconds });
    expect(findings).toMatchObject({ verdict: "unknown", problem: { code: "changing" } });
  });
});

describe("devices that do not get ready", () => {
  it("end the probe when it is the first", async () => {
    const { findings, result } = await probe({ readiness: () => failure("Wrong password") });
    expect(findings).toMatchObject({ verdict: "unknown", problem: { text: "Wrong password" } });
    expect(result.held).toEqual([]);
  });

  it("are done without when they are others", async () => {
    const ready: DeviceReadiness = { kind: "ready", folder: "Notes", version: "16.1", server: undefined };
    const { findings, mostAtOnce } = await probe({
      readiness: (index) => (index < 2 ? ready : failure("too many devices")),
    });
    expect(findings.carriedSeconds).toBe(1800);
    expect(mostAtOnce).toBe(2);
  });
});

it("is stopped with what it knows by then", async () => {
  const controller = new AbortController();
  const { findings, result } = await probe(
    {},
    {
      signal: controller.signal,
      onEnded: ({ askedSeconds }) => {
        if (askedSeconds >= 480) controller.abort();
      },
    },
  );
  expect(result.elapsedSeconds).toBeLessThan(700);
  expect(findings).toMatchObject({ verdict: "unknown", problem: { code: "stopped" } });
  expect(findings.carriedSeconds).toBeGreaterThanOrEqual(480);
});
