import type { PolicyDocument } from "../protocol/policy.js";

/** When a change ends a wait ([MS-ASCMD] 3.1.5.8). */
export type WakePolicy = "any-change" | "additions";

/** The part of the options that commands read; resolved, checked and frozen. */
export interface CommandOptions {
  readonly wakePolicy: WakePolicy;
  /** Most folders that one Ping may watch; more get Status 6. */
  readonly maxPingFolders: number;
  /** Most collections of one Sync; more get Status 15. */
  readonly maxSyncCollections: number;
  /** Most client commands of one Sync; more get Status 4 ([MS-ASCMD] 3.1.5.10). */
  readonly maxSyncCommands: number;
  /** Bounds for HeartbeatInterval and Wait, in seconds. */
  readonly heartbeatMinSeconds: number;
  readonly heartbeatMaxSeconds: number;
  /** Answer Status 4 to GetChanges with SyncKey 0, as the specification wants and some clients do not survive. */
  readonly strictGetChanges: boolean;
  /** Answer "no changes" with an empty body; false: a body with the unchanged key, for clients that cannot read an empty one. */
  readonly emptySyncResponse: (userAgent: string) => boolean;
  /** Time after which a Sync stops adding items and says MoreAvailable, in milliseconds. */
  readonly syncTimeBudgetMs: number;
  readonly policy: PolicyOptions;
}

/** Whether and which policy devices must accept. */
export interface PolicyOptions {
  /** Refuse commands of devices that did not accept the policy. */
  readonly enforce: boolean;
  /** Accept devices that apply the policy in part. */
  readonly allowPartial: boolean;
  /** Accept devices that send no policy key at all, because they cannot provision, and those that others manage. */
  readonly allowUnprovisionable: boolean;
  readonly document: PolicyDocument;
}
