import { describe, expect, it } from "vitest";
import type { NodeResponse } from "../../../src/adapters/node.js";
import { sendBytes } from "../../../src/adapters/send-bytes.js";

const head = "HTTP/1.1 200 OK\r\n\r\n";

/** What is called on a response to send a body, in order. */
function callsFor(body: Uint8Array | null, httpVersionMajor: number, fields: object): unknown[] {
  const calls: unknown[] = [];
  const response = {
    socket: { uncork: () => calls.push("uncork") },
    write: (...written: unknown[]) => calls.push(written),
    end: (...ended: unknown[]) => calls.push(["end", ...ended]),
    ...fields,
  };
  sendBytes(body, httpVersionMajor, response as unknown as NodeResponse);
  return calls;
}

describe("sendBytes", () => {
  const body = Uint8Array.of(3, 1, 0x6a, 0xff);

  it("sends a short body in one piece with the head", () => {
    expect(callsFor(body, 1, { _header: head })).toEqual([["\x03\x01j\xff", "latin1"], "uncork", ["end"]]);
  });

  it("leaves a body to Node that is long, of HTTP/2, or for a response whose head is not known", () => {
    const long = new Uint8Array(1_025);
    expect(callsFor(long, 1, { _header: head })).toEqual([["end", long]]);
    expect(callsFor(body, 2, { _header: head })).toEqual([["end", body]]);
    expect(callsFor(body, 1, {})).toEqual([["end", body]]);
    expect(callsFor(body, 1, { _header: null })).toEqual([["end", body]]);
  });

  it("ends an answer without a body", () => {
    expect(callsFor(null, 1, { _header: head })).toEqual([["end"]]);
  });
});
