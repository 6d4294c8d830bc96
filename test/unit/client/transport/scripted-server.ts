/** An HTTP server that does what a test says to each request. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";

/** What a request was. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
  readonly socket: IncomingMessage["socket"];
}

/** Answers a request, or does not. */
export type Script = (request: SeenRequest, response: ServerResponse, count: number) => void;

export interface ScriptedServer {
  readonly url: string;
  readonly server: Server;
  readonly seen: readonly SeenRequest[];
  close(): Promise<void>;
}

/** Starts it on a free port. */
export async function scriptedServer(
  script: Script,
  tls?: { readonly key: string; readonly cert: string },
): Promise<ScriptedServer> {
  const seen: SeenRequest[] = [];
  const listener = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const { method = "", url = "", headers, socket } = incoming;
    const request = { method, url, headers, body: Buffer.concat(chunks), socket };
    seen.push(request);
    script(request, response, seen.length);
  };
  const onRequest = (incoming: IncomingMessage, response: ServerResponse): void =>
    void listener(incoming, response);
  const server = tls === undefined ? createServer(onRequest) : createTlsServer(tls, onRequest);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}/Microsoft-Server-ActiveSync`,
    server,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
