import {
  AirSync,
  AirSyncBase,
  bytesElement,
  Email,
  Email2,
  element,
  textElement,
  type WbxmlElement,
} from "../src/wbxml/index.js";

const line = "The quick brown fox jumps over the lazy dog, and the server says so now.\r\n";

/** A Sync response that brings `count` mails with bodies of 1 kB each: about 73 kB for 50. Every tenth is not ASCII. */
export function mailSyncResponse(count: number): WbxmlElement {
  const mails = Array.from({ length: count }, (_, index) => mail(index));
  return element(AirSync.Sync, [
    element(AirSync.Collections, [
      element(AirSync.Collection, [
        textElement(AirSync.SyncKey, "{c0ffee}17"),
        textElement(AirSync.CollectionId, "5"),
        textElement(AirSync.Status, 1),
        element(AirSync.Commands, mails),
      ]),
    ]),
  ]);
}

function mail(index: number): WbxmlElement {
  const ascii = index % 10 !== 0;
  return element(AirSync.Add, [
    textElement(AirSync.ServerId, `5:${index}`),
    element(AirSync.ApplicationData, [
      textElement(Email.To, '"Alice Example" <alice@example.org>'),
      textElement(Email.From, `"Sender ${index}" <sender${index}@example.com>`),
      textElement(Email.Subject, ascii ? `Minutes of meeting ${index}` : `Grüße aus Köln ✉ ${index}`),
      textElement(Email.DateReceived, "2025-06-01T08:30:00.000Z"),
      textElement(Email.DisplayTo, "Alice Example"),
      textElement(Email.ThreadTopic, `Minutes of meeting ${index}`),
      textElement(Email.Importance, 1),
      textElement(Email.Read, 0),
      body(ascii ? line.repeat(14).slice(0, 1024) : line.replace("quick", "flüchtige").repeat(13)),
      textElement(Email.MessageClass, "IPM.Note"),
      textElement(Email.InternetCPID, 65001),
      element(Email.Flag, []),
      textElement(Email.ContentClass, "urn:content-classes:message"),
      textElement(AirSyncBase.NativeBodyType, 1),
      bytesElement(Email2.ConversationId, new Uint8Array(16).fill(index + 1)),
      bytesElement(Email2.ConversationIndex, new Uint8Array(5).fill(index + 1)),
    ]),
  ]);
}

function body(text: string): WbxmlElement {
  return element(AirSyncBase.Body, [
    textElement(AirSyncBase.Type, 1),
    textElement(AirSyncBase.EstimatedDataSize, text.length),
    textElement(AirSyncBase.Truncated, 0),
    textElement(AirSyncBase.Data, text),
  ]);
}
