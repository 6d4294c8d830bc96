import { execFile } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { expect } from "vitest";
import { freePort } from "../../examples/cluster/free-port.js";
import type { StatusOverview } from "../../src/cli/observed/status-snapshot.js";
import type { DeviceExchange, InProcessDevice } from "../../src/testing/index.js";
import { childText, Ping } from "../../src/wbxml/index.js";
import { within } from "../contract/deadline.js";
import { wirePhone } from "../examples/wire-phone.js";
import { Dovecot, passwordOf } from "./dovecot.js";
import { ServingProgram } from "./serving-program.js";

/** Of every Redis behind such servers. */
export const redisPassword = "secret of redis";

/** One `direct-push serve`. */
export interface ServeNode {
  readonly program: ServingProgram;
  readonly port: number;
  /** Of its page for operators. */
  readonly status: string;
}

/** Several `direct-push serve` in front of one Dovecot, and phones of alice. */
export class ServeRedisSite {
  readonly dovecot: Dovecot;
  /** What the programs get by their environment. */
  readonly #environment: Readonly<Record<string, string>>;
  readonly #nodes: ServeNode[] = [];

  private constructor(dovecot: Dovecot, redisUrls: readonly string[]) {
    this.dovecot = dovecot;
    this.#environment = {
      DIRECT_PUSH_REDIS_URL: redisUrls.join(" "),
      DIRECT_PUSH_PASSWORD: passwordOf("alice"),
    };
  }

  /** Starts Dovecot. @param redisUrls with the password. */
  static async start(redisUrls: readonly string[]): Promise<ServeRedisSite> {
    return new ServeRedisSite(await Dovecot.start(), redisUrls);
  }

  /** Starts a server. */
  async serve(...more: readonly string[]): Promise<ServeNode> {
    const port = await freePort();
    const program = new ServingProgram(
      [
        ...[
          "--imap",
          `imap://127.0.0.1:${this.dovecot.imapPort}`,
          "--host",
          "127.0.0.1",
          "--port",
          String(port),
        ],
        ...["--drain", "1s", "--status-port", "0", ...more],
      ],
      this.#environment,
    );
    const started = await program.says("started");
    expect(JSON.stringify(started)).not.toContain(encodeURIComponent(redisPassword));
    const node = { program, port, status: String(started["status"]) };
    this.#nodes.push(node);
    return node;
  }

  /** What `serve --check` writes; rejects where it finds a fault. */
  async check(environment: Readonly<Record<string, string>> = {}): Promise<string> {
    const args = ["--import", "tsx", "src/cli/main.ts", "serve", "--check", "--user", "alice"];
    const imap = ["--imap", `imap://127.0.0.1:${this.dovecot.imapPort}`];
    const env = { ...process.env, ...this.#environment, ...environment };
    return (await promisify(execFile)(process.execPath, [...args, ...imap], { env })).stdout;
  }

  /** A phone at a node; the inbox, where it has synced it at another one. */
  phoneAt(
    { port }: ServeNode,
    from?: { readonly phone: InProcessDevice; readonly inbox: string },
  ): InProcessDevice {
    const phone = wirePhone(port, { user: "alice", password: passwordOf("alice") });
    if (from !== undefined) phone.setSyncKey(from.inbox, from.phone.syncKeyOf(from.inbox));
    return phone;
  }

  /** Waits until a node's page says that so many Pings are held, on all nodes together. */
  async untilHeld(count: number, node: ServeNode): Promise<StatusOverview> {
    const wait = async (): Promise<StatusOverview> => {
      for (;;) {
        const overview = await overviewAt(node);
        if (overview.held.Ping === count) return overview;
        await pause(50);
      }
    };
    return await within(`${count} held Pings`, wait());
  }

  /** Ends the servers. */
  async endServers(): Promise<void> {
    await Promise.all(this.#nodes.splice(0).map(({ program }) => program.kill()));
  }

  /** Ends everything. */
  async close(): Promise<void> {
    await this.endServers();
    await this.dovecot.remove();
  }
}

/** What a node's page for operators tells as JSON. */
export async function overviewAt({ status }: ServeNode): Promise<StatusOverview> {
  return (await (await fetch(`${status}/status.json`)).json()) as StatusOverview;
}

/** The Status of the answer to a Ping. */
export async function statusOf(exchange: DeviceExchange): Promise<string | undefined> {
  return childText((await within("the answer to a Ping", exchange.answer)).document, Ping.Status);
}

/**
 * Waits until nothing is asked of Redis any more: all that is held has been compared.
 *
 * @param commandStatistics what Redis tells of its commands, or all masters of a cluster together.
 */
export async function nothingIsAsked(commandStatistics: () => Promise<string>): Promise<void> {
  const asked = async (): Promise<string> =>
    (await commandStatistics())
      .split("\r\n")
      .filter((line) => /^cmdstat_(hget|eval|evalsha|spublish|get):/.test(line))
      .map((line) => /calls=\d+/.exec(line)?.[0])
      .join();
  for (let quiet = 0, last = ""; quiet < 10; quiet += 1) {
    const now = await asked();
    if (now !== last) quiet = 0;
    last = now;
    await pause(100);
  }
}
