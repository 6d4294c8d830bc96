import { describe, expect, it } from "vitest";
import { boundedStream } from "../../../src/mailbox/bounded-stream.js";
import { guardedMailbox } from "../../../src/mailbox/guarded-mailbox.js";
import { FakeClock, MemoryMailbox } from "../../../src/testing/index.js";

/** A source that tells what was done to it. */
function source(pieces: readonly (Uint8Array | "silence" | Error)[]) {
  const calls: string[] = [];
  const left = [...pieces];
  const iterable: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => {
      calls.push("opened");
      return {
        next: async () => {
          calls.push("next");
          const piece = left.shift();
          if (piece === "silence") return await new Promise(() => {});
          if (piece instanceof Error) throw piece;
          return piece === undefined ? { done: true, value: undefined } : { done: false, value: piece };
        },
        return: () => {
          calls.push("return");
          return new Promise(() => {});
        },
      };
    },
  };
  return { calls, iterable };
}

const letters = (text: string): Uint8Array => Buffer.from(text);

function bounded(iterable: AsyncIterable<Uint8Array>, byteLength: number, clock = new FakeClock()) {
  return boundedStream(iterable, { byteLength, timeoutMs: 1_000, clock, what: "The stream" });
}

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += String(Buffer.from(chunk));
  return text;
}

describe("boundedStream", () => {
  it("passes on as many bytes as it is to have, and lets go of the source", async () => {
    const { calls, iterable } = source([letters("ab"), letters("cd"), letters("ef")]);
    expect(await textOf(bounded(iterable, 3))).toBe("abc");
    expect(calls).toEqual(["opened", "next", "next", "return"]);
  });

  it("opens nothing before it is read, nor where there is nothing to read", async () => {
    const { calls, iterable } = source([]);
    const unread = bounded(iterable, 3);
    await unread.return(undefined);
    expect(await textOf(bounded(iterable, 0))).toBe("");
    expect(calls).toEqual([]);
  });

  it("fails where the source ends too early or throws", async () => {
    await expect(textOf(bounded(source([letters("ab")]).iterable, 3))).rejects.toMatchObject({
      code: "ERR_CALL_FAILED",
      message: "The stream ended 1 bytes too early",
    });
    const broken = source([letters("ab"), new Error("gone")]);
    await expect(textOf(bounded(broken.iterable, 3))).rejects.toMatchObject({ code: "ERR_CALL_FAILED" });
    expect(broken.calls).toEqual(["opened", "next", "next", "return"]);
  });

  it("fails where the source is silent, and does not wait for it to let go", async () => {
    const clock = new FakeClock();
    const { calls, iterable } = source([letters("ab"), "silence"]);
    const reading = textOf(bounded(iterable, 3, clock)).catch((error: unknown) => error);
    await clock.advance(2_000);
    expect(await reading).toMatchObject({ code: "ERR_CALL_TIMEOUT" });
    expect(calls.at(-1)).toBe("return");
    expect(clock.pendingTimers).toBe(0);
  });

  it("lets go of the source when its reader stops", async () => {
    const { calls, iterable } = source([letters("ab"), letters("cd")]);
    for await (const _ of bounded(iterable, 4)) break;
    expect(calls).toEqual(["opened", "next", "return"]);
  });
});

describe("the guarded mailbox", () => {
  const mailWith = (size: number): MemoryMailbox => {
    const mailbox = new MemoryMailbox();
    mailbox.attachment = async () => ({
      kind: "attachment",
      contentType: "a/b",
      sizeBytes: size,
      content: source([letters("abcdef")]).iterable,
    });
    return mailbox;
  };

  it("bounds the content by the size, or by the range within it", async () => {
    const mailbox = guardedMailbox(mailWith(4), { timeoutMs: 1_000 });
    const read = async (first: number, last: number): Promise<string> => {
      const opened = await mailbox.attachment?.({ user: "u" }, "a", { first, last });
      return opened?.kind === "attachment" ? await textOf(opened.content) : "";
    };
    expect(await read(0, 99)).toBe("abcd");
    expect(await read(0, 1)).toBe("ab");
    expect(await read(4, 9)).toBe("");
  });

  it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("takes no size of %s", async (size) => {
    const mailbox = guardedMailbox(mailWith(size), { timeoutMs: 1_000 });
    await expect(mailbox.attachment?.({ user: "u" }, "a")).rejects.toMatchObject({
      code: "ERR_MAILBOX_UNAVAILABLE",
    });
  });

  it("has the abilities that the mailbox has, and no others", () => {
    const guard = { timeoutMs: 1_000 };
    const without = Object.assign(new MemoryMailbox(), { attachment: undefined, emptyFolder: undefined });
    expect(guardedMailbox(without as unknown as MemoryMailbox, guard)).not.toHaveProperty("attachment");
    expect(guardedMailbox(without as unknown as MemoryMailbox, guard)).not.toHaveProperty("emptyFolder");
    expect(guardedMailbox(new MemoryMailbox(), guard)).toHaveProperty("attachment");
    expect(guardedMailbox(new MemoryMailbox(), guard)).toHaveProperty("emptyFolder");
  });
});
