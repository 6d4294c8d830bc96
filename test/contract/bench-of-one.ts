import { createDirectPush, type DirectPush, type DirectPushOptions } from "../../src/index.js";
import { FakeClock, InProcessDevice, MemoryMailbox } from "../../src/testing/index.js";
import {
  AirSync,
  decode,
  element,
  encode,
  Ping,
  textElement,
  type WbxmlElement,
} from "../../src/wbxml/index.js";
import { until } from "./deadline.js";
import type { Before, Host, RunningHost } from "./hosts.js";
import { send, type WireExchange, type WireRequest } from "./wire.js";

/** A user whose name is not ASCII, as a phone sends it. */
export const user = "zoë@example.com";

/** The library on a host, with one account that has synced its inbox. */
export interface Mounted {
  readonly host: RunningHost;
  readonly directPush: DirectPush;
  readonly mailbox: MemoryMailbox;
  readonly clock: FakeClock;
  readonly inbox: string;
  request(command: string, document?: WbxmlElement, changes?: Partial<WireRequest>): Promise<WireExchange>;
  /** Sends a Ping and waits until it is held. */
  hold(heartbeatSeconds?: number): Promise<WireExchange>;
  /** Nothing is left of any request. */
  released(): Promise<void>;
}

/** Starts all of it. */
export async function mount(
  host: Host,
  options: Partial<DirectPushOptions> = {},
  before: Before = { kind: "nothing" },
): Promise<Mounted> {
  const clock = new FakeClock();
  const mailbox = new MemoryMailbox({ clock });
  const directPush = createDirectPush({
    mailbox,
    source: mailbox,
    clock,
    gatherMs: 0,
    closeSpreadMs: 0,
    authenticate: async (attempt) =>
      attempt.kind === "basic" && attempt.password === "secret"
        ? { kind: "user", user: attempt.user }
        : { kind: "refused" },
    ...options,
  });
  const inbox = await syncedInbox(directPush, mailbox);
  const running = await host.start(directPush, before);
  const request = (
    command: string,
    document?: WbxmlElement,
    changes: Partial<WireRequest> = {},
  ): Promise<WireExchange> => send(running, { ...requestOf(command, document), ...changes });
  return {
    host: running,
    directPush,
    mailbox,
    clock,
    inbox,
    request,
    hold: async (heartbeatSeconds = 600) => {
      const held = directPush.heldCount;
      const exchange = await request("Ping", pingOf(inbox, heartbeatSeconds));
      await until("the Ping to be held", () => directPush.heldCount > held && mailbox.openWatches > 0);
      return exchange;
    },
    released: async () => {
      await until("the hold to be released", () => directPush.heldCount === 0);
      await until("the watch to be stopped", () => mailbox.openWatches === 0);
      await until("the timer to be cleared", () => clock.pendingTimers === 0);
    },
  };
}

/** A Ping for one folder. */
export function pingOf(folder: string, heartbeatSeconds: number): WbxmlElement {
  return element(Ping.Ping, [
    textElement(Ping.HeartbeatInterval, heartbeatSeconds),
    element(Ping.Folders, [
      element(Ping.Folder, [textElement(Ping.Id, folder), textElement(Ping.Class, "Email")]),
    ]),
  ]);
}

/** A Sync that asks for what changed. */
export function syncOf(folder: string, syncKey: string): WbxmlElement {
  return element(AirSync.Sync, [
    element(AirSync.Collections, [
      element(AirSync.Collection, [
        textElement(AirSync.SyncKey, syncKey),
        textElement(AirSync.CollectionId, folder),
      ]),
    ]),
  ]);
}

/** The document in an answer's body. */
export function documentOf(body: Uint8Array): WbxmlElement {
  return decode(body);
}

async function syncedInbox(directPush: DirectPush, mailbox: MemoryMailbox): Promise<string> {
  const device = new InProcessDevice(directPush, { user, password: "secret", deviceId: "CONTRACT1" });
  await device.folderSync();
  const inbox = (await mailbox.folders({ user })).find((folder) => folder.kind === "inbox")?.id ?? "";
  await device.syncAll(inbox);
  return inbox;
}

/** A request as the account's device sends it. */
export function requestOf(command: string, document: WbxmlElement | undefined): WireRequest {
  const query = `Cmd=${command}&User=${encodeURIComponent(user)}&DeviceId=CONTRACT1&DeviceType=Contract`;
  return {
    path: `/Microsoft-Server-ActiveSync?${query}`,
    headers: {
      authorization: `Basic ${Buffer.from(`${user}:secret`).toString("base64")}`,
      "ms-asprotocolversion": "16.1",
      "accept-encoding": "gzip, deflate, br",
      ...(document === undefined ? {} : { "content-type": "application/vnd.ms-sync.wbxml" }),
    },
    ...(document === undefined ? {} : { body: encode(document) }),
  };
}
