import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { dovecotIsThere } from "./dovecot.js";
import { programIsThere } from "./required-program.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const areThere = [
  dovecotIsThere(),
  programIsThere("redis-server", "redis-server"),
  programIsThere("haproxy", "haproxy"),
].every((isThere) => isThere);

describe.skipIf(!areThere)("examples/cluster", () => {
  let pid: number | undefined;

  afterEach(() => {
    try {
      // It ends its programs by itself, each of which is a group of its own.
      if (pid !== undefined) process.kill(pid, "SIGTERM");
    } catch {
      // It has ended.
    }
  });

  it("kills one node and restarts the other, and its phones lose nothing", async () => {
    const child = spawn(process.execPath, ["--import", "tsx", "examples/cluster/main.ts"], { cwd: root });
    pid = child.pid;
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    const [code] = (await once(child, "close")) as [number | null];
    expect(output).toContain(
      "nothing was lost, and nothing came twice: 6 phones have all 12 mails of their users",
    );
    expect(output).toMatch(/6 Pings are held: \S+ holds \d, \S+ holds \d\n/);
    expect(output).toMatch(/node1 +kill -9\n/);
    expect(output).toMatch(/node2 +answers the Ping of \w+ after [\d.]+ s: closing\n/);
    expect(code).toBe(0);
  });
});
