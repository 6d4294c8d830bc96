import { AirSync, element, textElement, type WbxmlElement } from "../../src/wbxml/index.js";
import { brokenElements, type Content, elementsOf, type SimulatedClass } from "./form.js";

/** What the user did on the phone and the server was not yet heard to have done. */
export type LocalChange =
  | { readonly kind: "add"; readonly clientId: string; readonly content: Content; readonly dateMs: number }
  | {
      readonly kind: "change";
      readonly serverId: string;
      readonly content: Content;
      readonly dateMs: number;
      /** The titles that the phone has seen the item have, up to this change. */
      readonly basis: readonly string[];
      /** What is sent is nothing that a server can take. */
      readonly isBroken: boolean;
    }
  | { readonly kind: "delete"; readonly serverId: string };

/** How a phone sends it. */
export function commandOf(change: LocalChange, itemClass: SimulatedClass): WbxmlElement {
  if (change.kind === "delete") {
    return element(AirSync.Delete, [textElement(AirSync.ServerId, change.serverId)]);
  }
  const id =
    change.kind === "add"
      ? textElement(AirSync.ClientId, change.clientId)
      : textElement(AirSync.ServerId, change.serverId);
  const isBroken = change.kind === "change" && change.isBroken;
  const content = isBroken ? brokenElements(itemClass) : elementsOf(itemClass, change.content, change.dateMs);
  const data = element(AirSync.ApplicationData, content);
  return element(change.kind === "add" ? AirSync.Add : AirSync.Change, [id, data]);
}
