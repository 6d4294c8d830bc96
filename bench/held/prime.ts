import type { DirectPush } from "direct-push";
import {
  AirSync,
  child,
  childText,
  decode,
  element,
  encode,
  FolderHierarchy,
  textElement,
  type WbxmlElement,
} from "direct-push/wbxml";

/** Lets each phone do what comes before its first Ping: FolderSync and the first Syncs of its inbox. */
export async function prime(directPush: DirectPush, phones: number): Promise<void> {
  for (let phone = 0; phone < phones; phone++) {
    await send(
      directPush,
      phone,
      "FolderSync",
      element(FolderHierarchy.FolderSync, [textElement(FolderHierarchy.SyncKey, "0")]),
    );
    const started = await send(directPush, phone, "Sync", sync("0"));
    const collection = child(child(started, AirSync.Collections), AirSync.Collection);
    await send(directPush, phone, "Sync", sync(childText(collection, AirSync.SyncKey) ?? ""));
  }
}

function sync(key: string): WbxmlElement {
  return element(AirSync.Sync, [
    element(AirSync.Collections, [
      element(AirSync.Collection, [
        textElement(AirSync.SyncKey, key),
        textElement(AirSync.CollectionId, "inbox"),
      ]),
    ]),
  ]);
}

async function send(
  directPush: DirectPush,
  phone: number,
  command: string,
  document: WbxmlElement,
): Promise<WbxmlElement | undefined> {
  const { status, body } = await directPush.handle({
    method: "POST",
    url: `/Microsoft-Server-ActiveSync?Cmd=${command}&User=u${phone}&DeviceId=D${phone}&DeviceType=Bench`,
    headers: {
      authorization: `Basic ${Buffer.from(`u${phone}:p`).toString("base64")}`,
      "ms-asprotocolversion": "16.1",
      "content-type": "application/vnd.ms-sync.wbxml",
    },
    body: encode(document),
    remoteAddress: undefined,
    raw: undefined,
  });
  if (status !== 200) throw new Error(`${command} of phone ${phone} was answered ${status}`);
  return body === null ? undefined : decode(body);
}
