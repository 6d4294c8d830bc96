import { hostname } from "node:os";
import { expect, it } from "vitest";
import { nodeName } from "../../../../../src/cli/serve/nodes/node-name.js";

const redis = { state: { kind: "redis", urls: ["redis://redis"], place: "redis://redis" } } as const;
const memory = { state: { kind: "memory" } } as const;

it("names processes so that those of one server differ", () => {
  expect(nodeName(memory, 8080, undefined)).toBe("server");
  expect(nodeName(memory, 8080, 2)).toBe("worker 2");
  expect(nodeName(redis, 8080, undefined)).toBe(`${hostname()}:8080`);
  expect(nodeName(redis, 8080, 2)).toBe(`${hostname()}:8080 worker 2`);
});
