import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { checkServer } from "../../../../../src/cli/serve/check/check-server.js";
import { readSettings } from "../../../../../src/cli/serve/read-settings.js";
import { MemoryMailbox } from "../../../../../src/testing/index.js";
import { memoryBackend } from "../memory-backend.js";

// A machine on which it is not installed.
vi.mock("../../../../../src/cli/serve/metrics.js", async (importActual) => ({
  ...(await importActual<object>()),
  loadPromClient: async () => {
    throw Object.assign(new Error("Cannot find package 'prom-client' imported from metrics.js"), {
      code: "ERR_MODULE_NOT_FOUND",
    });
  },
}));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "direct-push-check-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("metrics that are wanted and cannot be had are found before the start", async () => {
  const check = async (metrics: boolean) => {
    let output = "";
    const settings = readSettings(
      { imap: "imap://127.0.0.1", state: folder, ...(metrics && { "metrics-port": "0" }) },
      {},
    );
    const status = await checkServer(settings, "alice", {
      environment: { DIRECT_PUSH_PASSWORD: "alice" },
      stdin: process.stdin as never,
      stdout: { write: (text) => (output += text) },
      stderr: { write: () => {} },
      openBackend: async () => memoryBackend(new MemoryMailbox()),
    });
    return { status, output };
  };
  expect((await check(false)).status).toBe(0);
  const { status, output } = await check(true);
  expect(status).toBe(1);
  expect(output).toMatch(
    /FAIL {2}The package prom-client is needed and not installed: npm install prom-client\n/,
  );
});
