import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { freePort } from "../../examples/cluster/free-port.js";

const perProcess = 50;

it("gives no port twice, in this process or in others at the same time", async () => {
  const file = fileURLToPath(new URL("free-ports.ts", import.meta.url));
  const others = [1, 2, 3].map(() => fork(file, [`${perProcess}`], { execArgv: ["--import", "tsx"] }));
  const theirs = others.map(async (other): Promise<number[]> => (await once(other, "message"))[0]);
  const own = await Promise.all(Array.from({ length: perProcess }, freePort));
  const all = [...own, ...(await Promise.all(theirs)).flat()];
  for (const other of others) other.disconnect();
  expect(all).toHaveLength(4 * perProcess);
  expect(new Set(all).size).toBe(all.length);
});
