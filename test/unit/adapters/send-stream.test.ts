import { EventEmitter } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { NodeResponse } from "../../../src/adapters/node.js";
import { sendStream } from "../../../src/adapters/send-stream.js";

/** A response whose client takes as much as a test says. */
class FakeResponse extends EventEmitter {
  readonly written: string[] = [];
  isFull = false;
  ended = false;
  destroyed = false;

  write(chunk: Uint8Array): boolean {
    this.written.push(String(Buffer.from(chunk)));
    return !this.isFull;
  }

  end(): void {
    this.ended = true;
  }

  destroy(): void {
    this.destroyed = true;
    this.emit("close");
  }
}

/** A source that counts its steps. */
function source(pieces: readonly (string | Error | "silence")[]) {
  const state = { steps: 0, returns: 0 };
  const iterable: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        const piece = pieces[state.steps++];
        if (piece === "silence") return await new Promise(() => {});
        if (piece instanceof Error) throw piece;
        return piece === undefined
          ? { done: true, value: undefined }
          : { done: false, value: Buffer.from(piece) };
      },
      return: async () => {
        state.returns += 1;
        return { done: true, value: undefined };
      },
    }),
  };
  return { state, iterable };
}

function send(iterable: AsyncIterable<Uint8Array>, response: FakeResponse): Promise<void> {
  return sendStream(iterable, response as unknown as NodeResponse);
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("sendStream", () => {
  it("sends every piece and ends the response", async () => {
    const response = new FakeResponse();
    await send(source(["a", "b"]).iterable, response);
    expect(response.written).toEqual(["a", "b"]);
    expect(response.ended).toBe(true);
    expect(response.destroyed).toBe(false);
  });

  it("reads on only when the client has taken what it was sent", async () => {
    const response = new FakeResponse();
    response.isFull = true;
    const { state, iterable } = source(["a", "b", "c"]);
    const sent = send(iterable, response);
    await settle();
    expect(state.steps).toBe(1);
    response.emit("drain");
    await settle();
    expect(state.steps).toBe(2);
    response.isFull = false;
    response.emit("drain");
    await sent;
    expect(response.written).toEqual(["a", "b", "c"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("lets go of the stream when the client goes away while it waits to write", async () => {
    const response = new FakeResponse();
    response.isFull = true;
    const { state, iterable } = source(["a", "b"]);
    const sent = send(iterable, response);
    await settle();
    response.emit("close");
    await sent;
    expect(state).toMatchObject({ steps: 1 });
    expect(state.returns).toBeGreaterThan(0);
    expect(response.ended).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("lets go of the stream at once when the client goes away while it waits to read", async () => {
    const response = new FakeResponse();
    const { state, iterable } = source(["silence"]);
    void send(iterable, response);
    await settle();
    response.emit("close");
    expect(state.returns).toBe(1);
  });

  it("reads nothing for a client that is gone already", async () => {
    const response = new FakeResponse();
    response.destroyed = true;
    const { state, iterable } = source(["a"]);
    await send(iterable, response);
    expect(state).toEqual({ steps: 0, returns: 1 });
  });

  it("cuts the connection where the stream breaks off", async () => {
    const response = new FakeResponse();
    await send(source(["a", new Error("gone")]).iterable, response);
    expect(response).toMatchObject({ written: ["a"], ended: false, destroyed: true });
  });

  it("resets a stream of HTTP/2, whose connection others use", async () => {
    const codes: number[] = [];
    const stream = { destroyed: false, close: (code: number) => codes.push(code) };
    const response = Object.assign(new FakeResponse(), { stream });
    await send(source([new Error("gone")]).iterable, response);
    expect(codes).toEqual([2]);
    expect(response.destroyed).toBe(false);
  });

  it("gives up a client that takes nothing for two minutes", async () => {
    const response = new FakeResponse();
    response.isFull = true;
    const { state, iterable } = source(["a", "b"]);
    const sent = send(iterable, response);
    await settle();
    vi.advanceTimersByTime(119_999);
    expect(response.destroyed).toBe(false);
    vi.advanceTimersByTime(1);
    await sent;
    expect(response.destroyed).toBe(true);
    expect(state.returns).toBeGreaterThan(0);
  });
});
