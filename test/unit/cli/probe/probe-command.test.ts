import { afterEach, describe, expect, it } from "vitest";
import { probeHelp } from "../../../../src/cli/probe/arguments.js";
import type { DirectPushOptions } from "../../../../src/index.js";
import { certificate } from "../../../contract/certificate.js";
import { until } from "../../../contract/deadline.js";
import {
  type ProbedHost,
  type ProbedServer,
  type ProbeWritten,
  probedServer,
  runProbe,
} from "./probed-server.js";

let server: ProbedServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function probe(...args: readonly string[]): Promise<ProbeWritten> {
  return await runProbe([server?.url ?? "", "--user", "alice", "--up-to", "1s", ...args]);
}

interface Written extends ProbeWritten {
  readonly report: Record<string, unknown>;
}

async function probeJson(options: Partial<DirectPushOptions>, ...args: readonly string[]): Promise<Written> {
  server = await probedServer(options);
  const written = await probe("--json", ...args);
  return { ...written, report: JSON.parse(written.out) as Record<string, unknown> };
}

describe("the probe of a server of this package", () => {
  it("carries the interval, leaves nothing held, and watches the notes", async () => {
    const { status, report, errors } = await probeJson({});
    expect(report).toMatchObject({
      verdict: "carries",
      carriedSeconds: 1,
      protocolVersion: "16.1",
      folder: "Notes",
      pings: [{ askedSeconds: 1, kind: "carried" }],
    });
    expect(status).toBe(0);
    expect(errors).toContain('Logged in (version 16.1), watching "Notes".');
    expect(server?.directPush.heldCount).toBe(0);
  });

  it.each([undefined, ["12.1"], ["14.0"]] as const)(
    "accepts its policy, in versions %j",
    async (versions) => {
      const { report, status } = await probeJson({
        policy: { enforce: true },
        ...(versions !== undefined && { versions: () => versions }),
      });
      expect(report).toMatchObject({ verdict: "carries", protocolVersion: versions?.[0] ?? "16.1" });
      expect(status).toBe(0);
    },
  );

  it("keeps to its bounds", async () => {
    const { report, status } = await probeJson(
      { heartbeat: { minSeconds: 1, maxSeconds: 1 } },
      "--up-to",
      "3s",
    );
    expect(report).toMatchObject({ verdict: "does-not-carry", serverMostSeconds: 1, carriedSeconds: 1 });
    expect(status).toBe(1);
  });

  it("makes do with the room that there is", async () => {
    const { report } = await probeJson({ limits: { maxConcurrentPerUser: 1 } }, "--up-to", "2s");
    expect(report).toMatchObject({ verdict: "carries", carriedSeconds: 2, atOnce: 1 });
  });

  it("tries again when the folder changes", async () => {
    server = await probedServer();
    const running = probe("--json", "--folder", "Inbox", "--up-to", "1s");
    await until("the Ping to be held", () => server?.directPush.heldCount === 1);
    server.mailbox.deliver("alice", "Subject: Hello\r\n\r\nHello!\r\n");
    const report: unknown = JSON.parse((await running).out);
    expect(report).toMatchObject({
      verdict: "carries",
      folder: "Inbox",
      pings: [{ kind: "changed" }, { kind: "carried" }],
    });
  });

  it("names the folders when the wanted one is not there", async () => {
    const { report, status } = await probeJson({}, "--folder", "Quiet");
    expect(report).toMatchObject({
      problem: { code: "no-quiet-folder", text: expect.stringContaining("There are: Inbox, Drafts") },
    });
    expect(status).toBe(2);
  });

  it("is told that the device is not let in", async () => {
    const { report, status } = await probeJson({
      authorizeDevice: async () => ({ kind: "block", reason: "unknown" }),
    });
    expect(report).toMatchObject({
      problem: { code: "refused", text: expect.stringContaining("DirectPushProbe") },
    });
    expect(status).toBe(2);
  });

  it("is told of a wrong password, and never writes it", async () => {
    server = await probedServer();
    const { status, out, errors } = await runProbe([server.url, "--user", "alice"], "wr0ng");
    expect(out).toBe("UNKNOWN: Wrong user or password (HTTP 401).\n");
    expect(errors).toBe("");
    expect(status).toBe(2);
  });
});

describe("the probe of something else", () => {
  it.each([
    [404, {}, "not-activesync"],
    [200, { "content-type": "text/html" }, "not-activesync"],
    [200, { "ms-asprotocolversions": "2.5" }, "not-activesync"],
    [403, {}, "refused"],
    [502, {}, "unreachable"],
    [500, {}, "server-trouble"],
  ])("that answers %i with %j cannot tell: %s", async (status, headers, code) => {
    const listener: ProbedHost["listener"] = (_request, response) => {
      response.writeHead(status, headers).end("<html>");
    };
    server = await probedServer({}, { listener });
    const written = await probe("--json");
    expect(JSON.parse(written.out)).toMatchObject({ verdict: "unknown", problem: { code } });
    expect(written.status).toBe(2);
  });

  it("whose certificate nobody signed cannot tell, unless it is accepted", async () => {
    server = await probedServer({}, { tls: await certificate() });
    const refused = await probe();
    expect(refused.out).toMatch(
      /^UNKNOWN: No connection: .*Phones would not accept this certificate either\./,
    );
    expect(refused.status).toBe(2);
    expect(await probe("--insecure")).toMatchObject({ status: 0 });
  });

  it("that is not there cannot tell", async () => {
    server = await probedServer();
    const { url } = server;
    await server.close();
    server = undefined;
    const { status, out } = await runProbe([url, "--user", "alice"]);
    expect(out).toMatch(/^UNKNOWN: No connection: .*ECONNREFUSED/);
    expect(status).toBe(2);
  });
});

describe("the command line of the probe", () => {
  it("helps", async () => {
    expect(await runProbe(["--help"])).toEqual({ status: 0, out: probeHelp, errors: "" });
  });

  it("says what is wrong with it", async () => {
    const { status, out, errors } = await runProbe(["--user", "alice"]);
    expect({ status, out }).toEqual({ status: 2, out: "" });
    expect(errors).toContain("Give one URL.");
  });

  it("wants a password from somewhere", async () => {
    server = await probedServer();
    const { status, errors } = await runProbe([server.url, "--user", "alice"], null);
    expect(status).toBe(2);
    expect(errors).toContain("set DIRECT_PUSH_PASSWORD");
  });
});
