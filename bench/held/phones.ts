/**
 * The phones of the bench: raw sockets, so that the client is as cheap as it can be. `direct-push/client` does for each request what a phone does
 * (timers, state, WBXML both ways), and would be measured together with the server: it has a row of its own. Runs as a child process.
 */
import { connect, type Socket } from "node:net";
import { encode } from "direct-push/wbxml";
import { nowNs, type PhonesOrder } from "./messages.js";
import { obeyOrders } from "./obey-orders.js";
import { syncRequest } from "./prime.js";
import { rawRequest, syncKeyOf } from "./raw-request.js";
import { turnWholePhones } from "./whole-phones.js";

const sockets = new Map<number, Socket>();
const arrivals = new Map<number, number>();
let onArrival: ((phone: number, answer: Buffer) => void) | undefined;

function open(port: number, phone: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    socket.once("error", reject);
    socket.on("data", (chunk: Buffer) => {
      if (chunk[0] !== 0x48) return; // the rest of an answer that has begun
      arrivals.set(phone, nowNs());
      onArrival?.(phone, chunk);
    });
    socket.once("connect", () => {
      sockets.set(phone, socket);
      socket.write(rawRequest(phone), () => resolve());
    });
  });
}

async function connectAll(port: number, from: number, phones: number): Promise<void> {
  for (let next = from; next < from + phones; next += 200) {
    const batch = Math.min(200, from + phones - next);
    await Promise.all(Array.from({ length: batch }, (_, index) => open(port, next + index)));
  }
}

function allArrived(phones: number): Promise<number> {
  return new Promise((resolve) => {
    const last = (): number => Math.max(...arrivals.values());
    if (arrivals.size >= phones) resolve(last());
    else {
      onArrival = () => {
        if (arrivals.size < phones) return;
        onArrival = undefined;
        resolve(last());
      };
    }
  });
}

/**
 * Each phone goes round: a Ping is answered, the mail is synced with the key that the last Sync gave, the next Ping is sent.
 *
 * @returns rounds of all phones together.
 */
function turn(keys: readonly string[], seconds: number): Promise<number> {
  const key = [...keys];
  return new Promise((resolve) => {
    const syncing = new Set<number>();
    let rounds = 0;
    onArrival = (phone, answer) => {
      const socket = sockets.get(phone);
      if (syncing.delete(phone)) {
        rounds++;
        key[phone] = syncKeyOf(answer) ?? key[phone] ?? "";
        socket?.write(rawRequest(phone));
      } else {
        syncing.add(phone);
        socket?.write(rawRequest(phone, "Sync", encode(syncRequest(key[phone] ?? ""))));
      }
    };
    for (let phone = 0; phone < keys.length; phone++) sockets.get(phone)?.write(rawRequest(phone));
    setTimeout(() => {
      onArrival = undefined;
      resolve(rounds);
    }, seconds * 1000);
  });
}

function disconnect(from: number, phones: number): void {
  for (let phone = from; phone < from + phones; phone++) {
    sockets.get(phone)?.destroy();
    sockets.delete(phone);
    arrivals.delete(phone);
  }
}

async function obey(order: PhonesOrder): Promise<number | number[]> {
  switch (order.kind) {
    case "connect":
      arrivals.clear();
      await connectAll(order.port, order.from, order.phones);
      return sockets.size;
    case "arrivals":
      return Array.from(
        { length: order.phones },
        (_, index) => arrivals.get(order.from + index) ?? Number.NaN,
      );
    case "all-arrived":
      return await allArrived(order.phones);
    case "turn":
      return await turn(order.keys, order.seconds);
    case "turn-whole":
      return await turnWholePhones(order.port, order.phones, order.seconds);
    case "disconnect":
      disconnect(order.from, order.phones);
      return sockets.size;
  }
}

obeyOrders<PhonesOrder>(obey, 0);
