import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { connect } from "node:tls";
import { expect, test } from "vitest";
import { explained } from "../../../../../src/cli/serve/check/explained.js";
import { within } from "../../../../contract/deadline.js";

test.each([
  ["an error alone", new Error("down"), "down"],
  ["its cause", new Error("down", { cause: new Error("no route") }), "down (no route)"],
  [
    "a cause that it names itself, once",
    new Error("down: no route", { cause: new Error("no route") }),
    "down: no route",
  ],
  ["something else", "down", "down"],
])("says %s", (_what, error, text) => {
  expect(explained(error)).toBe(text);
});

test("says of a server that greets in the clear that it speaks no TLS, and nothing of OpenSSL", async () => {
  const server = createServer((socket) => {
    socket.on("error", () => {}).write("* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n");
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  try {
    const socket = connect({ host: "127.0.0.1", port: (server.address() as AddressInfo).port });
    const [error] = await within("the failure", once(socket, "error"));
    const cause: unknown = error;
    expect(explained(new Error("The IMAP server cannot be used", { cause }))).toBe(
      "what answers there speaks no TLS at first: imap:// and smtp:// are for STARTTLS",
    );
  } finally {
    server.close();
  }
});
