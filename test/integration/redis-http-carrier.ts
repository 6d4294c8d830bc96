import { request as httpRequest, type IncomingMessage } from "node:http";
import type { InProcessDevice } from "../../src/testing/index.js";

type Serve = ConstructorParameters<typeof InProcessDevice>[0]["serve"];
type Answer = Parameters<Parameters<Serve>[1]>[0];

/** What a request without an answer counts as: the connection broke. */
export const brokenStatus = 599;

/** Where a request goes. */
export interface HttpTarget {
  readonly port: number;
  /** Requests that it was sent and has not answered. */
  unanswered: number;
}

/**
 * Carries a device's requests over HTTP, each over a connection of its own.
 *
 * @param pick where the next one goes.
 */
export function httpCarrier(pick: () => HttpTarget): { readonly serve: Serve } {
  return {
    serve: ({ method, url: path, headers, body }, respond) => {
      const target = pick();
      target.unanswered += 1;
      let isOver = false;
      const end = (): boolean => {
        if (isOver) return false;
        isOver = true;
        target.unanswered -= 1;
        return true;
      };
      const answer = (answered: Answer): void => {
        if (end()) respond(answered);
      };
      const broken = (): void => answer({ status: brokenStatus, headers: {}, body: null });
      const request = httpRequest(
        { host: "127.0.0.1", port: target.port, method, path, headers: present(headers), agent: false },
        (response) => {
          response.on("error", broken);
          collect(response, (whole) => answer(answerOf(response, whole)));
        },
      );
      request.on("error", broken);
      request.end(body instanceof Uint8Array ? body : undefined);
      return () => {
        end();
        request.destroy();
      };
    },
  };
}

function present(headers: Parameters<Serve>[0]["headers"]): Record<string, string> {
  const given = Object.entries(headers).filter(([, value]) => typeof value === "string");
  return Object.fromEntries(given) as Record<string, string>;
}

function collect(response: IncomingMessage, done: (whole: Buffer) => void): void {
  const chunks: Buffer[] = [];
  response.on("data", (chunk: Buffer) => chunks.push(chunk));
  response.on("end", () => done(Buffer.concat(chunks)));
}

function answerOf({ statusCode = brokenStatus, headers }: IncomingMessage, body: Buffer): Answer {
  const told = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  return { status: statusCode, headers: Object.fromEntries(told), body: body.length === 0 ? null : body };
}
