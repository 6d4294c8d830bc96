import type { ServerResponse } from "node:http";
import { element, encode, Ping, textElement } from "direct-push/wbxml";
import type { BareHandler } from "./hosts.js";

const answer = encode(
  element(Ping.Ping, [
    textElement(Ping.Status, 2),
    element(Ping.Folders, [textElement(Ping.Folder, "inbox")]),
  ]),
);

/** The baseline: reads the request, keeps the response with a timer, and answers when told. No protocol, no state, no checks. */
export class BareHolder {
  readonly #held = new Map<string, { readonly res: ServerResponse; readonly timer: NodeJS.Timeout }>();
  /** Answer instead of holding. */
  atOnce = false;

  get heldCount(): number {
    return this.#held.size;
  }

  readonly handler: BareHandler = (req, res) => {
    const chunks: Buffer[] = [];
    req.on("data", (chunk: Buffer) => chunks.push(chunk));
    req.on("end", () => {
      Buffer.concat(chunks);
      const user = /User=([^&]+)/.exec(req.url ?? "")?.[1] ?? "";
      if (this.atOnce) this.#answer(res);
      else this.#held.set(user, { res, timer: setTimeout(() => this.wake(user), 3_000_000) });
    });
  };

  /** Answers one. */
  wake(user: string): void {
    const held = this.#held.get(user);
    if (held === undefined) return;
    clearTimeout(held.timer);
    this.#held.delete(user);
    this.#answer(held.res);
  }

  #answer(res: ServerResponse): void {
    res.writeHead(200, {
      "content-type": "application/vnd.ms-sync.wbxml",
      "content-length": answer.length,
    });
    res.end(answer);
  }
}
