/** The phone's process in a network that loses answers: it does what it is told, and says what came of it. */
import type { DeviceExchange } from "../../src/testing/index.js";
import { childText, Ping } from "../../src/wbxml/index.js";
import { wirePhone } from "../examples/wire-phone.js";
import type { PhoneOrder } from "./network-messages.js";
import { serverAddress } from "./network-namespaces.js";

const phone = wirePhone(Number(process.argv[2]), {}, serverAddress);
let waiting: DeviceExchange | undefined;

/** Orders that begin to wait are answered at once, with nothing; "ping" is answered with the Ping's Status once "is answered" says so. */
async function follow(order: PhoneOrder): Promise<unknown> {
  switch (order) {
    case "set up":
      await phone.folderSync();
      return (await phone.syncAll("inbox")).at(-1)?.status ?? "none";
    case "ping":
      waiting = phone.ping({ heartbeatSeconds: 600, folders: ["inbox"] });
      return "sent";
    case "hanging sync":
      waiting = phone.hangingSync("inbox", { waitSeconds: 600 });
      return "sent";
    case "sync": {
      const { status, added } = await phone.sync("inbox");
      return { status, added: added.length };
    }
    case "is answered":
      return waiting?.isAnswered === true ? childText((await waiting.answer).document, Ping.Status) : "no";
    case "vanish":
      waiting?.gone();
      return "gone";
  }
}

process.on("message", (order: PhoneOrder) => {
  void follow(order).then((answer) => process.send?.(answer));
});
process.send?.("ready");
