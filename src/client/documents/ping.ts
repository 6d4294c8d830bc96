import {
  child,
  childInteger,
  children,
  element,
  Ping,
  text,
  textElement,
  type WbxmlElement,
} from "../../wbxml/index.js";
import type { ClientFolder } from "../client-folder.js";

/** What a Ping was answered ([MS-ASCMD] 2.2.3.177.11). */
export type PingAnswer =
  /** Status 1. */
  | { readonly kind: "no-change" }
  /** Status 2. */
  | { readonly kind: "changed"; readonly folders: readonly string[] }
  /** Status 3: the server has forgotten what it had cached. */
  | { readonly kind: "incomplete" }
  /** Status 5. */
  | { readonly kind: "out-of-bounds"; readonly nearestSeconds: number }
  /** Status 6. */
  | { readonly kind: "too-many-folders"; readonly maxFolders: number }
  /** Status 7. */
  | { readonly kind: "hierarchy-outdated" }
  /** Status 4, 8, any other, and answers that lack what their Status promises. */
  | { readonly kind: "unusable"; readonly status: number | undefined };

/** A Ping request ([MS-ASCMD] 2.2.1.13): with the whole list, or the interval alone for a server that has the list cached. */
export function pingRequest(
  heartbeatSeconds: number,
  folders: readonly ClientFolder[] | "cached",
): WbxmlElement {
  const listed =
    folders === "cached"
      ? undefined
      : element(
          Ping.Folders,
          folders.map((folder) =>
            element(Ping.Folder, [
              textElement(Ping.Id, folder.id),
              textElement(Ping.Class, folder.class ?? "Email"),
            ]),
          ),
        );
  return element(Ping.Ping, [textElement(Ping.HeartbeatInterval, heartbeatSeconds), listed]);
}

/** Reads what a Ping was answered. A Ping without a body is broken: [MS-ASCMD] has none. */
export function readPing(document: WbxmlElement | undefined): PingAnswer {
  const status = positive(document, Ping.Status);
  switch (status) {
    case 1:
      return { kind: "no-change" };
    case 2: {
      const listed = children(child(document, Ping.Folders), Ping.Folder);
      const folders = listed.flatMap((folder) => text(folder) || []);
      return folders.length > 0 ? { kind: "changed", folders } : { kind: "unusable", status };
    }
    case 3:
      return { kind: "incomplete" };
    case 5: {
      const nearestSeconds = positive(document, Ping.HeartbeatInterval);
      return nearestSeconds === undefined
        ? { kind: "unusable", status }
        : { kind: "out-of-bounds", nearestSeconds };
    }
    case 6: {
      const maxFolders = positive(document, Ping.MaxFolders);
      return maxFolders === undefined
        ? { kind: "unusable", status }
        : { kind: "too-many-folders", maxFolders };
    }
    case 7:
      return { kind: "hierarchy-outdated" };
    default:
      return { kind: "unusable", status };
  }
}

function positive(document: WbxmlElement | undefined, tag: number): number | undefined {
  const found = childInteger(document, tag);
  return found?.kind === "integer" && found.value > 0 ? found.value : undefined;
}
