/** The phones of the bench that has a mail server behind it: whole ones, each an `EasClient`. Runs as a child process. */
import { EasClient, fixedInterval } from "direct-push/client";
import { nowNs } from "../held/messages.js";
import { obeyOrders } from "../held/obey-orders.js";
import { type ImapPhonesOrder, type InitialSync, passwordOf } from "./messages.js";

/** So many set their accounts up at once. */
const AT_ONCE = 8;

const phones: EasClient[] = [];
const ends: Promise<unknown>[] = [];
const waiting = new Set<EasClient>();
const answered = new Map<string, number>();
let onNews: () => void = () => undefined;

function phoneOf(port: number, user: string, device: string): EasClient {
  return new EasClient({
    url: `http://127.0.0.1:${port}`,
    user,
    authorization: { kind: "basic", password: passwordOf(user) },
    device: { id: device, type: "Bench" },
    folders: ({ kind }) => kind === "inbox",
    heartbeat: fixedInterval(3_000),
  });
}

async function startOne(port: number, user: string, index: number): Promise<void> {
  const phone = phoneOf(port, user, `DEVICE${index}OF${user}`.toUpperCase());
  const isWaiting = new Promise<void>((resolve) => phone.events.once("waiting", () => resolve()));
  phone.events.on("waiting", () => {
    waiting.add(phone);
    onNews();
  });
  phone.events.on("waited", ({ outcome }) => {
    waiting.delete(phone);
    if (outcome.kind === "changed" && index === 0 && !answered.has(user)) answered.set(user, nowNs());
    onNews();
  });
  phone.events.on("delayed", ({ failure }) => {
    if (failure !== undefined) throw new Error(`a phone of ${user} waits: ${JSON.stringify(failure)}`);
  });
  phones.push(phone);
  ends.push(phone.run());
  await isWaiting;
}

async function start(port: number, users: readonly string[], devices: number): Promise<void> {
  const left = users.flatMap((user) => Array.from({ length: devices }, (_, index) => ({ user, index })));
  const startNext = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift())
      await startOne(port, next.user, next.index);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, startNext));
}

function until(holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (holds()) resolve();
    };
    onNews = look;
    look();
  });
}

async function initialSync(port: number, user: string): Promise<InitialSync> {
  const phone = phoneOf(port, user, "FIRSTSYNC");
  const { kind } = await phone.folderSync();
  const inbox = phone.folders.find((folder) => folder.kind === "inbox");
  if (kind !== "synced" || inbox === undefined) throw new Error(`the folders are not there: ${kind}`);
  let mails = 0;
  phone.events.on("synced", ({ added }) => {
    mails += added.length;
  });
  const before = nowNs();
  const synced = await phone.sync(inbox.id);
  const seconds = (nowNs() - before) / 1e9;
  if (synced.kind !== "synced") throw new Error(`the inbox is not synced: ${synced.kind}`);
  phone.close();
  return { mails, seconds };
}

async function obey(order: ImapPhonesOrder): Promise<unknown> {
  switch (order.kind) {
    case "start":
      await start(order.port, order.users, order.devices);
      return 0;
    case "forget":
      answered.clear();
      return 0;
    case "answered":
      await until(() => order.users.every((user) => answered.has(user)));
      return order.users.map((user) => answered.get(user) ?? Number.NaN);
    case "waiting":
      await until(() => waiting.size === phones.length);
      return phones.length;
    case "stop": {
      for (const phone of phones) phone.close();
      await Promise.all(ends.splice(0));
      phones.length = 0;
      waiting.clear();
      return 0;
    }
    case "initial-sync":
      return await initialSync(order.port, order.user);
  }
}

obeyOrders<ImapPhonesOrder>(obey, 0);
