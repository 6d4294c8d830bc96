import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

/** A small checkout in a temporary folder, for the scripts that check one. */
export interface Checkout {
  /** Writes a file, over the one that is there. */
  write(path: string, text: string): void;
  /** Runs a script of this project on the checkout. */
  run(script: string, ...args: string[]): { readonly code: number | null; readonly output: string };
  /** Deletes it. */
  remove(): void;
}

const manifest = {
  name: "direct-push",
  version: "0.1.0",
  dependencies: { debug: "^4" },
  peerDependencies: { "postal-mime": "^4", koa: "^3" },
};

/** Makes a checkout with a package.json and the given files. */
export function makeCheckout(files: Readonly<Record<string, string>>): Checkout {
  const folder = mkdtempSync(join(tmpdir(), "direct-push-checkout-"));
  const checkout: Checkout = {
    write(path, text) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    },
    run(script, ...args) {
      const path = resolve(import.meta.dirname, "../../scripts", script);
      const result = spawnSync(process.execPath, [path, "--root", folder, ...args], { encoding: "utf8" });
      return { code: result.status, output: `${result.stdout}${result.stderr}` };
    },
    remove() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
  checkout.write("package.json", JSON.stringify(manifest));
  for (const [path, text] of Object.entries(files)) checkout.write(path, text);
  return checkout;
}
