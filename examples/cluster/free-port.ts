import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:net";

/** Below the ports that systems choose from by themselves, so that nobody's connection goes out from one of these. */
const firstPort = 20_000;
const pairCount = 6_000;

/**
 * A port of this machine that nobody listens on, for a program that has to be told one. As long as this process lives no other call gets the same
 * one, in whatever process: the port after it is listened on, which says so to the others.
 */
export async function freePort(): Promise<number> {
  const start = randomInt(pairCount);
  for (let tries = 0; tries < pairCount; tries += 1) {
    const port = firstPort + 2 * ((start + tries) % pairCount);
    const sign = await listening(port + 1);
    if (sign === undefined) continue;
    const trial = await listening(port);
    if (trial !== undefined) {
      await closed(trial);
      return port;
    }
    await closed(sign);
  }
  throw new Error("no port is free");
}

/** A server that keeps no process alive; undefined where the port is taken. */
async function listening(port: number): Promise<Server | undefined> {
  const server = createServer().unref();
  try {
    await once(server.listen(port, "127.0.0.1"), "listening");
    return server;
  } catch {
    return undefined;
  }
}

async function closed(server: Server): Promise<void> {
  await once(server.close(), "close");
}
