import type { DirectPush, EasRequest } from "direct-push";
import {
  AirSync,
  child,
  childText,
  decode,
  element,
  encode,
  FolderHierarchy,
  Ping,
  textElement,
  type WbxmlElement,
} from "direct-push/wbxml";

/**
 * Lets phones do what comes before the Pings that are measured: FolderSync, the first Syncs of the inbox, and one Ping, so that what is
 * remembered of each device is there already.
 *
 * @returns the SyncKey of each phone's inbox.
 */
export async function prime(directPush: DirectPush, from: number, phones: number): Promise<string[]> {
  const keys: string[] = [];
  for (let phone = from; phone < from + phones; phone++) {
    keys.push(await setUp(directPush, phone));
    await pingOnce(directPush, phone);
  }
  return keys;
}

/**
 * Lets a phone do its FolderSync and the first Syncs of the inbox.
 *
 * @returns the SyncKey of its inbox.
 */
export async function setUp(directPush: DirectPush, phone: number): Promise<string> {
  await send(
    directPush,
    phone,
    "FolderSync",
    element(FolderHierarchy.FolderSync, [textElement(FolderHierarchy.SyncKey, "0")]),
  );
  const started = await send(directPush, phone, "Sync", syncRequest("0"));
  const synced = await send(directPush, phone, "Sync", syncRequest(keyOf(started)));
  return keyOf(synced) || keyOf(started);
}

/**
 * Lets a phone sync what came since.
 *
 * @returns the next SyncKey of its inbox.
 */
export async function catchUp(directPush: DirectPush, phone: number, key: string): Promise<string> {
  return keyOf(await send(directPush, phone, "Sync", syncRequest(key))) || key;
}

/** A Sync of the inbox. */
export function syncRequest(key: string): WbxmlElement {
  return element(AirSync.Sync, [
    element(AirSync.Collections, [
      element(AirSync.Collection, [
        textElement(AirSync.SyncKey, key),
        textElement(AirSync.CollectionId, "inbox"),
      ]),
    ]),
  ]);
}

/** The Ping of every phone. */
export const pingRequest: WbxmlElement = element(Ping.Ping, [
  textElement(Ping.HeartbeatInterval, 3000),
  element(Ping.Folders, [
    element(Ping.Folder, [textElement(Ping.Id, "inbox"), textElement(Ping.Class, "Email")]),
  ]),
]);

function keyOf(sync: WbxmlElement | undefined): string {
  const collection = child(child(sync, AirSync.Collections), AirSync.Collection);
  return childText(collection, AirSync.SyncKey) ?? "";
}

/** A phone that hangs up again. */
async function pingOnce(directPush: DirectPush, phone: number): Promise<void> {
  const heldBefore = directPush.heldCount;
  const gone = directPush.serve(request(phone, "Ping", pingRequest), () => {
    throw new Error(`the Ping of phone ${phone} was not held`);
  });
  while (directPush.heldCount === heldBefore) await new Promise((resolve) => setImmediate(resolve));
  // The watch and the markers are asked for when it is held already.
  await new Promise((resolve) => setImmediate(resolve));
  gone();
}

async function send(
  directPush: DirectPush,
  phone: number,
  command: string,
  document: WbxmlElement,
): Promise<WbxmlElement | undefined> {
  const { status, body } = await directPush.handle(request(phone, command, document));
  if (status !== 200) throw new Error(`${command} of phone ${phone} was answered ${status}`);
  return body instanceof Uint8Array ? decode(body) : undefined;
}

function request(phone: number, command: string, document: WbxmlElement): EasRequest {
  return {
    method: "POST",
    url: `/Microsoft-Server-ActiveSync?Cmd=${command}&User=u${phone}&DeviceId=D${phone}&DeviceType=Bench`,
    headers: {
      authorization: `Basic ${Buffer.from(`u${phone}:p`).toString("base64")}`,
      "ms-asprotocolversion": "16.1",
      "content-type": "application/vnd.ms-sync.wbxml",
      "user-agent": "bench",
    },
    body: encode(document),
    remoteAddress: "127.0.0.1",
    raw: undefined,
  };
}
