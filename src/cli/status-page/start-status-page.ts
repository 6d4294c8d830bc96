import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Clock, systemClock } from "../../clock.js";
import type { StatusSource } from "../observed/status-snapshot.js";
import { answerStatusRequest } from "./answer-status-request.js";
import { LiveUpdates } from "./live-updates.js";

/** Where the page is and what it shows. */
export interface StatusPageOptions {
  /** A collector, or what asks several processes. */
  readonly source: StatusSource;
  /** 0 for any free one. */
  readonly port: number;
  /** The address to listen on: 127.0.0.1 by default. The page has no login of its own. */
  readonly host?: string;
  /** What the server is called besides its addresses and `localhost`: a request by another name is refused. */
  readonly names?: readonly string[];
  /** How many pages may be kept up to date at once: 20 by default. */
  readonly maxReaders?: number;
  readonly clock?: Clock;
}

/** A page that is served. */
export interface StatusPage {
  /** Of the page, without a trailing slash. */
  readonly url: string;
  /** Ends it, with every page that is open. */
  close(): Promise<void>;
}

const MAX_CONNECTIONS = 128;

/**
 * Serves the operators' page.
 *
 * @throws what listening fails with, such as EADDRINUSE.
 */
export async function startStatusPage(options: StatusPageOptions): Promise<StatusPage> {
  const { source, port, host = "127.0.0.1", names = [], maxReaders = 20, clock = systemClock } = options;
  const live = new LiveUpdates({ source, clock, maxReaders });
  const answers = { source, live, names: [host, ...names].map((name) => name.toLowerCase()) };
  const server = createServer((request, response) => void answerStatusRequest(answers, request, response));
  server.maxConnections = MAX_CONNECTIONS;
  await once(server.listen(port, host), "listening");
  return {
    url: urlOf(server.address() as AddressInfo),
    close: async () => {
      live.close();
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}
