/** The server's process in a network that loses answers: it says its port, and then does what it is told. */
import type { ServerOrder, ServerReport } from "./network-messages.js";
import { serverAddress } from "./network-namespaces.js";
import { proxiedServer } from "./proxied-server.js";

const [keepAliveMs] = process.argv.slice(2).map(Number);
const server = await proxiedServer(serverAddress, {}, keepAliveMs);

function report(): ServerReport {
  return {
    held: server.directPush.heldCount,
    openWatches: server.mailbox.openWatches,
    ended: server.ended.map(({ kind }) => kind),
    dropped: server.dropped.map(({ how }) => how),
    finished: server.finished(),
  };
}

process.on("message", (order: ServerOrder) => {
  if (order === "deliver") server.mailbox.deliver("alice@example.com", "Subject: Hello\r\n\r\nHello!\r\n");
  process.send?.(report());
});
process.send?.(server.port);
