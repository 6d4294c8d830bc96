import { describe, expect, it } from "vitest";
import { judge } from "../../../../src/cli/probe/findings.js";
import type { HeldPing, HoldOutcome } from "../../../../src/cli/probe/hold-outcome.js";
import type { ProbeRunResult } from "../../../../src/cli/probe/probe-run.js";
import { exitStatus, jsonReport, textReport } from "../../../../src/cli/probe/report.js";

const subject = { url: "https://mail.example.com", user: "alice" };

function held(askedSeconds: number, outcome: HoldOutcome, startedSeconds = 0): HeldPing {
  return { askedSeconds, startedSeconds, outcome };
}

function reportOf(pings: readonly HeldPing[], problem?: ProbeRunResult["problem"]) {
  const run: ProbeRunResult = {
    held: pings,
    ready: { kind: "ready", folder: "Notes", version: "16.1", server: "15.2" },
    atOnce: 8,
    elapsedSeconds: 1800.04,
    problem,
  };
  const findings = judge(run, 900, 1800);
  return {
    status: exitStatus(findings),
    text: textReport(subject, run, findings),
    json: JSON.parse(jsonReport(subject, run, findings)) as Record<string, unknown>,
  };
}

/** Two Pings at different times that end alike. */
function twice(askedSeconds: number, outcome: HoldOutcome): readonly HeldPing[] {
  return [held(askedSeconds, outcome), held(askedSeconds, outcome, 500)];
}

describe("the report", () => {
  it("of a path that carries everything", () => {
    const { status, text, json } = reportOf([
      held(900, { kind: "carried" }),
      held(1800, { kind: "carried" }),
    ]);
    expect(status).toBe(0);
    expect(text).toBe(
      "  15m, 30m: answered in time\n\nOK: the path to mail.example.com carries 15m. It carried 30m.\n",
    );
    expect(json).toMatchObject({
      verdict: "carries",
      carriedSeconds: 1800,
      elapsedSeconds: 1800,
      server: "15.2",
    });
    expect(json).not.toHaveProperty("limit");
  });

  it("of a proxy that gives up names it, its age and its setting", () => {
    const gone: HoldOutcome = { kind: "gateway", status: 504, proxy: "nginx/1.22.1", afterSeconds: 60.04 };
    const { status, text, json } = reportOf([held(50, { kind: "carried" }), ...twice(1800, gone)]);
    expect(status).toBe(1);
    expect(text).toContain("NOT OK: the path to mail.example.com does not carry 15m. It carried 50s.");
    expect(text).toContain("nginx/1.22.1 gives up after 1m and answers HTTP 504");
    expect(text).toContain("proxy_read_timeout 3600s;");
    expect(text).toContain("heartbeat.maxSeconds: 54");
    expect(json).toMatchObject({
      limit: {
        fromSeconds: 50,
        toSeconds: 60,
        end: "gateway",
        status: 504,
        proxy: "nginx/1.22.1",
        confirmed: true,
      },
    });
  });

  it("of a proxy that gives up just after what was carried does not advise to stay that close", () => {
    const gone: HoldOutcome = { kind: "gateway", status: 504, proxy: "nginx", afterSeconds: 60.01 };
    const { text } = reportOf([held(60, { kind: "carried" }), ...twice(1800, gone)]);
    expect(text).toContain("It carried 1m.");
    expect(text).toContain("heartbeat.maxSeconds: 54");
  });

  it.each([
    ["cloudflare", 524, 100, "Cloudflare", "DNS only"],
    ["awselb/2.0", 504, 60, "AWS application", "idle_timeout.timeout_seconds"],
    ["1.1 google", 502, 30, "Google Cloud", "timeoutSec"],
    ["envoy", 504, 15, "Envoy", "timeout: 0s"],
    ["Apache/2.4", 502, 60, "Apache", "ProxyTimeout"],
    [undefined, 504, 50, "HAProxy", "timeout server"],
    [undefined, 524, 100, "Cloudflare", "DNS only"],
    ["something", 504, 60, "nginx", "proxy_read_timeout"],
  ])("of %s with HTTP %i after %i s puts %s first", (proxy, status, afterSeconds, what, setting) => {
    const { text } = reportOf(twice(1800, { kind: "gateway", status, proxy, afterSeconds }));
    expect(text).toContain(`Most likely: ${what}`);
    expect(text).toMatch(new RegExp(`What to change: .*${setting}`));
  });

  it.each([
    [240, "Azure Load Balancer"],
    [350, "AWS network load balancer"],
    [230, "Azure App Service"],
    [123, "server.timeout of a Node server"],
  ])("of a connection that is closed after %i s puts %s first", (afterSeconds, what) => {
    const { text } = reportOf(twice(1800, { kind: "cut", how: "closed", afterSeconds }));
    expect(text).toContain(`the connection is closed after ${afterSeconds === 240 ? "4m" : ""}`);
    expect(text).toMatch(new RegExp(`(Most likely|- ).*${what}`));
  });

  it("of silence tells both bounds, and names what is known to be silent between them", () => {
    const lost: HoldOutcome = { kind: "silent", afterSeconds: 370 };
    const { text, status } = reportOf([held(310, { kind: "carried" }), ...twice(360, lost)]);
    expect(status).toBe(1);
    expect(text).toContain("between 5m 10s and 6m something forgets the connection and tells nobody");
    expect(text).toContain("Most likely: AWS network load balancer or NAT gateway");
    expect(text).toContain("a NAT or a firewall");
    expect(text).toContain("heartbeat.maxSeconds: 310");
  });

  it("of a failure beyond what is wanted that was seen once says so", () => {
    const lost: HoldOutcome = { kind: "silent", afterSeconds: 1810 };
    const { text, status } = reportOf([held(1500, { kind: "carried" }), held(1800, lost)]);
    expect(status).toBe(0);
    expect(text).toContain("It was seen once: run the probe again to be sure.");
  });

  it("of a failure that was seen once does not say that the path fails, only that it could not be told", () => {
    const lost: HoldOutcome = { kind: "silent", afterSeconds: 610 };
    const { text, status, json } = reportOf([held(500, { kind: "carried" }), held(600, lost)]);
    expect(status).toBe(2);
    expect(text).toContain("UNKNOWN: Requests failed, but at no age that repeats");
    expect(json).toMatchObject({ verdict: "unknown", carriedSeconds: 500, limit: { confirmed: false } });
  });

  it("of a server with a bound of its own says whose it is", () => {
    const { text, status } = reportOf([
      held(1800, { kind: "refused", nearestSeconds: 600 }),
      held(600, { kind: "carried" }),
    ]);
    expect(status).toBe(1);
    expect(text).toContain(
      "The server itself accepts at most 10m (Ping Status 5). Raise its longest heartbeat",
    );
  });

  it("of what could not be told says why", () => {
    const { text, status, json } = reportOf([], {
      code: "wrong-password",
      text: "Wrong user or password (HTTP 401).",
    });
    expect(status).toBe(2);
    expect(text).toBe("UNKNOWN: Wrong user or password (HTTP 401).\n");
    expect(json).toMatchObject({ verdict: "unknown", problem: { code: "wrong-password" }, pings: [] });
  });
});
