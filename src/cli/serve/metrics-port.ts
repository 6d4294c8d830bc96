import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { OperatorPort } from "./settings.js";

/** A port for Prometheus. */
export interface MetricsPort {
  readonly port: number;
  close(): Promise<void>;
}

/** Opens a port that answers `GET /metrics`. @param text makes the answer. */
export async function openMetricsPort(
  { host, port }: OperatorPort,
  text: () => Promise<{ readonly contentType: string; readonly text: string }>,
): Promise<MetricsPort> {
  const server = createServer(async (request, response) => {
    request.resume();
    if (request.method !== "GET" || request.url?.split("?", 1)[0] !== "/metrics") {
      response.writeHead(404, { "content-length": 0 }).end();
      return;
    }
    try {
      const metrics = await text();
      response.writeHead(200, { "content-type": metrics.contentType }).end(metrics.text);
    } catch (error) {
      response.writeHead(503, { "content-type": "text/plain" }).end(`${String(error)}\n`);
    }
  });
  await once(server.listen(port, host), "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
