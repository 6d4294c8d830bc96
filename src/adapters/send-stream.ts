import type { NodeResponse } from "./node.js";

/** A client that takes nothing for so long is gone, whatever its connection says. */
const maxDrainMs = 120_000;

/** RST_STREAM with INTERNAL_ERROR. */
const http2InternalError = 2;

/**
 * Sends the chunks and ends the response. Reads on only when the client has taken what it was sent; lets go of the stream when the client
 * goes away; cuts the connection when the stream breaks off. The head is written already. Never rejects.
 */
export async function sendStream(chunks: AsyncIterable<Uint8Array>, response: NodeResponse): Promise<void> {
  const iterator = chunks[Symbol.asyncIterator]();
  let isGone = response.destroyed === true || response.stream?.destroyed === true;
  let wake = (): void => {};
  response.on("drain", () => wake());
  response.on("close", () => {
    isGone = true;
    wake();
    // At once, although a step may be under way: the stream knows then that nobody waits for it.
    void discard(iterator);
  });
  try {
    while (!isGone) {
      const step = await iterator.next();
      if (isGone) break;
      if (step.done === true) {
        response.end();
        return;
      }
      if (response.write(step.value) || isGone) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => {
          isGone = true;
          cut(response);
          wake();
        }, maxDrainMs).unref();
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  } catch {
    cut(response);
  }
  void discard(iterator);
}

/** Tells a stream that is not sent to let go of what it has. Never rejects. */
export async function discard(iterator: AsyncIterator<Uint8Array>): Promise<void> {
  try {
    await iterator.return?.();
  } catch {
    // Nobody wants it any more.
  }
}

/** Ends the connection so that the client knows that the answer is not whole. */
function cut(response: NodeResponse): void {
  if (response.stream === undefined) response.destroy?.();
  else response.stream.close(http2InternalError);
}
