import { EventEmitter } from "node:events";
import { expect, it } from "vitest";
import { awaitShutdown } from "../../../../src/cli/serve/shutdown.js";

it("the first signal is waited for, the second ends at once", async () => {
  const source = new EventEmitter();
  const ended: number[] = [];
  const shutdown = awaitShutdown(source, (status) => ended.push(status));
  source.emit("SIGINT");
  expect(await shutdown.wanted).toBe("SIGINT");
  expect(ended).toEqual([]);
  source.emit("SIGTERM");
  source.emit("SIGINT");
  expect(ended).toEqual([143, 130]);
  shutdown.stop();
  expect(source.eventNames()).toEqual([]);
});
