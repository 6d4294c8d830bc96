import { describe, expect, it } from "vitest";
import { FollowedStream } from "../../../src/server/followed-stream.js";

async function* chunks(fails = false): AsyncGenerator<Uint8Array> {
  yield Buffer.from("a");
  if (fails) throw new Error("broken");
}

describe("FollowedStream", () => {
  it("tells once that it ended", async () => {
    const ends: unknown[] = [];
    const stream = new FollowedStream(chunks(), (error) => ends.push(error));
    for await (const chunk of stream) expect(String(chunk)).toBe("a");
    await stream.return();
    expect(ends).toEqual([undefined]);
  });

  it("tells that it broke, and throws", async () => {
    const ends: unknown[] = [];
    const stream = new FollowedStream(chunks(true), (error) => ends.push(error));
    await stream.next();
    await expect(stream.next()).rejects.toThrow("broken");
    expect(ends).toEqual([new Error("broken")]);
  });

  it("tells that it was let go of, before it began and while a step is under way", async () => {
    const ends: unknown[] = [];
    await new FollowedStream(chunks(), () => ends.push("unbegun")).return();
    const silent: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }),
    };
    const stream = new FollowedStream(silent, () => ends.push("waiting"));
    void stream.next();
    await stream.return();
    expect(ends).toEqual(["unbegun", "waiting"]);
  });
});
