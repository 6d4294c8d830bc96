import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const source = join(import.meta.dirname, "../../src");

describe("error codes", () => {
  it("are all given by something", () => {
    const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((file) =>
      file.endsWith(".ts"),
    );
    const others = files
      .filter((file) => file !== "errors.ts")
      .map((file) => readFileSync(join(source, file), "utf8"));
    const codes = readFileSync(join(source, "errors.ts"), "utf8").match(/"ERR_[A-Z0-9_]+"/g) ?? [];
    expect(codes.length).toBeGreaterThan(10);
    expect(codes.filter((code) => !others.some((text) => text.includes(code)))).toEqual([]);
  });
});
