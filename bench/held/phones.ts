/** The phones of the bench: raw sockets, so that the client is as cheap as it can be. Runs as a child process. */
import { connect, type Socket } from "node:net";
import { element, encode, Ping, textElement } from "direct-push/wbxml";
import { nowNs, type PhonesOrder } from "./messages.js";

const body = encode(
  element(Ping.Ping, [
    textElement(Ping.HeartbeatInterval, 3000),
    element(Ping.Folders, [
      element(Ping.Folder, [textElement(Ping.Id, "inbox"), textElement(Ping.Class, "Email")]),
    ]),
  ]),
);

const sockets = new Map<number, Socket>();
const arrivals = new Map<number, number>();
let onArrival: ((phone: number) => void) | undefined;

function requestOf(phone: number): Buffer {
  const head =
    `POST /Microsoft-Server-ActiveSync?Cmd=Ping&User=u${phone}&DeviceId=D${phone}&DeviceType=Bench HTTP/1.1\r\n` +
    `Host: bench\r\nAuthorization: Basic ${Buffer.from(`u${phone}:p`).toString("base64")}\r\n` +
    "MS-ASProtocolVersion: 16.1\r\nContent-Type: application/vnd.ms-sync.wbxml\r\nUser-Agent: bench\r\n" +
    `Content-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

function open(port: number, phone: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    socket.once("error", reject);
    socket.on("data", (chunk: Buffer) => {
      if (chunk[0] !== 0x48) return; // the rest of an answer that has begun
      arrivals.set(phone, nowNs());
      onArrival?.(phone);
    });
    socket.once("connect", () => {
      sockets.set(phone, socket);
      socket.write(requestOf(phone), () => resolve());
    });
  });
}

async function connectAll(port: number, from: number, phones: number): Promise<void> {
  for (let next = from; next < from + phones; next += 200) {
    const batch = Math.min(200, from + phones - next);
    await Promise.all(Array.from({ length: batch }, (_, index) => open(port, next + index)));
  }
}

function arrivalOf(phone: number): Promise<number> {
  return new Promise((resolve) => {
    const seen = arrivals.get(phone);
    if (seen !== undefined) resolve(seen);
    else {
      onArrival = (who) => {
        if (who !== phone) return;
        onArrival = undefined;
        resolve(arrivals.get(phone) ?? Number.NaN);
      };
    }
  });
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

/** Each answer is followed by the next request at once; counts answers. */
function turn(phones: number, seconds: number): Promise<number> {
  return new Promise((resolve) => {
    let answers = 0;
    onArrival = (phone) => {
      answers++;
      sockets.get(phone)?.write(requestOf(phone));
    };
    for (let phone = 0; phone < phones; phone++) sockets.get(phone)?.write(requestOf(phone));
    setTimeout(() => {
      onArrival = undefined;
      resolve(answers);
    }, seconds * 1000);
  });
}

async function obey(order: PhonesOrder): Promise<number> {
  switch (order.kind) {
    case "connect":
      arrivals.clear();
      await connectAll(order.port, order.from, order.phones);
      return sockets.size;
    case "arrival":
      return await arrivalOf(order.phone);
    case "all-arrived":
      return await allArrived(order.phones);
    case "turn":
      return await turn(order.phones, order.seconds);
  }
}

process.on("message", (order: PhonesOrder) => {
  obey(order).then(
    (value) => process.send?.({ value }),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.send?.({ value: 0 });
