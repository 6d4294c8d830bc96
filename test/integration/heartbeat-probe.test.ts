import { type ChildProcess, execFile } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { within } from "../contract/deadline.js";
import { canMakeNamespaces, RoutedNetwork, serverAddress } from "./network-namespaces.js";
import { programIsThere } from "./required-program.js";

const forgetsAfterSeconds = 3;
const canRun = canMakeNamespaces() && programIsThere("nft", "nftables");

describe.skipIf(!canRun)("a probe from behind a carrier's NAT that forgets idle connections", () => {
  let network: RoutedNetwork;
  let port: number;

  beforeEach(async () => {
    network = new RoutedNetwork();
    network.masquerade(forgetsAfterSeconds);
    const server: ChildProcess = network.start("server", "./network-server.ts");
    [port] = await within("the server to listen", once(server, "message"));
  });

  afterEach(() => network.remove());

  it("finds the NAT's limit, and says that something forgets connections in silence", async () => {
    const { code, stdout } = await probe("--up-to", "6s", "--want", "5s", "--json");
    const report = JSON.parse(stdout) as { limit: { fromSeconds: number; toSeconds: number } };
    expect(report).toMatchObject({ verdict: "does-not-carry", limit: { end: "silent", confirmed: true } });
    expect(report.limit.fromSeconds).toBeLessThanOrEqual(forgetsAfterSeconds);
    expect(report.limit.toSeconds).toBeGreaterThan(forgetsAfterSeconds);
    expect(report.limit.toSeconds - report.limit.fromSeconds).toBeLessThanOrEqual(2);
    expect(code).toBe(1);
  });

  it("is content with what the NAT carries", async () => {
    const { code, stdout } = await probe("--up-to", "2s");
    expect(stdout).toContain("carries 2s");
    expect(code).toBe(0);
  });

  function probe(...args: readonly string[]): Promise<{ code: number; stdout: string }> {
    const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
    const url = `http://${serverAddress}:${port}`;
    const user = ["--user", "alice@example.com", "--margin", "1s"];
    const [program, ...before] = network.inside("phone");
    const command = [...before, process.execPath, "--import", "tsx", main, "probe", url, ...user, ...args];
    const env = { ...process.env, DIRECT_PUSH_PASSWORD: "alice" };
    const ended = new Promise<{ code: number; stdout: string }>((resolve) => {
      execFile(program, command, { env }, (error, stdout) => {
        resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout });
      });
    });
    return within("the probe to end", ended);
  }
});
