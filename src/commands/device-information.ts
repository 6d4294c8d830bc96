import type { DeviceInformation } from "../state/device-information.js";
import { Settings } from "../wbxml/code-pages/settings.js";
import type { Tag, WbxmlElement } from "../wbxml/element.js";
import { child, childElements, text } from "../wbxml/reading.js";

/** What a DeviceInformation element holds ([MS-ASCMD] 2.2.3.45). */
export type DeviceInformationRequest =
  | { readonly kind: "set"; readonly information: DeviceInformation }
  /** No Set in it. */
  | { readonly kind: "malformed" }
  /** A text of more than 1,024 characters. */
  | { readonly kind: "too-long" };

const maxCharacters = 1024;

const fieldOfTag: ReadonlyMap<Tag, keyof DeviceInformation> = new Map<Tag, keyof DeviceInformation>([
  [Settings.Model, "model"],
  [Settings.IMEI, "imei"],
  [Settings.FriendlyName, "friendlyName"],
  [Settings.OS, "os"],
  [Settings.OSLanguage, "osLanguage"],
  [Settings.PhoneNumber, "phoneNumber"],
  [Settings.UserAgent, "userAgent"],
  [Settings.EnableOutboundSMS, "enableOutboundSms"],
  [Settings.MobileOperator, "mobileOperator"],
]);

/** Reads a DeviceInformation element of Settings or Provision. Unknown children are skipped; an empty one is an empty text. */
export function decodeDeviceInformation(element: WbxmlElement): DeviceInformationRequest {
  const set = child(element, Settings.Set);
  if (set === undefined) return { kind: "malformed" };
  const information: Partial<Record<keyof DeviceInformation, string>> = {};
  for (const entry of childElements(set)) {
    const field = fieldOfTag.get(entry.tag);
    const value = text(entry);
    if (field === undefined || value === undefined) continue;
    if (value.length > maxCharacters) return { kind: "too-long" };
    information[field] = value;
  }
  return { kind: "set", information };
}
