import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const main = fileURLToPath(new URL("../../../src/cli/main.ts", import.meta.url));

function run(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ["--import", "tsx", main, ...args], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

it("says which commands there are", async () => {
  const [help, none, unknown, probe, serve] = await Promise.all([
    run("--help"),
    run(),
    run("prob"),
    run("probe", "--password", "x"),
    run("serve", "--port", "8080"),
  ]);
  expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining("probe URL --user USER") });
  expect(none).toMatchObject({ code: 2, stdout: "", stderr: help.stdout });
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('no command "prob"') });
  expect(help.stdout).toContain("serve --imap URL");
  expect(serve).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("Give --imap") });
  expect(probe).toMatchObject({ code: 2, stderr: expect.stringContaining("A password is no argument") });
});
