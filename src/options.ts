import type { Clock } from "./clock.js";
import type { WakePolicy } from "./commands/command-options.js";
import type { AuthenticationAttempt } from "./http/authorization.js";
import type { EasRequest } from "./http/exchange.js";
import type { MailSubmission } from "./mailbox/mail-submission.js";
import type { Mailbox } from "./mailbox/mailbox.js";
import type { Device } from "./protocol/device.js";
import type { PolicyDocument } from "./protocol/policy.js";
import type { ProtocolVersion } from "./protocol/version.js";
import type { MailboxChangeSource } from "./push/mailbox-change-source.js";
import type { Relay } from "./relay/relay.js";
import type { StateStore } from "./state/state-store.js";

/** A request as the hooks see it: everything but its body, which the core reads. */
export type RequestHead = Omit<EasRequest, "body">;

/** What `authenticate` decides. */
export type Authentication =
  | {
      readonly kind: "user";
      /** The user's one name: the key of everything stored. Fold case and domain here. */
      readonly user: string;
      /** Passed to the mailbox and the change source untouched. */
      readonly login?: unknown;
    }
  /** 401 with a challenge: `challenge` when given, else Basic with the realm. */
  | { readonly kind: "refused"; readonly challenge?: string }
  /** 451: the user's mailbox is served at another URL, an absolute one. */
  | { readonly kind: "moved"; readonly url: string };

/** What `authorizeDevice` decides. */
export type DeviceAuthorization =
  | { readonly kind: "allow" }
  /**
   * Every command is refused: Status 129, or 403 before 14.0. The reason is for the log and the event. A wipe does not reach a blocked
   * device: allow it until the event `wipe` tells that it is done; the order to erase is all that it gets.
   */
  | { readonly kind: "block"; readonly reason: string }
  /** As `block`, but Provision and Settings are answered, so that the device can say what it is. */
  | { readonly kind: "quarantine"; readonly reason: string };

/** Who asks for the versions that are spoken. */
export interface VersionSubject {
  readonly user: string;
  /** Undefined for an OPTIONS that does not name its device, as most do not. */
  readonly deviceId: string | undefined;
  readonly deviceType: string | undefined;
  readonly userAgent: string;
}

/**
 * What the server does about paths that carry less than a device asks for. `off`: nothing. `observe`: it learns and tells, by the event
 * `heartbeatLearned`. `answer-early`: it answers "no changes" before the path forgets the connection. `refuse`: it tells the device the
 * learned interval (Ping Status 5, Sync Status 14), twice at most, and then answers early.
 */
export type HeartbeatLearning = "off" | "observe" | "answer-early" | "refuse";

/** Bounds for the heartbeat interval of Ping and the wait of Sync. */
export interface HeartbeatOptions {
  /** Shortest interval in seconds, 1 to 3540. Default 60. */
  readonly minSeconds?: number;
  /** Longest interval in seconds, `minSeconds` to 3540. Default 3540. Keep it below every idle timeout on the way. */
  readonly maxSeconds?: number;
  /** Default `answer-early`. */
  readonly learning?: HeartbeatLearning;
  /** The average interval, in seconds, at which and below which the event `heartbeatsShort` is told, 0 (never) to 3540. Default 540. */
  readonly alertSeconds?: number;
  /** Of how many of the newest intervals, 1 to 100000. Default 200. */
  readonly alertSamples?: number;
}

/** Whether devices must accept a policy before anything else ([MS-ASPROV]). */
export interface PolicyChoice {
  /** Refuse the commands of devices that did not accept the policy. Default false. */
  readonly enforce?: boolean;
  /** Accept devices that apply the policy in part. Default true. */
  readonly allowPartial?: boolean;
  /**
   * Accept devices that send no policy key at all, because they cannot provision, and devices that others manage. Default false: a device
   * without a key is refused until it provisions (Status 141, or 449 before 14.0).
   */
  readonly allowUnprovisionable?: boolean;
  /** Default: a policy that asks for nothing. */
  readonly document?: PolicyDocument;
}

/** How much a device may ask for at once. Whole numbers up to 2^31 - 1. */
export interface RequestLimits {
  /** Longest request body in bytes, as sent and inflated, from 1. Default 20 MiB. More gets 413. */
  readonly maxBodyBytes?: number;
  /**
   * The same for the requests that send mail (SendMail, SmartReply, SmartForward), from 1. Default 50 MiB. More gets Status 122, or 413 before 14.0.
   */
  readonly maxMessageBytes?: number;
  /** Most requests of one device that are worked on at once, from 1. Default 20. More get 503. */
  readonly maxConcurrentPerDevice?: number;
  /** Most requests of one user that are worked on or held at once, from 1. Default 200. More get 503. */
  readonly maxConcurrentPerUser?: number;
  /** Most folders of one Ping, from 1. Default 1000. More get Status 6. */
  readonly maxPingFolders?: number;
  /** Most collections of one Sync, from 1. Default 1000. More get Status 15. */
  readonly maxSyncCollections?: number;
  /** Most client commands of one Sync, from 1. Default 200. More get Status 4. */
  readonly maxSyncCommands?: number;
  /** Time after which a Sync begins no further item and says that there is more, in milliseconds, from 1. Default 10000: devices give up after 30 s. */
  readonly syncTimeBudgetMs?: number;
}

/**
 * How phones find the server from an e-mail address alone ([MS-ASCMD] 2.2.1.1). The names that they try, and what a proxy must pass, are in
 * docs/deploying.md.
 */
export interface AutodiscoverOptions {
  /**
   * The endpoint as phones reach it: an https URL that ends in `/Microsoft-Server-ActiveSync`. Requests that come without TLS are sent to
   * `/autodiscover/autodiscover.xml` on its host. For tests, http on this machine itself.
   */
  readonly url: string;
  /**
   * The endpoint of one address, such a URL as well; undefined: it is not served. Anybody may ask: answer by the domain, or strangers
   * learn who has a mailbox. Default: `url` for every address. A throw, a rejection or silence is answered 503.
   */
  urlOf?(address: string): Promise<string | undefined>;
}

/** What a server is made of. The three required parts are the integrator's; everything else has a default. */
export interface DirectPushOptions {
  /** What devices read and write. */
  readonly mailbox: Mailbox;
  /** Where changes come from. */
  readonly source: MailboxChangeSource;
  /** Sends what devices compose. Default: none; SendMail, SmartReply and SmartForward are not offered. */
  readonly submission?: MailSubmission;
  /**
   * Who sends a request: a `user` has a name that is not empty. Asked for every request, and a second time with the credentials read as Latin-1 when they are not ASCII and the
   * first answer was `refused`. A throw, a rejection or silence is answered 503: a phone must never ask for the password because
   * a directory is down.
   */
  authenticate(attempt: AuthenticationAttempt, request: RequestHead): Promise<Authentication>;
  /** Where device state lives. Default: in memory, so that devices start over when the process does. */
  readonly state?: StateStore;
  /**
   * The other processes that serve the same devices over the same `state`: a newer request of a device then ends an older one wherever it is held, and
   * `recall` and `wipeDevice` reach every process. Default: there are none.
   */
  readonly relay?: Relay;
  /** Whether a device may come in; asked for every command. Default: every device may. */
  authorizeDevice?(device: Device): Promise<DeviceAuthorization>;
  /** The versions spoken with a device or user agent, of `protocolVersions`. Default: all. A throw counts as all. */
  versions?(subject: VersionSubject): readonly ProtocolVersion[];
  /**
   * Proxies of one's own, as addresses and networks (`10.0.0.0/8`): from them, and from them alone, `X-Forwarded-For` is believed. Used for
   * `network`. Default: none.
   */
  readonly trustedProxies?: readonly string[];
  /**
   * Names the network that a request comes through: what is learned of a path holds for one device on one network. Default: the first 24
   * bits of an IPv4 address, 48 of an IPv6 address, behind `trustedProxies`. A throw counts as none.
   */
  network?(request: RequestHead): string | undefined;
  /** Answer Autodiscover below `/autodiscover/`. Default: those paths are not the server's; adapters pass them on. */
  readonly autodiscover?: AutodiscoverOptions;
  readonly heartbeat?: HeartbeatOptions;
  /** When a change ends a wait. Default `any-change`. */
  readonly wakePolicy?: WakePolicy;
  readonly policy?: PolicyChoice;
  readonly limits?: RequestLimits;
  /** How long a change waits for more of the same operation, in milliseconds, 0 to 10000. Default 50. */
  readonly gatherMs?: number;
  /** Over how many milliseconds `close()` spreads the answers to held requests, 0 to 60000; new requests are served meanwhile. Default 1000. */
  readonly closeSpreadMs?: number;
  /** Most held requests that are woken in one turn of the event loop, 1 to 2^31 - 1. Default 200. */
  readonly wakeSliceSize?: number;
  /** Longest wait for one call into integrator code, in milliseconds, 1 to 600000. Default 15000. */
  readonly callTimeoutMs?: number;
  /** Seconds that a 503 asks to wait, 1 to 86400. Default 30. */
  readonly retryAfterSeconds?: number;
  /** The realm of the Basic challenge, in printable ASCII. Default `Direct Push`. */
  readonly realm?: string;
  /** Answer Status 4 to GetChanges with SyncKey 0, as the specification wants and some clients do not survive. Default false. */
  readonly strictGetChanges?: boolean;
  /** Whether "no changes" is an empty body for a user agent; one client cannot read that. Default, and after a throw: always. */
  emptySyncResponse?(userAgent: string): boolean;
  /** Default: the system's clock. */
  readonly clock?: Clock;
}
