import { element, optionalText, Settings, textElement, type WbxmlElement } from "../../wbxml/index.js";

/** What a server is told of the device ([MS-ASCMD] 2.2.3.45); administrators see it in their lists. */
export interface DeviceDescription {
  readonly model: string;
  readonly os?: string;
  readonly friendlyName?: string;
}

/** The element as Provision has it from 14.1 on ([MS-ASPROV] 2.2.2.53). */
export function deviceInformation(description: DeviceDescription, userAgent: string): WbxmlElement {
  return element(Settings.DeviceInformation, [
    element(Settings.Set, [
      textElement(Settings.Model, description.model),
      optionalText(Settings.FriendlyName, description.friendlyName),
      optionalText(Settings.OS, description.os),
      textElement(Settings.UserAgent, userAgent),
    ]),
  ]);
}

/** The Settings command that says the same up to 14.0 ([MS-ASCMD] 2.2.1.18). */
export function settingsRequest(information: WbxmlElement): WbxmlElement {
  return element(Settings.Settings, [information]);
}
