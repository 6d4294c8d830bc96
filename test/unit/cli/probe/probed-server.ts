import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer, type ServerOptions } from "node:https";
import type { AddressInfo } from "node:net";
import { toNodeHandler } from "../../../../src/adapters/node.js";
import { probeCommand } from "../../../../src/cli/probe/probe-command.js";
import { createDirectPush, type DirectPush, type DirectPushOptions } from "../../../../src/index.js";
import { MemoryMailbox } from "../../../../src/testing/index.js";

/** Something that listens and is probed. */
export interface ProbedServer {
  readonly url: string;
  readonly mailbox: MemoryMailbox;
  readonly directPush: DirectPush;
  close(): Promise<void>;
}

/** What listens otherwise than usual. */
export interface ProbedHost {
  /** Answers in the place of the server of this package. */
  readonly listener?: RequestListener;
  /** Key and certificate: https. */
  readonly tls?: ServerOptions;
}

/** A server of this package for alice with the password `right`. */
export async function probedServer(
  options: Partial<DirectPushOptions> = {},
  { listener, tls }: ProbedHost = {},
): Promise<ProbedServer> {
  const mailbox = new MemoryMailbox();
  const directPush = createDirectPush({
    mailbox,
    source: mailbox,
    heartbeat: { minSeconds: 1 },
    authenticate: async (attempt) =>
      attempt.kind === "basic" && attempt.password === "right"
        ? { kind: "user", user: "alice" }
        : { kind: "refused" },
    closeSpreadMs: 0,
    ...options,
  });
  const answer = listener ?? toNodeHandler(directPush);
  const server = tls === undefined ? createServer(answer) : createTlsServer(tls, answer);
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mailbox,
    directPush,
    close: async () => {
      await directPush.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

/** What a probe wrote, and its exit status. */
export interface ProbeWritten {
  readonly status: 0 | 1 | 2;
  readonly out: string;
  readonly errors: string;
}

/** Runs the command with a password in the environment; null for none, and no terminal either. */
export async function runProbe(
  args: readonly string[],
  password: string | null = "right",
): Promise<ProbeWritten> {
  let out = "";
  let errors = "";
  const status = await probeCommand(args, {
    environment: password === null ? {} : { DIRECT_PUSH_PASSWORD: password },
    stdin: { ...process.stdin, isTTY: false } as typeof process.stdin,
    stdout: {
      write: (text) => {
        out += text;
      },
    },
    stderr: {
      write: (text) => {
        errors += text;
      },
    },
    signal: new AbortController().signal,
  });
  return { status, out, errors };
}
