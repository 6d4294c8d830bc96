import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** Runs a program to its end without input; returns its exit code and all it wrote. */
export function run(program, args, options = {}) {
  const result = spawnSync(program, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 64 * 1024 * 1024,
    ...options,
  });
  const failure = result.error ? `${result.error.message}\n` : "";
  return {
    code: result.status ?? 1,
    stdout: result.stdout ?? "",
    stderr: `${result.stderr ?? ""}${failure}`,
  };
}

/** The path of a program that a development dependency brings. */
export function binary(root, name) {
  return join(root, "node_modules/.bin", name);
}
