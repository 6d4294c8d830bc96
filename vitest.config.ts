import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** `VITEST_JSON=FILE` writes the machine-readable report to FILE beside the usual output. */
const jsonFile = process.env["VITEST_JSON"];

/** One project a kind of test: `vitest run --project unit`. `npm test` runs all but `integration`. */
const kinds = ["unit", "contract", "conformance", "simulation", "examples", "package", "integration"];

/** Ends what hangs, and judges no speed: a machine that is busy may need twenty times as long as one that is not. */
const hangsAfterMs = 300_000;

const source = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

/** The package by its own name is its source, as in tsconfig.json: the examples need no build. */
const alias = [
  { find: /^direct-push$/, replacement: source("index.ts") },
  { find: /^direct-push\/(wbxml|mime|lmdb|redis|imap|client|testing)$/, replacement: source("$1/index.ts") },
  { find: /^direct-push\/(node|express|koa|fastify|hono)$/, replacement: source("adapters/$1.ts") },
];

export default defineConfig({
  test: {
    reporters: jsonFile ? ["default", ["json", { outputFile: jsonFile }]] : ["default"],
    projects: kinds.map((kind) => ({
      resolve: { alias },
      test: {
        name: kind,
        include: [`test/${kind}/**/*.test.ts`],
        environment: "node",
        setupFiles: ["test/property-seed.ts"],
        testTimeout: hangsAfterMs,
        hookTimeout: hangsAfterMs,
        restoreMocks: true,
        unstubEnvs: true,
      },
    })),
    // Held requests make the tests wait rather than work; more workers than this only compete.
    pool: "forks",
    maxWorkers: 2,
    coverage: { provider: "v8", include: ["src/**/*.ts"], exclude: ["src/wbxml/code-pages/**"] },
  },
});
