import { defineConfig } from "vitest/config";

/** `VITEST_JSON=FILE` writes the machine-readable report to FILE beside the usual output. */
const jsonFile = process.env["VITEST_JSON"];

/** One project a kind of test: `vitest run --project unit`. `npm test` runs all but `integration`. */
const kinds = ["unit", "contract", "conformance", "simulation", "examples", "package", "integration"];

export default defineConfig({
  test: {
    reporters: jsonFile ? ["default", ["json", { outputFile: jsonFile }]] : ["default"],
    projects: kinds.map((kind) => ({
      test: {
        name: kind,
        include: [`test/${kind}/**/*.test.ts`],
        environment: "node",
        testTimeout: kind === "integration" ? 60_000 : 20_000,
        hookTimeout: 20_000,
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
