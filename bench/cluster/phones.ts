/** The phones of the cluster bench: raw sockets, as in `bench/held/phones.ts`, that may go from one server process to another. Runs as a child process. */
import { connect, type Socket } from "node:net";
import { encode } from "direct-push/wbxml";
import { nowNs } from "../held/messages.js";
import { obeyOrders } from "../held/obey-orders.js";
import { syncRequest } from "../held/prime.js";
import { rawRequest, syncKeyOf } from "../held/raw-request.js";
import type { ClusterPhonesOrder, PhoneFates } from "./messages.js";

/** Where phones come from: each address has ports of its own. */
const addresses = 4;
const pingChanged = Buffer.from([0x47, 0x03, 0x32, 0x00]);
/** Between a refusal and the next attempt. */
const againMs = 500;
/** Of the first Ping of a phone. */
const firstAttempts = 10;

class Connection {
  readonly socket: Socket;
  readonly port: number;
  /** What was asked and is not answered yet. */
  asked: "Ping" | "Sync" | undefined;
  isOpen = false;

  constructor(phone: number, port: number) {
    this.port = port;
    const localAddress = `127.0.0.${2 + (phone % addresses)}`;
    this.socket = connect({ port, host: "127.0.0.1", noDelay: true, localAddress });
  }

  send(command: "Ping" | "Sync", request: Buffer): void {
    this.asked = command;
    this.socket.write(request);
  }
}

const connections = new Map<number, Connection>();
const arrivals = new Map<number, number>();
const synced = new Map<number, number>();
const keys = new Map<number, string>();
const perPort = new Map<number, number>();
const fates = { broken: 0, refused: 0, sentAway: 0, turnedAway: 0 };
let ports: readonly number[] = [];
let goesOn = false;
let onAnswer: ((phone: number, answer: Buffer) => void) | undefined;

/** Opens a connection for a phone and sends a Ping over it. */
function ping(phone: number, port: number): Promise<void> {
  return new Promise((resolve) => {
    const connection = new Connection(phone, port);
    leave(phone);
    connections.set(phone, connection);
    perPort.set(port, (perPort.get(port) ?? 0) + 1);
    connection.socket.once("connect", () => {
      connection.isOpen = true;
      connection.send("Ping", rawRequest(phone));
      resolve();
    });
    connection.socket.on("data", (chunk: Buffer) => {
      if (chunk[0] === 0x48) answered(phone, connection, chunk); // else the rest of an answer that has begun
    });
    connection.socket.on("error", () => undefined);
    connection.socket.once("close", () => {
      resolve();
      ended(phone, connection);
    });
  });
}

function answered(phone: number, connection: Connection, answer: Buffer): void {
  const { asked } = connection;
  connection.asked = undefined;
  arrivals.set(phone, nowNs());
  onAnswer?.(phone, answer);
  const isCurrent = connections.get(phone) === connection;
  if (!isCurrent) connection.socket.destroy();
  else if (goesOn) next(phone, connection, asked, answer);
}

/** What a phone does after an answer. */
function next(
  phone: number,
  connection: Connection,
  asked: "Ping" | "Sync" | undefined,
  answer: Buffer,
): void {
  const isLast = answer.includes("onnection: close");
  if (!answer.subarray(0, 15).includes(" 200")) {
    fates.turnedAway += 1;
    pingLater(phone);
  } else if (asked === "Sync") {
    const key = syncKeyOf(answer);
    if (key !== undefined) {
      keys.set(phone, key);
      synced.set(phone, nowNs());
    }
    if (isLast) void ping(phone, pickPort());
    else connection.send("Ping", rawRequest(phone));
  } else if (answer.includes(pingChanged) && !isLast) {
    connection.send("Sync", rawRequest(phone, "Sync", encode(syncRequest(keys.get(phone) ?? ""))));
  } else {
    // A Ping at another process finds the change again that this one may have told of.
    fates.sentAway += 1;
    void ping(phone, pickPort());
  }
}

function ended(phone: number, connection: Connection): void {
  perPort.set(connection.port, (perPort.get(connection.port) ?? 1) - 1);
  if (connections.get(phone) !== connection) return;
  connections.delete(phone);
  if (!goesOn) return;
  if (!connection.isOpen) fates.refused += 1;
  else if (connection.asked !== undefined) fates.broken += 1;
  pingLater(phone);
}

function pingLater(phone: number): void {
  connections.get(phone)?.socket.destroy();
  connections.delete(phone);
  setTimeout(() => void ping(phone, pickPort()), againMs);
}

/** A connection that waits for an answer stays until it has it. */
function leave(phone: number): void {
  const connection = connections.get(phone);
  if (connection !== undefined && connection.asked === undefined) {
    connections.delete(phone);
    connection.socket.destroy();
  }
}

/** As a balancer by fewest connections does. */
function pickPort(): number {
  const [first = 0, ...others] = ports;
  return others.reduce(
    (best, port) => ((perPort.get(port) ?? 0) < (perPort.get(best) ?? 0) ? port : best),
    first,
  );
}

/** @returns how many first Pings had to be sent again, because their connection failed or they were not held. */
async function connectAll(all: readonly number[], from: number, count: number): Promise<number> {
  let again = 0;
  let phones = Array.from({ length: count }, (_, at) => from + at);
  for (let attempt = 1; phones.length > 0; attempt++) {
    if (attempt > firstAttempts) throw new Error(`the first Pings of ${phones.length} phones are not held`);
    for (let next = 0; next < phones.length; next += 200) {
      const batch = phones.slice(next, next + 200);
      await Promise.all(batch.map((phone) => ping(phone, all[phone % all.length] ?? 0)));
    }
    await pause(againMs);
    phones = phones.filter((phone) => connections.get(phone)?.asked !== "Ping");
    again += phones.length;
  }
  return again;
}

async function pingAnew(phones: readonly number[], port: number, gapMs: number): Promise<number[]> {
  const times: number[] = [];
  for (const phone of phones) {
    times.push(nowNs());
    await ping(phone, port);
    await pause(gapMs);
  }
  return times;
}

/** Sends a request over the connection that a phone has. @returns its answer. */
function ask(phone: number, command: "Sync" | "Ping", request: Buffer): Promise<Buffer> {
  return new Promise((resolve) => {
    onAnswer = (answering, answer) => {
      if (answering !== phone) return;
      onAnswer = undefined;
      resolve(answer);
    };
    connections.get(phone)?.send(command, request);
  });
}

async function sync(phone: number): Promise<boolean> {
  const answer = await ask(
    phone,
    "Sync",
    rawRequest(phone, "Sync", encode(syncRequest(keys.get(phone) ?? ""))),
  );
  const key = syncKeyOf(answer);
  if (key !== undefined) keys.set(phone, key);
  return key !== undefined;
}

function goOn(all: readonly number[]): void {
  ports = all;
  goesOn = true;
  for (const [phone, connection] of connections) {
    if (connection.asked === undefined) connection.send("Ping", rawRequest(phone));
  }
}

function fatesNow(): PhoneFates {
  const waiting = [...connections.values()].filter(({ asked, isOpen }) => isOpen && asked === "Ping").length;
  return { ...fates, waiting };
}

async function obey(order: ClusterPhonesOrder): Promise<unknown> {
  switch (order.kind) {
    case "connect":
      return await connectAll(order.ports, order.from, order.phones);
    case "ping-anew":
      return await pingAnew(order.phones, order.port, order.gapMs);
    case "arrivals":
      return order.phones.map((phone) => arrivals.get(phone) ?? null);
    case "synced":
      return order.phones.map((phone) => synced.get(phone) ?? null);
    case "sync":
      return await sync(order.phone);
    case "ping":
      connections.get(order.phone)?.send("Ping", rawRequest(order.phone));
      return 0;
    case "keys":
      for (const [at, key] of order.keys.entries()) keys.set(order.from + at, key);
      return keys.size;
    case "go-on":
      goOn(order.ports);
      return 0;
    case "ports":
      ports = order.ports;
      return 0;
    case "fates":
      return fatesNow();
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

obeyOrders<ClusterPhonesOrder>(obey, 0);
