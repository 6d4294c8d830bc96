import type { DirectPush } from "../../src/index.js";
import { InProcessDevice, type InProcessDeviceOptions } from "../../src/testing/index.js";
import { send } from "../contract/wire.js";

/** A phone on a real connection, a new one for each request; a request that goes away resets it. */
export function wirePhone(
  port: number,
  options: InProcessDeviceOptions = {},
  address = "127.0.0.1",
  protocol: "http" | "https" = "http",
): InProcessDevice {
  const carrier: Pick<DirectPush, "serve"> = {
    serve({ method, url, headers, body }, respond) {
      if (!(body instanceof Uint8Array)) throw new Error("only bodies of bytes are sent");
      const given = Object.entries(headers).filter(
        (entry): entry is [string, string] => typeof entry[1] === "string" && entry[0] !== "content-length",
      );
      const exchange = send(
        { port, address, protocol },
        { method, path: url, headers: Object.fromEntries(given), ...(method !== "OPTIONS" && { body }) },
      );
      exchange
        .then(({ answer }) => answer)
        .then(
          (answer) => respond({ ...answer, body: answer.body.length === 0 ? null : answer.body }),
          (error: unknown) => respond({ status: 0, headers: { "x-error": String(error) }, body: null }),
        );
      return () => void exchange.then(({ rst }) => rst());
    },
  };
  return new InProcessDevice(carrier, options);
}
