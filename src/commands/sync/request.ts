import type { WbxmlElement } from "../../wbxml/index.js";
import type { CollectionOptions } from "./collection-options.js";

/** A client command of a collection ([MS-ASCMD] 2.2.3.32). */
export type ClientCommand =
  | {
      readonly kind: "add";
      readonly clientId: string;
      readonly applicationData: WbxmlElement | undefined;
      /** Class SMS: a text message, which no folder of ours takes. */
      readonly isSms: boolean;
      readonly element: WbxmlElement;
    }
  | {
      readonly kind: "change";
      readonly serverId: string;
      readonly applicationData: WbxmlElement | undefined;
      /** Names one occurrence of a series, from 16.0 on. */
      readonly instanceId: string | undefined;
      readonly element: WbxmlElement;
    }
  | {
      readonly kind: "delete";
      readonly serverId: string;
      readonly instanceId: string | undefined;
      readonly element: WbxmlElement;
    }
  | { readonly kind: "fetch"; readonly serverId: string; readonly element: WbxmlElement };

/** One collection of a Sync. */
export interface CollectionRequest {
  readonly collectionId: string;
  readonly syncKey: string;
  /** 1 to 512 ([MS-ASCMD] 2.2.3.199). */
  readonly windowSize: number;
  /** Undefined: not stated ([MS-ASCMD] 2.2.3.84). */
  readonly getChanges: boolean | undefined;
  readonly deletesAsMoves: boolean;
  readonly conversationMode: boolean;
  /** Undefined: the last ones stay. */
  readonly options: CollectionOptions | undefined;
  /** Tags in Supported; undefined when it is absent. */
  readonly supported: readonly number[] | undefined;
  readonly commands: readonly ClientCommand[];
}

/** How long a hanging Sync asks to be held. */
export interface SyncInterval {
  readonly unit: "minutes" | "seconds";
  /** As sent; NaN when it is no number. */
  readonly value: number;
}

/** The parameters that a Sync request states. */
export interface SyncParameters {
  readonly collections: readonly CollectionRequest[];
  readonly interval: SyncInterval | undefined;
  /** For all collections together, 1 to 512; undefined for no such limit. */
  readonly windowSize: number | undefined;
}

/** A Sync request. */
export type SyncRequest =
  /** No body: the same as last time. */
  | { readonly kind: "empty" }
  /** What is not stated is as last time. */
  | ({ readonly kind: "partial" } & SyncParameters)
  | ({ readonly kind: "full" } & SyncParameters)
  /** Not a request that can be worked on. */
  | { readonly kind: "refused"; readonly status: 4 | 6 | 164 };
